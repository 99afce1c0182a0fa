//! Owns signals: one that a timer sends, whose handler only counts, and one that a step raises, whose handler
//! runs steps.

use std::{
    cell::Cell,
    ffi::c_int,
    ptr,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use crate::{program::Step, run::steps::Own};

static INTERRUPTS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static RAISED: Cell<Option<(*const Own, &'static [Step])>> = const { Cell::new(None) };
}

/// May come at any moment, and so does nothing else.
extern "C" fn count(_: c_int) {
    INTERRUPTS.fetch_add(1, Relaxed);
}

/// Comes where the thread raises it, which is not in the allocator.
extern "C" fn run_steps(_: c_int) {
    if let Some((own, steps)) = RAISED.take() {
        // SAFETY: it lives on the stack of the thread, which waits in `raise`.
        unsafe { &*own }.caught(steps);
    }
}

fn handle(signal: c_int, handler: extern "C" fn(c_int), flags: c_int) {
    // SAFETY: all zero bytes are an action with an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler as *const () as usize;
    action.sa_flags = flags;
    // SAFETY: an action with a handler of the right type.
    let failed = unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
    assert_eq!(failed, 0);
}

/// Interrupts the process so often; never if that is 0. Has the handlers ready.
pub(crate) fn interrupt_every(microseconds: u32) {
    // A signal may be raised by a step of a handler's.
    handle(libc::SIGUSR1, run_steps, libc::SA_NODEFER);
    // Calls of the system that it interrupts are not taken up again, so that whoever makes them has to.
    handle(libc::SIGALRM, count, 0);
    let every = libc::timeval {
        tv_sec: 0,
        tv_usec: microseconds.into(),
    };
    let timer = libc::itimerval {
        it_interval: every,
        it_value: every,
    };
    // SAFETY: a timer to read.
    let failed = unsafe { libc::setitimer(libc::ITIMER_REAL, &raw const timer, ptr::null_mut()) };
    assert_eq!(failed, 0);
}

pub(super) fn raise(own: &Own, steps: &'static [Step]) {
    RAISED.set(Some((own, steps)));
    // SAFETY: the signal has a handler.
    let failed = unsafe { libc::raise(libc::SIGUSR1) };
    assert_eq!(failed, 0);
    assert!(RAISED.get().is_none(), "the handler has run");
}
