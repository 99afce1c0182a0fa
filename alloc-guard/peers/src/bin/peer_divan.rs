//! divan's allocator, which counts all the time.

use std::process::ExitCode;

use alloc_guard_peers::child::{self, Mode};
use divan::AllocProfiler;

#[global_allocator]
static GLOBAL: AllocProfiler = AllocProfiler::system();

fn main() -> ExitCode {
    child::main(&[Mode::thread("counting (always on)", |body| body())])
}
