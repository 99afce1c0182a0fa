//! Owns the proof that the guard is this binary's allocator, without which every count would be zero.

use std::{alloc::Layout, hint::black_box};

use crate::phase::Scope;

/// What to do about a binary whose allocator is not ours.
pub(crate) const NOT_INSTALLED: &str = "no guard is installed in this binary, so nothing can be counted: \
    depend on `alloc-guard` and use it (`use alloc_guard as _;` is enough), or declare \
    `#[global_allocator] static GLOBAL: alloc_guard_core::Guard<YourAllocator>`";

/// Makes one allocation of its own and looks whether the guard of this binary saw it.
pub(crate) fn canary() -> bool {
    let _hidden = Scope::permit();
    let scope = Scope::count();
    let layout = Layout::new::<u64>();
    // SAFETY: the layout is not zero-sized.
    let block = black_box(unsafe { std::alloc::alloc(black_box(layout)) });
    if !block.is_null() {
        // SAFETY: allocated above with this layout.
        unsafe { std::alloc::dealloc(block, layout) };
    }
    scope.end().allocs == 1
}
