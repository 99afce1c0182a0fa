//! Where there is no walk of our own: the crate `backtrace`, and no replay.

use super::{
    capture::{Counts, DEEP, FRAMES},
    paths::{PathId, Paths},
};
use crate::memory;

/// Room for one walk. All zero bytes are a walker.
pub struct Walker {
    counts: Counts,
    frames: [usize; FRAMES],
}

/// What a walk starts from: here it starts where it is called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registers;

impl Registers {
    /// Those of the function that this is called in.
    #[inline]
    pub(crate) fn here() -> Self {
        Self
    }

    /// What another function puts [`together`](Self::together) again.
    #[inline]
    pub(crate) fn apart(self) -> (usize, usize, usize) {
        (0, 0, 0)
    }

    /// What [`apart`](Self::apart) took apart.
    #[inline]
    pub(crate) fn together(_: usize, _: usize, _: usize) -> Self {
        Self
    }
}

impl Walker {
    /// The same as [`capture`](Self::capture).
    ///
    /// # Safety
    /// None: it is unsafe where walks are our own.
    #[inline]
    pub(crate) unsafe fn capture_from(
        &mut self,
        paths: &Paths,
        _: usize,
        _: usize,
        _: usize,
    ) -> PathId {
        self.capture(paths)
    }

    /// A new walker, in memory of the system, for good. `None` if there is none.
    #[must_use]
    pub fn reserve() -> Option<&'static mut Self> {
        // SAFETY: all zero bytes are a walker.
        unsafe { memory::zeroed() }
    }

    /// The path of the stack that this is called on; [`PathId::NONE`] if there is no room for it.
    #[inline(never)]
    pub fn capture(&mut self, paths: &Paths) -> PathId {
        let (len, is_cut) = trace(&mut self.frames);
        self.counts.asked = self.counts.asked.wrapping_add(1);
        let (root, kept) = if is_cut {
            (PathId::CUT, DEEP)
        } else {
            (PathId::NONE, len)
        };
        let frames = self.frames.get(..kept).unwrap_or_default().iter().rev();
        let addresses = frames.map(|frame| Some(paths.addresses.find(*frame)?.0));
        paths.path(root, addresses).unwrap_or_else(|| paths.lose())
    }

    /// Captures so far, by how they were made.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }
}

/// How many frames there are, and whether there were more.
#[cfg(all(feature = "symbols", not(miri)))]
fn trace(frames: &mut [usize; FRAMES]) -> (usize, bool) {
    let (mut len, mut is_cut) = (0_usize, false);
    // SAFETY: what is not synchronized is the reading of symbols on Windows, which is not done
    // here; the walk itself keeps to this thread's stack.
    unsafe {
        backtrace::trace_unsynchronized(|frame| {
            let pc = frame.ip().addr();
            if pc == 0 {
                return false;
            }
            let Some(place) = frames.get_mut(len) else {
                is_cut = true;
                return false;
            };
            *place = pc;
            len = len.wrapping_add(1);
            true
        });
    }
    (len, is_cut)
}

/// Nothing here can walk.
#[cfg(not(all(feature = "symbols", not(miri))))]
fn trace(_: &mut [usize; FRAMES]) -> (usize, bool) {
    (0, false)
}
