//! Owns the memory of a walk, and the proof that a part of it still holds.
//!
//! A walk is a function of the registers, the stack words that it reads, and the rules of the code.
//! So of the last walk the state of each frame is remembered, and each word that was read, with its
//! address. A new walk first looks how many of those words, from the outermost frame inwards, still
//! hold what they held ([`LastWalk::standing`]); then it walks from the innermost frame until it
//! comes to a state that the last walk went through too, outside of which all words are as they were
//! ([`LastWalk::meets`]). From there on the walk would come out the same, and is not walked again.
//!
//! It does not matter whose walk is remembered, only that the words stand.
//!
//! Raw pointers and plain arithmetic, which cannot overflow within arrays: this must be quick in a
//! build without optimisation too, where each iterator, closure or method is a call.

use super::{
    near::{Near, Trail},
    registers::{Registers, stack_word},
    rule::Rule,
};
use crate::backtrace::{
    addresses::AddressId,
    capture::FRAMES,
    paths::{PathId, Paths},
};

/// Each frame is read from one word, or two.
const WORDS: usize = 2 * FRAMES;

/// What is remembered of a walk. All zero bytes are the memory of none.
pub(super) struct LastWalk {
    /// How many of `frames` there are.
    len: usize,
    /// Outermost first.
    frames: [Frame; FRAMES],
    /// What they were read from, in falling order of addresses, all of them multiples of 8.
    words: [Word; WORDS],
    /// To which of `frames` each word belongs.
    owners: [u16; WORDS],
}

#[derive(Clone, Copy)]
struct Frame {
    state: Registers,
    path: PathId,
    /// How many of `words` belong to this frame and those outside it.
    words: u16,
    /// Whether this frame or one outside it depends on the frame pointer.
    needs_fp: bool,
}

/// A word of the stack, as it was read.
#[derive(Clone, Copy)]
#[repr(C)]
pub(super) struct Word {
    pub(super) address: usize,
    pub(super) value: usize,
}

/// A frame as it was just walked.
#[derive(Clone, Copy)]
pub(super) struct Walked {
    pub(super) state: Registers,
    /// Where the frame inside had kept the return address; at 0 for the innermost frame.
    pub(super) pc_word: Word,
    /// Where the frame inside had kept the frame pointer; 0 if it left it alone.
    pub(super) fp_address: usize,
    /// How this frame's caller is found.
    pub(super) rule: Rule,
    pub(super) address: AddressId,
}

impl Walked {
    /// Says that no frame inside has kept anything of this one's.
    #[inline(always)]
    pub(super) fn forget_words(&mut self) {
        self.pc_word = Word {
            address: 0,
            value: 0,
        };
        self.fp_address = 0;
    }
}

impl LastWalk {
    pub(super) fn forget(&mut self) {
        self.len = 0;
    }

    /// How many of the frames, from the outermost in, a walk may stop at. Of the words, only those
    /// from `low` to below `high` are looked at: the part of this thread's stack that is in use.
    #[inline(always)]
    #[expect(
        clippy::multiple_unsafe_ops_per_block,
        reason = "one proof of bounds holds for all of them, and blocks of their own would hide it"
    )]
    pub(super) fn standing(&self, low: usize, high: usize) -> usize {
        if self.len == 0 {
            return 0;
        }
        let start = &raw const self.words as usize;
        // SAFETY: `len` is not 0 and at most `FRAMES`, and a frame's `words` at most `WORDS`: what is
        // below `end` lies in `self.words`. The addresses there fall, so with the first below `high`
        // and the last at or above `low`, all of them are words of this thread's stack.
        unsafe {
            let last = (&raw const self.frames).cast::<Frame>().add(self.len - 1);
            let end = start + (*last).words as usize * 16;
            let mut at = start;
            if at < end && *(at as *const usize) >= high {
                return 0;
            }
            while at + 64 <= end {
                if *((at + 48) as *const usize) < low {
                    break;
                }
                let a = stack_word!(*(at as *const usize)) ^ *((at + 8) as *const usize);
                let b = stack_word!(*((at + 16) as *const usize)) ^ *((at + 24) as *const usize);
                let c = stack_word!(*((at + 32) as *const usize)) ^ *((at + 40) as *const usize);
                let d = stack_word!(*((at + 48) as *const usize)) ^ *((at + 56) as *const usize);
                if a | b | c | d != 0 {
                    break;
                }
                at += 64;
            }
            while at < end {
                let address = *(at as *const usize);
                if address < low || stack_word!(address) != *((at + 8) as *const usize) {
                    // The frame read from this word may still be reached, by other words: it is
                    // the frames outside it that must stand.
                    let owners = (&raw const self.owners).cast::<u16>();
                    return *owners.add((at - start) / 16) as usize + 1;
                }
                at += 16;
            }
        }
        self.len
    }

    /// Whether the innermost of the `outer` outermost frames is in this state. Takes those from
    /// `outer` that the walk has passed.
    #[inline(always)]
    #[expect(
        clippy::multiple_unsafe_ops_per_block,
        reason = "one proof of bounds holds for all of them, and blocks of their own would hide it"
    )]
    pub(super) fn meets(&self, outer: &mut usize, state: &Registers) -> bool {
        let frames = (&raw const self.frames).cast::<Frame>();
        // SAFETY: `outer` came from `standing`, so it is at most `FRAMES`.
        unsafe {
            while *outer > 0 && (*frames.add(*outer - 1)).state.sp < state.sp {
                *outer -= 1;
            }
            if *outer == 0 {
                return false;
            }
            let frame = &*frames.add(*outer - 1);
            frame.state.sp == state.sp
                && frame.state.pc == state.pc
                && (!frame.needs_fp || frame.state.fp == state.fp)
        }
    }

    /// Remembers a walk: the `outer` outermost frames of the last one, and the `inner` frames that
    /// `walked` begins with, innermost first. Returns its path; `None` if there is no room for it.
    ///
    /// # Safety
    /// - `outer` came from `standing`, perhaps reduced by `meets`, or is 0.
    /// - `outer` and `inner` together are at most `FRAMES`.
    #[inline(always)]
    #[expect(
        clippy::multiple_unsafe_ops_per_block,
        reason = "one proof of bounds holds for all of them, and blocks of their own would hide it"
    )]
    pub(super) unsafe fn extend(
        &mut self,
        (paths, near): (&Paths, &mut Near),
        mut outer: usize,
        walked: &[Walked; FRAMES + 1],
        inner: usize,
    ) -> Option<PathId> {
        let first = (&raw const *walked).cast::<Walked>();
        let mut walked = first.wrapping_add(inner);
        let frames = (&raw mut self.frames).cast::<Frame>();
        let (mut path, mut needs_fp, mut words) = (PathId::NONE, false, 0);
        // SAFETY: the caller says that all indices are below `FRAMES`, and each frame adds at most
        // two words.
        unsafe {
            if outer > 0 {
                let frame = &*frames.add(outer - 1);
                (path, needs_fp, words) = (frame.path, frame.needs_fp, frame.words);
            }
            let mut trail = Trail::from(path);
            while walked != first {
                walked = walked.sub(1);
                let frame = &*walked;
                path = near.child(paths, path, frame.address, &mut trail)?;
                let rule = frame.rule;
                needs_fp =
                    rule.is_from_frame_pointer() || (needs_fp && !rule.saves_frame_pointer());
                if frame.pc_word.address != 0 {
                    self.remember(&mut words, frame.pc_word, outer);
                    if needs_fp && frame.fp_address != 0 {
                        let (address, value) = (frame.fp_address, frame.state.fp);
                        self.remember(&mut words, Word { address, value }, outer);
                    }
                }
                *frames.add(outer) = Frame {
                    state: frame.state,
                    path,
                    words,
                    needs_fp,
                };
                outer += 1;
            }
        }
        self.len = outer;
        Some(path)
    }

    /// # Safety
    /// - `words` is below `WORDS`.
    #[inline(always)]
    unsafe fn remember(&mut self, words: &mut u16, word: Word, owner: usize) {
        let place = *words as usize;
        // SAFETY: the caller says so.
        unsafe { *(&raw mut self.words).cast::<Word>().wrapping_add(place) = word };
        // SAFETY: as many as words.
        unsafe { *(&raw mut self.owners).cast::<u16>().wrapping_add(place) = owner as u16 };
        *words += 1;
    }
}
