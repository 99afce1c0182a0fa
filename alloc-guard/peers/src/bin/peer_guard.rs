//! alloc-guard.

use std::{
    panic::{self, AssertUnwindSafe},
    process::ExitCode,
};

use alloc_guard::{assert_alloc_free, measure, permit};
use alloc_guard_peers::child::{self, Mode};

fn main() -> ExitCode {
    // `recording` panics at its end, with every place it saw.
    panic::set_hook(Box::new(|_| {}));
    child::main(&[
        Mode::IDLE,
        Mode::thread("counting (`measure`)", |body| {
            measure(body);
        }),
        Mode::thread("permitted (`permit`)", |body| permit(body)),
        // It is on from the process's first call to its end.
        Mode::process("profiling (`ALLOC_GUARD_PROFILE`)", |body| body()),
        Mode::thread("recording (`assert_alloc_free`)", |body| {
            let _ = panic::catch_unwind(AssertUnwindSafe(|| assert_alloc_free(body)));
        }),
    ])
}
