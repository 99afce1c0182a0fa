//! Owns the one number that an idle call of the allocator looks at: how many scopes are on.

use std::sync::atomic::{AtomicU64, Ordering};

/// How many scopes are on, in all threads, in the upper half how many of them concern calls of
/// every thread, and in the uppermost bit whether calls are recorded. It starts at one, so that the very first call of the process, which is the main
/// thread's, takes the long way and is seen by [`settle`].
static ON: AtomicU64 = AtomicU64::new(1);

/// One in the upper half of [`ON`].
const EVERYWHERE: u64 = 1 << 32;

/// What [`ON`] is where calls are recorded and nothing else is on.
const RECORDING: u64 = 1 << 63;

/// What is on, at one moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen(u64);

/// Looks at what is on.
#[expect(
    clippy::inline_always,
    reason = "this is of the four instructions that an idle call may cost"
)]
#[inline(always)]
pub(crate) fn look() -> Seen {
    // Relaxed: a scope's own thread sees its own increment; a process scope counts another
    // thread's calls from whenever that thread learns of it, which starting it synchronizes.
    Seen(ON.load(Ordering::Relaxed))
}

impl Seen {
    /// Whether nothing is on, in any thread. With [`look`], the whole cost of an idle call.
    #[expect(
        clippy::inline_always,
        reason = "this is of the four instructions that an idle call may cost"
    )]
    #[inline(always)]
    pub(crate) fn is_idle(self) -> bool {
        self.0 == 0
    }

    /// Whether something is on that concerns calls of every thread, recording or a scope.
    #[inline]
    pub(crate) fn is_everywhere(self) -> bool {
        self.0 >= EVERYWHERE
    }

    /// Whether calls are recorded. The bit is the sign, which the test of [`is_idle`](Self::is_idle)
    /// has looked at already.
    #[inline]
    pub(crate) fn is_recording(self) -> bool {
        self.0.cast_signed() < 0
    }

    /// Whether calls are recorded, and nothing else is on in any thread.
    #[inline]
    pub(crate) fn is_recording_alone(self) -> bool {
        self.0 == RECORDING
    }
}

/// Whether calls are recorded.
#[inline]
pub(crate) fn is_recording() -> bool {
    look().is_recording()
}

/// Has calls recorded.
pub(crate) fn start_recording() {
    // Release: whoever sees it on sees what was made ready for it, of which the hook reads nothing
    // but through pointers and cells that synchronize themselves.
    ON.fetch_or(RECORDING, Ordering::Release);
}

/// Ends that, and says whether it was on.
pub(crate) fn stop_recording() -> bool {
    // Relaxed: a thread that still sees the old value records once more.
    ON.fetch_and(!RECORDING, Ordering::Relaxed) & RECORDING != 0
}

/// The first call of the process has been seen.
pub(crate) fn settle() {
    // Relaxed: a thread that still sees the old value takes the long way once more.
    ON.fetch_sub(1, Ordering::Relaxed);
}

/// Turns the long way on for as long as it lives.
#[derive(Debug)]
pub(crate) struct On(u64);

impl On {
    /// For something that concerns calls of one thread.
    pub(crate) fn here() -> Self {
        Self::add(1)
    }

    /// For something that concerns calls of every thread.
    pub(crate) fn everywhere() -> Self {
        Self::add(EVERYWHERE + 1)
    }

    fn add(weight: u64) -> Self {
        // Relaxed: see `look`.
        ON.fetch_add(weight, Ordering::Relaxed);
        Self(weight)
    }
}

impl Drop for On {
    fn drop(&mut self) {
        // Relaxed: see `look`.
        ON.fetch_sub(self.0, Ordering::Relaxed);
    }
}
