#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
// This file owns the entry points and what users read about each attribute.

use proc_macro::TokenStream;

use crate::args::Mark;

mod args;
mod attribute;
mod expand;
mod fallback;
mod function;
mod tokens;
mod validate;

/// Marks a test whose body must not touch the heap.
///
/// Every `alloc`, `alloc_zeroed` and `realloc` on the test's own thread counts while the body runs; one is enough to
/// fail. Nothing is aborted: one run shows every violation with its place.
///
/// ```text
/// use alloc_guard::alloc_free;
///
/// /// Sum of a slice
/// #[alloc_free]
/// fn sum(#[init(vec![1_u64; 4096])] numbers: &[u64]) {
///     std::hint::black_box(numbers.iter().sum::<u64>());
/// }
/// ```
///
/// A parameter is a fixture: `#[init(EXPR)]` builds it before the lock and it is dropped after. A fixture taken by `&T`
/// or `&mut T` is borrowed; one taken by value moves into the body and is dropped there, under the lock. An expression
/// may use the fixtures before it.
///
/// | argument | meaning |
/// | --- | --- |
/// | `no_leaks` | nothing allocated in the body may be live after the return value and the fixtures are dropped |
/// | `deny(dealloc)` | deallocations count too |
/// | `scope = "process"` | every thread counts, and the test runs alone; the default is `"thread"` |
/// | `warmup = N` | run the body N times unlocked first |
/// | `block_on = EXPR` | drives an `async fn`; a closure or path that takes the future and may use fixtures |
/// | `permit_site("path::function", "why")` | a known site that may allocate; may be repeated |
/// | `name = "…"` | the title in reports, instead of the first line of documentation |
/// | `crate = PATH` | where the library is found, if not at `::alloc_guard` |
///
/// The function may return `()` or a `Result` whose error is `Debug`, and may carry `#[ignore]` and `#[should_panic]`.
/// `#[test]` is implied; one below this attribute is taken away.
#[proc_macro_attribute]
pub fn alloc_free(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(
        Mark::AllocFree,
        "alloc_guard",
        arguments.into(),
        item.into(),
    )
    .into()
}

/// Marks a test whose body allocates, within a budget.
///
/// Without a budget the test is held to the recorded baseline.
///
/// ```text
/// use alloc_guard::allocates;
///
/// /// Module parsing
/// #[allocates(max_allocations = 20, max_bytes = 65_536)]
/// fn parse(#[init(signed_module())] module: &[u8]) -> Result<Module, Error> {
///     Module::parse(module)
/// }
/// ```
///
/// It takes every argument of [`macro@alloc_free`], and these budgets. Each is a `u64`: an integer or a constant
/// expression.
///
/// | argument | meaning |
/// | --- | --- |
/// | `max_allocations` | most allocations, grows and shrinks included |
/// | `exact_allocations` | exactly so many, instead of at most |
/// | `max_bytes` | most bytes allocated in all |
/// | `max_peak_bytes` | most bytes live at one time |
#[proc_macro_attribute]
pub fn allocates(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(
        Mark::Allocates,
        "alloc_guard",
        arguments.into(),
        item.into(),
    )
    .into()
}

/// [`macro@alloc_free`] for those who depend on the core alone.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn alloc_free_core(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(
        Mark::AllocFree,
        "alloc_guard_core",
        arguments.into(),
        item.into(),
    )
    .into()
}

/// [`macro@allocates`] for those who depend on the core alone.
#[doc(hidden)]
#[proc_macro_attribute]
pub fn allocates_core(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand::attribute(
        Mark::Allocates,
        "alloc_guard_core",
        arguments.into(),
        item.into(),
    )
    .into()
}
