//! `assert_no_alloc`, with violations counted and not aborted on.

use std::process::ExitCode;

use alloc_guard_peers::child::{self, Mode};
use assert_no_alloc::{AllocDisabler, assert_no_alloc, permit_alloc};

#[global_allocator]
static GLOBAL: AllocDisabler = AllocDisabler;

fn main() -> ExitCode {
    child::main(&[
        Mode::IDLE,
        Mode::thread("counting (`assert_no_alloc`, warn)", |body| {
            assert_no_alloc(body);
        }),
        Mode::thread("permitted (`permit_alloc`)", |body| {
            assert_no_alloc(|| permit_alloc(body));
        }),
    ])
}
