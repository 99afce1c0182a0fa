//! Peers of wsc, measured beside it.
//!
//! The benchmark `verify` signs real [`modules`] and verifies them in each of the [`ways`]: wsc's borrowed, streamed
//! and owned forms and the library wasmsign2, beside nothing but the hash. The [`run`] takes them in turns, so that
//! whatever else the machine does meets each of them alike, and judges the [`goals`]. The guard is the allocator, and
//! says what each of them allocates.

#![forbid(unsafe_code)]

// What the other benchmark of the workspace has, without its peers.
#[path = "../../../alloc-guard/peers/src/clock.rs"]
pub mod clock;
pub mod goals;
pub mod modules;
pub mod run;
#[path = "../../../alloc-guard/peers/src/table.rs"]
pub mod table;
pub mod ways;
