//! Peers of alloc-guard, measured beside it.
//!
//! A process has one allocator, so each allocator is a binary, [`child`], that runs one of the
//! [`workloads`] in one of its modes. The benchmark `peers` is the [`driver`]: it runs them all in
//! turns, so that whatever else the machine does meets each of them alike, and sets each beside the
//! bare system allocator of the same turn. Two more binaries, `ten_thousand` and `first_build`, build
//! crates of their own, with [`cargo`], and time that; `stacks` times the capture of a stack alone.

#![forbid(unsafe_code)]

pub mod cargo;
pub mod child;
pub mod clock;
pub mod driver;
pub mod table;
pub mod workloads;
