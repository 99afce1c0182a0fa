//! dhat.

use std::process::ExitCode;

use alloc_guard_peers::child::{self, Mode};

#[global_allocator]
static GLOBAL: dhat::Alloc = dhat::Alloc;

fn main() -> ExitCode {
    child::main(&[
        Mode::IDLE,
        Mode::process("profiling (`Profiler`)", |body| {
            // `testing` writes no file at the end.
            let _profiler = dhat::Profiler::builder().testing().build();
            body();
        }),
    ])
}
