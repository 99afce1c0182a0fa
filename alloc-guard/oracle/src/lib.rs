//! The proof that alloc-guard's counts equal those of tools that share no code with it.
//!
//! The same operations ([`OPERATIONS`]) run in four binaries, which differ in their allocator:
//!
//! - `with_guard` prints what `alloc_guard::measure` counted;
//! - `with_dhat` prints what the crate `dhat` counted;
//! - `bare` has the system allocator and runs under valgrind, which tells twice what it saw: DHAT's
//!   profile, whose totals are told apart by the stacks, and `--trace-malloc`'s list of calls;
//! - `recorded` has the guard, and runs under valgrind's DHAT and, a second time, records itself.
//!
//! Which of our counts must equal which of theirs is written in [`Counts::compare_totals`] and
//! [`Counts::compare_calls`]. The operations are compiled once, in this library, so all four
//! binaries run the same machine code and nothing is elided in one and not in another, whatever the
//! profile. Everything is single-threaded, because DHAT knows no threads; what threads add up to is
//! held against a count by hand in `tests/threads.rs`.
//!
//! Some of the operations are of crates whose documentation says that they leave the heap alone ([`ROWS`]). The binary
//! `field` writes what became of that to `docs/field-report.md`.

#![forbid(unsafe_code)]

mod compare;
mod counts;
mod dhat_profile;
mod field;
mod operations;
mod output;
mod run;
mod trace;
mod valgrind;

pub use crate::{
    compare::{Mismatch, describe},
    counts::{Counts, Totals},
    dhat_profile::{Attributed, DhatProfile},
    field::{
        Field, Holds, Measured, Package, Profile, Programs, Site, measure, packages, page,
        toolchain_and_target,
    },
    operations::{Alignment, Body, Claim, Covers, NOTES, OPERATIONS, Operation, ROWS, Row},
    output::run_all,
    run::{first_of, run_rounds},
    trace::{Mark, mark, rounds},
    valgrind::{ROUNDS, mismatched_totals, run_under_valgrind, valgrind_is_here},
};
