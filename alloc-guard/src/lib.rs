#![doc = include_str!("../README.md")]
//!
//! This crate holds one thing of its own: the `#[global_allocator]`. It stands here and not in the
//! user's crate because the compiler inlines an allocator that is declared in the crate it compiles,
//! and then elides fewer allocations than it does for everyone else
//! (<https://github.com/rust-lang/rust/issues/149230>): the guard would change what it measures.
//! Everything else lives in `alloc-guard-core`.

use std::alloc::System;

#[global_allocator]
static GUARD: Guard<System> = Guard::new(System);

pub use alloc_guard_core::{
    __private, Frame, Guard, Measurement, Promise, Tally, assert_alloc_free, main, measure, permit,
    report,
};
pub use alloc_guard_macros::{alloc_free, allocates};
