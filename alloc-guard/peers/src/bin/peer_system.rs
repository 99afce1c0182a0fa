//! The system allocator, declared: the same code as in `peer_bare` at other places.

use std::{alloc::System, process::ExitCode};

use alloc_guard_peers::child::{self, Mode};

#[global_allocator]
static GLOBAL: System = System;

fn main() -> ExitCode {
    child::main(&[Mode::IDLE])
}
