//! Owns the taking of raw call stacks inside the allocator.
//!
//! It neither allocates nor takes the lock of `std::backtrace`, which is held while symbols are
//! read (which allocates), so that capturing through std would deadlock.

/// How many frames of a stack are kept, from the innermost out.
pub(crate) const FRAMES: usize = 96;

/// Fills `frames` with the return addresses of this thread's stack, innermost first, and returns
/// how many there are.
#[cfg(all(feature = "symbols", not(miri)))]
#[inline(never)]
pub(crate) fn capture(frames: &mut [usize; FRAMES]) -> usize {
    let mut len = 0;
    // SAFETY: what is not synchronized is the reading of symbols on Windows, which is not done
    // here; the walk itself keeps to this thread's stack.
    unsafe {
        backtrace::trace_unsynchronized(|frame| {
            let Some(place) = frames.get_mut(len) else {
                return false;
            };
            *place = frame.ip().addr();
            len = len.saturating_add(1);
            true
        });
    }
    len
}

/// Without symbols an address would tell nobody anything: every call has the same, empty stack.
#[cfg(not(all(feature = "symbols", not(miri))))]
pub(crate) fn capture(_: &mut [usize; FRAMES]) -> usize {
    0
}
