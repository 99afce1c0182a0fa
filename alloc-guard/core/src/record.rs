//! Owns the memory in which violations are recorded: raw call stacks, deduplicated, with their
//! counts. It is reserved before the lock; recording neither allocates nor locks.

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};

use crate::{
    backtrace::capture::{self, FRAMES},
    memory,
    tally::Call,
};

/// How many different stacks one trial keeps. Calls with further ones are counted as dropped.
pub(crate) const STACKS: usize = 256;

struct Slot {
    /// 0 is free. Whoever sets it fills in the frames.
    hash: AtomicU64,
    ready: AtomicBool,
    len: AtomicUsize,
    frames: [AtomicUsize; FRAMES],
    calls: [AtomicU64; Call::COUNT],
    bytes: AtomicU64,
}

/// A bounded, insert-only table of stacks. All zero bytes are an empty one.
pub(crate) struct Recorder {
    used: AtomicU32,
    dropped: AtomicU64,
    /// The recorder of the lock outside, which is told too.
    outer: AtomicPtr<Self>,
    slots: [Slot; STACKS],
}

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
    /// Records one call with the stack it was made from. Returns the stack's id, if it was kept.
    ///
    /// Relaxed throughout, but for `ready`: only sums are kept, and they are read after the lock.
    pub(crate) fn record(&self, call: Call, size: usize) -> Option<u32> {
        let mut frames = [0; FRAMES];
        let len = capture::capture(&mut frames);
        let frames = frames.get(..len).unwrap_or_default();
        // SAFETY: set by `set_outer` to a recorder whose scope encloses this one's.
        if let Some(outer) = unsafe { self.outer.load(Ordering::Relaxed).as_ref() } {
            outer.add(frames, call, size);
        }
        self.add(frames, call, size)
    }

    fn add(&self, frames: &[usize], call: Call, size: usize) -> Option<u32> {
        let hash = hash(frames);
        let mut index = hash;
        for _ in 0..STACKS {
            index = index.wrapping_add(1) % STACKS as u64;
            let slot = self.slots.get(usize::try_from(index).unwrap_or(0))?;
            let mut found = slot.hash.load(Ordering::Relaxed);
            if found == 0 {
                found =
                    match slot
                        .hash
                        .compare_exchange(0, hash, Ordering::Relaxed, Ordering::Relaxed)
                    {
                        Ok(_) => {
                            self.fill(slot, frames);
                            hash
                        }
                        Err(other) => other,
                    };
            }
            if found == hash {
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

    fn fill(&self, slot: &Slot, frames: &[usize]) {
        self.used.fetch_add(1, Ordering::Relaxed);
        for (kept, frame) in slot.frames.iter().zip(frames) {
            kept.store(*frame, Ordering::Relaxed);
        }
        slot.len.store(frames.len(), Ordering::Relaxed);
        // Release: pairs with the acquire in `stacks`, which then sees the frames.
        slot.ready.store(true, Ordering::Release);
    }

    /// Names the recorder of the lock outside this one's, null if there is none.
    pub(crate) fn set_outer(&self, outer: *const Self) {
        self.outer.store(outer.cast_mut(), Ordering::Relaxed);
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
            // Acquire: pairs with the release in `fill`.
            if slot.ready.load(Ordering::Acquire) {
                let len = slot.len.load(Ordering::Relaxed);
                stacks.push(Stack {
                    id,
                    frames: slot
                        .frames
                        .iter()
                        .take(len)
                        .map(|f| f.load(Ordering::Relaxed))
                        .collect(),
                    calls: std::array::from_fn(|call| slot.calls[call].load(Ordering::Relaxed)),
                    bytes: slot.bytes.load(Ordering::Relaxed),
                });
            }
        }
        stacks
    }

    fn clear(&self) {
        self.set_outer(std::ptr::null());
        self.dropped.store(0, Ordering::Relaxed);
        if self.used.swap(0, Ordering::Relaxed) == 0 {
            return;
        }
        for slot in &self.slots {
            if slot.hash.swap(0, Ordering::Relaxed) != 0 {
                slot.ready.store(false, Ordering::Relaxed);
                slot.bytes.store(0, Ordering::Relaxed);
                for calls in &slot.calls {
                    calls.store(0, Ordering::Relaxed);
                }
            }
        }
    }
}

/// A hash of a stack, never 0. (Multiply and rotate, as in rustc's own hasher.)
fn hash(frames: &[usize]) -> u64 {
    let mut hash = 0_u64;
    for frame in frames {
        hash = (hash.rotate_left(5) ^ *frame as u64).wrapping_mul(0x51_7c_c1_b7_27_22_0a_95);
    }
    hash | 1 << 63
}

/// Recorders that were given back: a trial in ten thousand finds one here and maps no memory.
static IDLE: [AtomicPtr<Recorder>; 8] = [const { AtomicPtr::new(std::ptr::null_mut()) }; 8];

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
        unsafe { memory::zeroed() }.map(Self)
    }

    pub(crate) fn get(&self) -> &'static Recorder {
        self.0
    }

    /// Keeps the recorder for good, because another thread may still be about to write to it.
    pub(crate) fn retire(self) {
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

    #[test]
    fn equal_stacks_are_one_record_and_different_ones_are_not() {
        let reserved = Reserved::new().unwrap();
        let recorder = reserved.get();
        let first = recorder.add(&[1, 2, 3], Call::Alloc, 10).unwrap();
        assert_eq!(recorder.add(&[1, 2, 3], Call::Grow, 20), Some(first));
        assert_ne!(recorder.add(&[1, 2, 4], Call::Alloc, 40), Some(first));
        let mut stacks = recorder.stacks();
        stacks.sort_by_key(|stack| stack.frames.clone());
        assert_eq!(stacks.len(), 2);
        assert_eq!(stacks[0].frames, [1, 2, 3]);
        assert_eq!(
            (
                stacks[0].calls[Call::Alloc as usize],
                stacks[0].calls[Call::Grow as usize]
            ),
            (1, 1)
        );
        assert_eq!((stacks[0].bytes, stacks[1].bytes), (30, 40));
    }

    #[test]
    fn a_full_recorder_counts_what_it_drops() {
        let reserved = Reserved::new().unwrap();
        let recorder = reserved.get();
        for stack in 0..STACKS {
            assert!(recorder.add(&[stack], Call::Alloc, 1).is_some());
        }
        assert_eq!(recorder.add(&[STACKS], Call::Alloc, 1), None);
        assert_eq!(recorder.add(&[0], Call::Alloc, 1).map(|_| ()), Some(()));
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
            reserved.get().add(&[7, 8], Call::Zeroed, 5);
            assert_eq!(reserved.get().stacks()[0].bytes, 5);
        }
    }
}
