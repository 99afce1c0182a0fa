//! The attributes where code is unusual: names, modules, macros, preludes, denied lints, other harnesses.
//!
//! A test that runs here says that its expansion compiles, finds what it names, and keeps its promise.

#![forbid(unsafe_code)]
#![deny(
    clippy::all,
    clippy::nursery,
    clippy::pedantic,
    future_incompatible,
    keyword_idents,
    let_underscore,
    missing_docs,
    nonstandard_style,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    unreachable_pub,
    unused,
    unused_qualifications,
    unused_results,
    variant_size_differences,
    warnings
)]
#![allow(
    clippy::missing_const_for_fn,
    clippy::non_minimal_cfg,
    clippy::unnecessary_wraps,
    clippy::unused_async,
    clippy::unused_unit,
    reason = "the tests stand for longer ones"
)]

use std::hint::black_box;

use alloc_guard::{alloc_free, allocates};

fn allocate(bytes: usize) {
    drop(black_box(Vec::<u8>::with_capacity(black_box(bytes))));
}

#[alloc_free]
fn r#match() {}

#[alloc_free]
fn größe() {}

#[alloc_free]
#[allow(non_snake_case)]
fn CamelCase() {}

#[alloc_free]
#[test]
fn with_the_plain_attribute_below() {}

#[alloc_free]
#[core::prelude::v1::test]
fn with_the_plain_attribute_by_its_path() {}

#[cfg_attr(all(), alloc_free)]
fn behind_cfg_attr() {}

#[alloc_free]
#[cfg(all())]
fn above_cfg() {}

#[alloc_free]
#[cfg(any())]
fn above_a_cfg_that_is_off() {
    there_is_no_such_function();
}

#[alloc_free]
#[cfg_attr(all(), ignore = "it would panic")]
fn ignored_behind_cfg_attr() {
    panic!("an ignored test ran");
}

#[alloc_free]
#[ignore = "it would panic"]
fn ignored_with_a_reason() {
    panic!("an ignored test ran");
}

#[alloc_free]
#[should_panic(expected = "on purpose")]
fn panics_with_text() {
    panic!("on purpose");
}

#[alloc_free]
#[should_panic = "on purpose"]
fn panics_with_text_after_an_equals_sign() {
    panic!("this is on purpose, too");
}

#[alloc_free]
#[cfg_attr(all(), should_panic)]
fn never_returns() -> ! {
    panic!("on purpose");
}

/// Every argument that both attributes take
#[alloc_free(
    no_leaks,
    deny(dealloc),
    scope = "thread",
    warmup = 1,
    name = "a title",
    crate = ::alloc_guard,
    permit_site("some::function", "no reason"),
    permit_site("another::function", "no reason either"),
)]
fn arguments_of_both() {}

const MOST: u64 = 2;

#[allocates(max_allocations = MOST, max_bytes = 2 * 64, max_peak_bytes = 64_u64)]
fn budgets_are_expressions() {
    allocate(64);
    allocate(64);
}

#[allocates(exact_allocations = 1)]
fn an_exact_budget() {
    allocate(8);
}

#[alloc_free(scope = "process")]
async fn async_on_every_thread() {
    black_box(async {}).await;
}

#[alloc_free]
fn unit_return() -> () {}

#[alloc_free]
fn result_return() -> Result<(), std::fmt::Error> {
    Ok(())
}

#[allocates(max_allocations = 1)]
fn the_returned_value_is_dropped_outside() -> Result<Vec<u8>, std::fmt::Error> {
    black_box(Ok(Vec::with_capacity(black_box(16))))
}

#[alloc_free]
fn every_kind_of_fixture(
    #[init(vec![1_u8; 16])] shared: &[u8],
    #[init(String::from("text"))] exclusive: &mut String,
    #[init(7_u64)] owned: u64,
    #[init(7_u64)] mut changed: u64,
    #[init(shared.len() + exclusive.len())] from_earlier: usize,
    #[init(&mut [1_u8])] already_borrowed: &mut [u8; 1],
) {
    exclusive.clear();
    changed += owned;
    already_borrowed[0] = 2;
    assert_eq!(changed, 14);
    assert_eq!(from_earlier, 20);
    assert_eq!(shared.len(), 16);
}

#[alloc_free]
fn a_fixture_with_underscore(#[init(vec![0_u8; 8])] _unused: &[u8]) {}

#[alloc_free]
fn named_alike(#[init([1_u8])] named_alike: &[u8]) {
    assert_eq!(named_alike, [1]);
}

#[alloc_free]
fn a_raw_fixture(#[init([1_u8])] r#type: &[u8]) {
    assert_eq!(r#type, [1]);
}

#[alloc_free]
fn a_fixture_of_several_steps(
    #[init({
        let mut numbers = vec![3, 1, 2];
        numbers.sort_unstable();
        numbers
    })]
    numbers: &[i32],
    #[init(if numbers.len() == 3 { 1 } else { 2 } + 1)] sum: i32,
) {
    assert_eq!((numbers, sum), (&[1, 2, 3][..], 2));
}

#[alloc_free]
#[expect(clippy::unwrap_used, reason = "it holds for fixtures, too")]
fn a_lint_level_holds_for_fixtures(#[init("1".parse().unwrap())] number: u8) {
    assert_eq!(number, 1);
}

#[alloc_free]
fn a_call_of_itself(#[init(3)] depth: u8) {
    if depth > 0 {
        a_call_of_itself(depth - 1);
    }
}

#[alloc_free]
async fn async_with_fixtures(#[init(vec![1_u8])] bytes: &[u8]) -> Result<(), std::fmt::Error> {
    assert_eq!(black_box(async { bytes.len() }).await, 1);
    Ok(())
}

/// Polls until the future is done.
struct Executor;

impl Executor {
    #[expect(clippy::unused_self, reason = "stands for an executor that has state")]
    fn block_on<F: Future>(&self, future: F) -> F::Output {
        let mut future = std::pin::pin!(future);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        loop {
            if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
                return output;
            }
        }
    }
}

#[alloc_free(block_on = |future| executor.block_on(future))]
async fn async_on_an_executor_from_a_fixture(
    #[init(Executor)] executor: &Executor,
) -> Result<(), ()> {
    black_box(async {}).await;
    executor.block_on(async { Ok(()) })
}

fn block_on<F: Future>(future: F) -> F::Output {
    Executor.block_on(future)
}

#[alloc_free(block_on = block_on)]
async fn async_on_a_function() {
    black_box(async {}).await;
}

mod nested {
    use super::*;

    mod deeper {
        use super::super::*;

        #[alloc_free]
        pub(super) fn with_a_visibility() {}

        #[allocates]
        pub(in super::super) fn with_a_path_in_its_visibility() {
            allocate(8);
        }
    }

    mod r#type {
        use super::*;

        #[alloc_free]
        fn in_a_raw_module() {}
    }
}

mod generated {
    use super::*;

    macro_rules! guarded {
        ($(#[$meta:meta])* $visibility:vis $name:ident($($value:expr => $fixture:ident: $type:ty),*) -> $returned:ty $body:block) => {
            $(#[$meta])*
            #[alloc_free]
            $visibility fn $name($(#[init($value)] $fixture: $type),*) -> $returned $body
        };
    }

    guarded!(by_a_macro() -> () {});
    guarded!(
        /// A title
        #[ignore = "it would panic"]
        pub(crate) by_a_macro_with_attributes() -> () { panic!("an ignored test ran") }
    );
    guarded!(with_fixtures(vec![1_u8] => bytes: &[u8], bytes.len() * 2 => length: usize) -> Result<(), ()> {
        assert_eq!(length, 2 * bytes.len());
        Ok(())
    });

    macro_rules! budget {
        ($name:ident, $most:literal, $title:literal, $path:path, $bytes:expr) => {
            #[allocates(max_allocations = $most, name = $title, crate = $path, max_bytes = $bytes)]
            fn $name() {
                allocate(16);
            }
        };
    }

    budget!(with_a_budget, 1, "a title", alloc_guard, 8 + 8);

    macro_rules! whole {
        ($item:item) => {
            #[alloc_free]
            $item
        };
    }

    whole!(
        fn an_item_taken_whole() {}
    );

    macro_rules! own_name {
        () => {
            #[alloc_free]
            fn named_by_the_macro(
                #[init([1_u8; 4])] bytes: &[u8],
                #[init(bytes.len())] length: usize,
            ) {
                assert_eq!(length, bytes.len());
            }
        };
    }

    own_name!();
}

/// Names of ours and of the prelude mean something else here.
#[allow(dead_code, non_camel_case_types, unused_macros)]
mod shadowed {
    use alloc_guard::alloc_free;

    mod alloc_guard_core {}
    mod core {}
    mod std {}
    struct Option;
    struct Result;
    struct Registration;
    struct u32;
    struct bool;
    trait Some {}
    fn context() -> u8 {
        1
    }
    fn run() {}
    struct Ok;

    macro_rules! concat {
        () => {};
    }
    macro_rules! line {
        () => {};
    }

    #[alloc_free(warmup = 1)]
    #[ignore = "it would panic"]
    fn with_options() {
        panic!("an ignored test ran");
    }

    #[alloc_free]
    fn with_fixtures(#[init(context())] context: u8) -> ::core::result::Result<(), ()> {
        run();
        ::core::assert_eq!(context, 1);
        ::core::result::Result::Ok(())
    }
}

#[no_implicit_prelude]
mod without_prelude {
    use ::alloc_guard::{alloc_free, allocates};

    #[alloc_free(permit_site("some::function", "no reason"), no_leaks)]
    #[ignore = "no reason"]
    fn with_arguments() {}

    #[allocates(max_allocations = 1)]
    async fn with_a_budget(
        #[init(::std::vec![1_u8])] bytes: &[u8],
    ) -> ::core::result::Result<(), ()> {
        super::allocate(bytes.len());
        ::core::result::Result::Ok(())
    }
}

mod renamed {
    use ::alloc_guard as guard;

    #[guard::alloc_free(crate = guard)]
    fn by_its_new_name(#[init(1)] number: u8) {
        assert_eq!(number, 1);
    }
}

mod cases {
    use rstest::{fixture, rstest};

    use super::*;

    #[fixture]
    fn one() -> u64 {
        1
    }

    #[rstest]
    #[case(1, 2)]
    #[case::named(2, 3)]
    #[alloc_free]
    fn of_rstest(one: u64, #[case] number: u64, #[case] next: u64) {
        assert_eq!(number + one, next);
    }

    #[rstest]
    #[allocates(max_allocations = 2)]
    fn of_rstest_by_values(#[values(8, 16)] bytes: usize) -> Result<(), std::fmt::Error> {
        allocate(bytes);
        Ok(())
    }
}
