//! The allocator a program has that declares none.

use std::process::ExitCode;

use alloc_guard_peers::child::{self, Mode};

fn main() -> ExitCode {
    child::main(&[Mode::IDLE])
}
