//! The recorder's files, written by a writer of our own.

mod agprof;
mod golden;
mod order;
mod program;
mod reading;
// Where a process is mapped is read in `/proc`.
#[cfg(target_os = "linux")]
mod symbols;
