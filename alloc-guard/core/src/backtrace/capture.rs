//! Owns the taking of call stacks inside the allocator.
//!
//! It neither allocates nor takes the lock of `std::backtrace`, which is held while symbols are
//! read (which allocates), so that capturing through std would deadlock.

use std::sync::atomic::{AtomicPtr, Ordering};

use super::{
    Walker,
    paths::{PathId, Paths},
};
use crate::memory;

/// How deep a stack can be to be kept whole.
pub(super) const FRAMES: usize = 1024;

/// How many frames are kept of a deeper one, from the innermost out.
pub(super) const DEEP: usize = 128;

/// Captures of a walker, by how they were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// By our own walk, of which a part was replayed.
    pub replayed: u64,
    /// By our own walk, from the innermost to the outermost frame.
    pub walked: u64,
    /// By the system's unwinder.
    pub asked: u64,
    /// Too deep to be kept whole.
    pub cut: u64,
    /// Frames that were replayed.
    pub replayed_frames: u64,
    /// Frames that were walked.
    pub walked_frames: u64,
}

#[cfg(own_walk)]
impl Counts {
    /// One capture by our own walk, with so many frames of each kind.
    #[inline]
    pub(super) fn add(&mut self, replayed: usize, walked: usize) {
        if replayed == 0 {
            self.walked = self.walked.wrapping_add(1);
        } else {
            self.replayed = self.replayed.wrapping_add(1);
        }
        self.replayed_frames = self.replayed_frames.wrapping_add(replayed as u64);
        self.walked_frames = self.walked_frames.wrapping_add(walked as u64);
    }
}

/// The path of the stack that this is called on. [`PathId::NONE`] if there was no room for it, and
/// without symbols: an address would tell nobody anything.
#[inline(never)]
pub(crate) fn capture() -> PathId {
    if cfg!(any(not(feature = "symbols"), miri)) {
        return PathId::NONE;
    }
    let Some(paths) = Paths::shared() else {
        return PathId::NONE;
    };
    let place = Place::of_this_thread();
    let Some(walker) = place.take() else {
        return paths.lose();
    };
    let path = walker.capture(paths);
    place.put_back(walker);
    path
}

/// The addresses of a path that [`capture`] returned, innermost first.
pub(crate) fn frames(path: PathId) -> impl Iterator<Item = usize> {
    Paths::shared()
        .into_iter()
        .flat_map(move |paths| paths.frames(path))
}

/// Where a walker waits between two captures. Threads that share one disturb each other's replay,
/// and nothing else: which thread a walker served does not matter to it.
struct Place(AtomicPtr<Walker>);

static PLACES: [Place; 16] = [const { Place(AtomicPtr::new(std::ptr::null_mut())) }; 16];

impl Place {
    fn of_this_thread() -> &'static Self {
        // Threads that live at once have different ones; those that come one after the other often
        // have the same, and so find a walker there.
        let thread = HERE.try_with(|here| std::ptr::from_ref(here).addr());
        let index = thread.unwrap_or(0) >> 6;
        let [first, ..] = &PLACES;
        PLACES
            .get(index.wrapping_mul(0x9e37_79b1) >> 20 & 15)
            .unwrap_or(first)
    }

    /// The walker that waits here, else a new one; `None` if the system has no memory for it.
    fn take(&self) -> Option<&'static mut Walker> {
        // Acquire: pairs with the release in `put_back`.
        let walker = self.0.swap(std::ptr::null_mut(), Ordering::Acquire);
        // SAFETY: null, or put here by `put_back`, and now nobody else's.
        match unsafe { walker.as_mut() } {
            Some(walker) => Some(walker),
            None => Walker::reserve(),
        }
    }

    fn put_back(&self, walker: &'static mut Walker) {
        let none = std::ptr::null_mut();
        // Release: pairs with the acquire in `take`.
        let result = self
            .0
            .compare_exchange(none, walker, Ordering::Release, Ordering::Relaxed);
        if result.is_err() {
            // SAFETY: taken by `take`, and used no more.
            unsafe { memory::release(walker) };
        }
    }
}

thread_local! {
    // `const` and without `Drop`: plain thread-local memory, readable while the thread is torn down.
    static HERE: u8 = const { 0 };
}
