//! Owns the end of the process: what is still in buffers, and the sums.

use std::{ffi::c_int, sync::atomic::Ordering};

use crate::switch;

use super::{
    clock,
    encode::Short,
    events::Calls,
    file::{self, Kind},
    lost, paths, thread,
};

unsafe extern "C" {
    /// Of the C library, which std links: calls `at_exit` when `main` returns or `exit` is called.
    fn atexit(at_exit: extern "C" fn()) -> c_int;
}

/// Has the end written at the process's exit.
pub(super) fn plan() {
    // SAFETY: `end` keeps to what may be done at exit: it takes no lock but its own and waits for
    // no thread.
    unsafe { atexit(end) };
}

extern "C" fn end() {
    if !file::is_ours() || !switch::stop_recording() {
        return;
    }
    for thread in thread::all() {
        thread.events.close();
    }
    paths::write_last();
    let sums = Calls::default();
    for thread in thread::all() {
        thread.events.write();
        sums.add(&thread.calls);
    }
    lost::admit();
    let mut payload = Short::new();
    payload.number(clock::ticks());
    payload.number(clock::nanoseconds());
    for sum in sums.each() {
        // Relaxed: sums of this thread's own.
        payload.number(sum.load(Ordering::Relaxed));
    }
    payload.number(1);
    file::block(Kind::End, [payload.bytes(), &[], &[]]);
}
