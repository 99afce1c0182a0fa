//! `stats_alloc`, which counts all the time.

use std::{alloc::System, process::ExitCode};

use alloc_guard_peers::child::{self, Mode};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static GLOBAL: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> ExitCode {
    child::main(&[Mode::thread("counting (always on)", |body| body())])
}
