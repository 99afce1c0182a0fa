//! allocation-counter, which installs itself.

use std::process::ExitCode;

use alloc_guard_peers::child::{self, Mode};

fn main() -> ExitCode {
    child::main(&[
        Mode::IDLE,
        Mode::thread("counting (`measure`)", |body| {
            allocation_counter::measure(body);
        }),
    ])
}
