//! Random programs, run over the guard, whose tallies must equal those of a model.
//!
//! A [`Program`] asks for blocks, resizes and frees them, locks, permits, measures, panics, catches, starts
//! threads, hands blocks to them, forks, and is interrupted by signals. A binary for each allocator runs
//! programs that it reads, and writes down what the guard counted ([`serve`]). The test `torture`, which draws
//! the programs, holds that against three things that share no code with the guard:
//!
//! - the [`model`], which is pure: what each scope of the program should have counted;
//! - the [`Shadow`], which stands between the guard and the allocator: what was really asked for, by std too;
//! - where the process records itself, the decoded file.
//!
//! # Signals
//!
//! A signal that interrupts the allocator must not call it: that is undefined for `malloc`, whatever the guard
//! does. Two things are defined, and tried here. A signal may come at any moment, within the guard and the
//! recorder too, if its handler only counts: a timer sends them. And a handler may do all that its thread may
//! do if the thread itself raises the signal outside the allocator: a step raises it, and its handler runs
//! other steps.
//!
//! # Forks
//!
//! A process with one thread may fork and go on in the child: the steps of a fork run there, and the child's
//! counts go back through a pipe. Where there are more threads a child may not call the allocator, so a fork is
//! passed over there, by the model as well.

pub mod model;
mod program;
mod run;
mod serve;
mod shadow;

pub use crate::{
    program::{Counts, Course, Observed, Panic, Place, Program, Reply, SLOTS, Step, Tried},
    serve::{INTERRUPT, MARKER, REPLY, serve},
    shadow::Shadow,
};
