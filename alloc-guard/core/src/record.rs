//! Owns the memory in which violations are recorded: the paths of their call stacks, with their
//! counts. It is reserved before the lock; recording neither allocates nor locks.

use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

use crate::{
    backtrace::{capture, paths::PathId},
    memory,
    tally::Call,
};

/// How many different stacks one trial keeps. Calls with further ones are counted as dropped.
pub(crate) const STACKS: usize = 256;

/// How many frames of a stack are read back, from the innermost out.
const FRAMES: usize = 96;

struct Slot {
    /// The path of the stack, plus 1; 0 is free.
    path: AtomicU64,
    calls: [AtomicU64; Call::COUNT],
    bytes: AtomicU64,
}

/// A bounded, insert-only table of stacks. All zero bytes are an empty one.
pub(crate) struct Recorder {
    used: AtomicU32,
    dropped: AtomicU64,
    /// The recorder of the lock outside, which is told too.
    outer: AtomicPtr<Self>,
    /// The trial whose blocks are tracked; 0 is none.
    watch: AtomicU32,
    /// The one that was retired before it.
    next: AtomicPtr<Self>,
    slots: [Slot; STACKS],
}

/// The trial that a block belongs to, and the stack in its recorder that asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watched {
    pub(crate) trial: u32,
    /// [`UNKNOWN`] if it was not kept.
    pub(crate) stack: u32,
}

/// A stack that was not kept.
const UNKNOWN: u32 = u32::MAX;

/// What was recorded of one stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stack {
    /// Names the stack to [`leaks`](crate::leaks).
    pub(crate) id: u32,
    /// Return addresses, innermost first.
    pub(crate) frames: Vec<usize>,
    pub(crate) calls: [u64; Call::COUNT],
    pub(crate) bytes: u64,
}

impl Recorder {
    /// Records one call with the stack it was made from, here and for every lock outside. Returns to
    /// which trial it belongs, if blocks are tracked.
    ///
    /// Relaxed throughout: only numbers and sums are kept, and they are read after the lock.
    pub(crate) fn record(&self, call: Call, size: usize) -> Option<Watched> {
        let path = capture::capture();
        let mut watched = None;
        let mut next = Some(self);
        while let Some(recorder) = next {
            let stack = recorder.add(path, call, size).unwrap_or(UNKNOWN);
            let trial = recorder.watch.load(Ordering::Relaxed);
            if trial != 0 && watched.is_none() {
                watched = Some(Watched { trial, stack });
            }
            // SAFETY: set by `enter` to a recorder whose scope encloses this one's.
            next = unsafe { recorder.outer.load(Ordering::Relaxed).as_ref() };
        }
        watched
    }

    fn add(&self, path: PathId, call: Call, size: usize) -> Option<u32> {
        let key = u64::from(path.get()).wrapping_add(1);
        // Fibonacci hashing: paths that lie beside each other spread.
        let mut index = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        for _ in 0..STACKS {
            index = index.wrapping_add(1) % STACKS as u64;
            let slot = self.slots.get(usize::try_from(index).unwrap_or(0))?;
            let mut found = slot.path.load(Ordering::Relaxed);
            if found == 0 {
                found =
                    match slot
                        .path
                        .compare_exchange(0, key, Ordering::Relaxed, Ordering::Relaxed)
                    {
                        Ok(_) => {
                            self.used.fetch_add(1, Ordering::Relaxed);
                            key
                        }
                        Err(other) => other,
                    };
            }
            if found == key {
                if let Some(calls) = slot.calls.get(call as usize) {
                    calls.fetch_add(1, Ordering::Relaxed);
                }
                if call.allocates() {
                    slot.bytes.fetch_add(size as u64, Ordering::Relaxed);
                }
                return u32::try_from(index).ok();
            }
        }
        self.dropped.fetch_add(1, Ordering::Relaxed);
        None
    }

    /// Names the recorder of the lock outside this one's, null if there is none, and the trial whose
    /// blocks are tracked, 0 if there is none.
    pub(crate) fn enter(&self, outer: *const Self, watch: u32) {
        self.outer.store(outer.cast_mut(), Ordering::Relaxed);
        self.watch.store(watch, Ordering::Relaxed);
    }

    /// Calls whose stack could not be kept.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Everything recorded.
    pub(crate) fn stacks(&self) -> Vec<Stack> {
        if self.used.load(Ordering::Relaxed) == 0 {
            return Vec::new();
        }
        let mut stacks = Vec::new();
        for (id, slot) in (0..).zip(&self.slots) {
            let key = slot.path.load(Ordering::Relaxed);
            if let Some(path) = key.checked_sub(1).and_then(|path| u32::try_from(path).ok()) {
                let path = PathId::from_number(path);
                stacks.push(Stack {
                    id,
                    frames: capture::frames(path).take(FRAMES).collect(),
                    calls: std::array::from_fn(|call| slot.calls[call].load(Ordering::Relaxed)),
                    bytes: slot.bytes.load(Ordering::Relaxed),
                });
            }
        }
        stacks
    }

    fn clear(&self) {
        self.enter(std::ptr::null(), 0);
        self.dropped.store(0, Ordering::Relaxed);
        if self.used.swap(0, Ordering::Relaxed) == 0 {
            return;
        }
        for slot in &self.slots {
            if slot.path.swap(0, Ordering::Relaxed) != 0 {
                slot.bytes.store(0, Ordering::Relaxed);
                for calls in &slot.calls {
                    calls.store(0, Ordering::Relaxed);
                }
            }
        }
    }
}

/// Recorders that were given back: a trial in ten thousand finds one here and maps no memory.
static IDLE: [AtomicPtr<Recorder>; 8] = [const { AtomicPtr::new(std::ptr::null_mut()) }; 8];

/// Recorders that were retired, the last one first.
static RETIRED: AtomicPtr<Recorder> = AtomicPtr::new(std::ptr::null_mut());

/// A recorder for one trial.
#[derive(Debug)]
pub(crate) struct Reserved(&'static Recorder);

impl Reserved {
    /// Takes an empty recorder; `None` if the system has no memory for one.
    pub(crate) fn new() -> Option<Self> {
        for idle in &IDLE {
            // Acquire: pairs with the release in `drop`, so that the cleared state is seen.
            let recorder = idle.swap(std::ptr::null_mut(), Ordering::Acquire);
            // SAFETY: what is in the list was put there by `drop` and belongs to nobody else.
            if let Some(recorder) = unsafe { recorder.as_ref() } {
                return Some(Self(recorder));
            }
        }
        // SAFETY: all zero bytes are an empty recorder.
        unsafe { memory::zeroed() }.map(|recorder| Self(recorder))
    }

    pub(crate) fn get(&self) -> &'static Recorder {
        self.0
    }

    /// Keeps the recorder for good, because another thread may still be about to write to it; and where
    /// leak checkers find it.
    pub(crate) fn retire(self) {
        let recorder = std::ptr::from_ref(self.0).cast_mut();
        // Relaxed: nobody reads the list, whose links are set before they are in it.
        let _ = RETIRED.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            self.0.next.store(last, Ordering::Relaxed);
            Some(recorder)
        });
        std::mem::forget(self);
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.0.clear();
        let recorder = std::ptr::from_ref(self.0).cast_mut();
        for idle in &IDLE {
            // Release: pairs with the acquire in `new`.
            if idle
                .compare_exchange(
                    std::ptr::null_mut(),
                    recorder,
                    Ordering::Release,
                    Ordering::Relaxed,
                )
                .is_ok()
            {
                return;
            }
        }
        // SAFETY: made by `new`, and nobody else has it.
        unsafe { memory::release(self.0) };
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder")
            .field("used", &self.used)
            .field("dropped", &self.dropped)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(number: usize) -> PathId {
        PathId::from_number(u32::try_from(number).unwrap())
    }

    #[test]
    fn equal_stacks_are_one_record_and_different_ones_are_not() {
        let reserved = Reserved::new().unwrap();
        let recorder = reserved.get();
        let first = recorder.add(path(7), Call::Alloc, 10).unwrap();
        assert_eq!(recorder.add(path(7), Call::Grow, 20), Some(first));
        let other = recorder.add(path(8), Call::Alloc, 40).unwrap();
        assert_ne!(first, other);
        let stacks = recorder.stacks();
        assert_eq!(stacks.len(), 2);
        let stack = |id| stacks.iter().find(|stack| stack.id == id).unwrap();
        let calls = stack(first).calls;
        assert_eq!(
            (calls[Call::Alloc as usize], calls[Call::Grow as usize]),
            (1, 1)
        );
        assert_eq!((stack(first).bytes, stack(other).bytes), (30, 40));
    }

    #[test]
    #[cfg(all(feature = "symbols", not(miri)))]
    fn a_record_has_the_stack_that_it_was_made_on() {
        let reserved = Reserved::new().unwrap();
        reserved.get().enter(std::ptr::null(), 1);
        let first = reserved.get().record(Call::Alloc, 1);
        let second = reserved.get().record(Call::Alloc, 1);
        assert_ne!(first, second);
        let stacks = reserved.get().stacks();
        let [one, two] = &stacks[..] else {
            panic!("{} stacks", stacks.len());
        };
        let names = |stack: &Stack| {
            let frames = stack.frames.iter();
            let frames = frames.flat_map(|frame| crate::backtrace::symbolize::symbolize(*frame));
            frames.map(|frame| frame.function).collect::<Vec<_>>()
        };
        assert_eq!(names(one), names(two));
        let here = "a_record_has_the_stack_that_it_was_made_on";
        assert!(names(one).iter().any(|name| name.contains(here)));
        // The one call stands after the other.
        let differing = one.frames.iter().zip(&two.frames).filter(|(a, b)| a != b);
        assert_eq!(differing.count(), 1);
    }

    #[test]
    fn every_lock_outside_is_told_and_the_innermost_that_tracks_blocks_has_the_block() {
        let [outer, middle, inner] = [(), (), ()].map(|()| Reserved::new().unwrap());
        let at = |reserved: &Reserved| std::ptr::from_ref(reserved.get());
        outer.get().enter(std::ptr::null(), 5);
        middle.get().enter(at(&outer), 0);
        inner.get().enter(at(&middle), 0);
        let watched = inner.get().record(Call::Alloc, 3).unwrap();
        for reserved in [&outer, &middle, &inner] {
            assert_eq!(reserved.get().stacks()[0].bytes, 3);
        }
        let stack = outer.get().stacks()[0].id;
        assert_eq!(watched, Watched { trial: 5, stack });
        middle.get().enter(at(&outer), 6);
        let watched = inner.get().record(Call::Alloc, 3).unwrap();
        assert_eq!(watched.trial, 6);
        outer.get().enter(std::ptr::null(), 0);
        middle.get().enter(at(&outer), 0);
        assert_eq!(inner.get().record(Call::Alloc, 3), None);
    }

    #[test]
    fn a_stack_that_found_no_room_is_recorded_without_frames() {
        let reserved = Reserved::new().unwrap();
        reserved.get().add(PathId::NONE, Call::Alloc, 10).unwrap();
        let stacks = reserved.get().stacks();
        assert_eq!((stacks[0].frames.len(), stacks[0].bytes), (0, 10));
    }

    #[test]
    fn a_full_recorder_counts_what_it_drops() {
        let reserved = Reserved::new().unwrap();
        let recorder = reserved.get();
        for stack in 0..STACKS {
            assert!(recorder.add(path(stack), Call::Alloc, 1).is_some());
        }
        assert_eq!(recorder.add(path(STACKS), Call::Alloc, 1), None);
        assert_eq!(recorder.add(path(0), Call::Alloc, 1).map(|_| ()), Some(()));
        assert_eq!((recorder.dropped(), recorder.stacks().len()), (1, STACKS));
    }

    #[test]
    fn a_recorder_that_is_used_again_is_empty() {
        for _ in 0..20 {
            let reserved = Reserved::new().unwrap();
            assert_eq!(
                (reserved.get().stacks(), reserved.get().dropped()),
                (Vec::new(), 0)
            );
            reserved.get().add(path(7), Call::Zeroed, 5);
            assert_eq!(reserved.get().stacks()[0].bytes, 5);
        }
    }
}
