//! Peers of alloc-guard, measured beside it.
//!
//! A process has one allocator, so each allocator is a binary, [`child`], that runs one of the
//! [`workloads`] in one of its modes. The benchmark `peers` is the [`driver`]: it runs them all in
//! turns, so that whatever else the machine does meets each of them alike, and sets each beside the
//! bare system allocator of the same turn. `ten_thousand`, `first_build` and `profilers` build crates
//! of their own, with [`cargo`], and time that; `stacks` times the capture of a stack alone. `scaling`
//! draws how all that grows.

#![forbid(unsafe_code)]

pub mod captures;
pub mod cargo;
pub mod child;
pub mod clock;
pub mod driver;
pub mod many;
pub mod plot;
pub mod table;
pub mod workloads;
