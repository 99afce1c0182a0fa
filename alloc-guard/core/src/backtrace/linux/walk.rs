//! Owns [`Walker`]: the walk over a thread's stack.
//!
//! Every read is at or above the stack pointer and below the end of this thread's own stack, so it
//! reads the memory of live frames. Nothing on the stack is ever written. What the walk does not
//! know, it leaves to the system's unwinder, for that capture.

use super::{
    near::Near,
    registers::{Bounds, Registers, stack_word, without_signature},
    replay::{LastWalk, Walked, Word},
    rule::Rule,
    rules::{self, Meaning},
    system,
};
use crate::{
    backtrace::{
        addresses::AddressId,
        capture::{Counts, DEEP, FRAMES},
        paths::{PathId, Paths},
    },
    memory,
};

/// A walk's room, and the memory of the last ones. All zero bytes are a new walker.
///
/// Any thread can use it, one at a time: an earlier walk helps if it was the same thread's.
pub struct Walker {
    /// The last walk from each of so many depths of the stack: a program that calls from one depth,
    /// then from another and again from the first, is seldom elsewhere at the first.
    lasts: [LastWalk; LASTS],
    walk: Walk,
}

/// What the walk that is going on is made in.
struct Walk {
    counts: Counts,
    /// Of the addresses, when they were walked.
    generation: u32,
    near: Near,
    /// The frames, innermost first, and room for what is read of one more before it is found to be
    /// too many.
    walked: [Walked; FRAMES + 1],
}

const LASTS: usize = 32;

/// How a walk ended.
enum End {
    /// At the outermost frame, or at one that the last walk had: so many of the last walk's frames
    /// are outside so many new ones.
    Known { outer: usize, inner: usize },
    /// Before the outermost frame, because the stack is too deep to be kept whole.
    Deep,
    /// Where only the system's unwinder may know on.
    Unknown(Unknown),
    /// Without room for another address.
    Full,
}

/// Why the system's unwinder is asked.
#[derive(Clone, Copy)]
enum Unknown {
    /// This stack, or a frame on it, is not for us.
    Foreign,
    /// The code of a frame has no description. If the system's unwinder ends there, or at the frame
    /// inside it, then so does ours from now on.
    Silent {
        address: AddressId,
        pc: usize,
        inner: usize,
    },
}

impl Walker {
    /// A new walker, in memory of the system, for good. `None` if there is none.
    #[must_use]
    pub fn reserve() -> Option<&'static mut Self> {
        // SAFETY: all zero bytes are a walker.
        unsafe { memory::zeroed() }
    }

    /// The path of the stack that this is called on; [`PathId::NONE`] if there is no room for it.
    #[inline(never)]
    pub fn capture(&mut self, paths: &Paths) -> PathId {
        let (pc, sp, fp) = Registers::here().apart();
        // SAFETY: this function's own.
        unsafe { self.capture_from(paths, pc, sp, fp) }
    }

    /// The path of the stack from the function on, that `from` was taken in. What stands between that
    /// one and this is not walked.
    ///
    /// Once the code on the stack has been seen it neither allocates nor locks. At the first sight
    /// of a code address it takes the loader's lock for a moment, and reads the module's tables.
    ///
    /// # Safety
    /// - `from` was taken in a function of this thread that has not returned since.
    // `extern "C"`: a panic, if there were one, would abort, not unwind out of the allocator.
    #[inline(never)]
    pub(crate) unsafe extern "C" fn capture_from(
        &mut self,
        paths: &Paths,
        pc: usize,
        sp: usize,
        fp: usize,
    ) -> PathId {
        let from = Registers { pc, sp, fp };
        let generation = paths.addresses.generation();
        if self.walk.generation != generation {
            self.renew(generation);
        }
        // Not a product, which would be waited for: all else depends on it.
        let last = ((sp >> 4) ^ (sp >> 9)) % LASTS;
        let Some(last) = self.lasts.get_mut(last) else {
            return PathId::NONE;
        };
        let path = match self.walk.go(paths, from, last) {
            End::Known { outer, inner } => {
                self.walk.counts.add(outer, inner);
                let tables = (paths, &mut self.walk.near);
                // SAFETY: `go` reduced `outer`, which came from `standing`, and saw to the sum.
                unsafe { last.extend(tables, outer, &self.walk.walked, inner) }
            }
            End::Deep => {
                last.forget();
                self.walk.cut(paths)
            }
            End::Unknown(why) => {
                last.forget();
                self.walk.ask(paths, from, why)
            }
            End::Full => None,
        };
        match path {
            Some(path) => path,
            None => lose(last, paths),
        }
    }

    /// Forgets what may no longer be so, as code was unloaded.
    #[cold]
    #[inline(never)]
    fn renew(&mut self, generation: u32) {
        self.walk.generation = generation;
        self.walk.near.forget_rules();
        for last in &mut self.lasts {
            last.forget();
        }
    }

    /// Captures so far, by how they were made.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.walk.counts
    }
}

impl Walk {
    #[inline(always)]
    fn go(&mut self, paths: &Paths, mut state: Registers, last: &LastWalk) -> End {
        let bounds = Bounds::of_this_thread();
        if !bounds.contains(state.sp) {
            // A coroutine's stack, or one for signals.
            return End::Unknown(Unknown::Foreign);
        }
        let mut outer = last.standing(state.sp, bounds.high);
        let first = (&raw mut self.walked).cast::<Walked>();
        let mut next = first;
        // There is room for as many frames as the last walk's leave, and for all without them.
        let mut end = first.wrapping_add(FRAMES - outer);
        // SAFETY: in the array.
        unsafe { &mut *first }.forget_words();
        // Plain arithmetic: all of it is within arrays of `FRAMES`.
        loop {
            if last.meets(&mut outer, &state) {
                let inner = count(first, next);
                return End::Known { outer, inner };
            }
            if next == end {
                // Without the last walk, then: there may be a way past its frames.
                outer = 0;
                end = first.wrapping_add(FRAMES);
                if next == end {
                    return End::Deep;
                }
            }
            let meaning = if next == first {
                Meaning::Instruction
            } else {
                Meaning::Return
            };
            let Some((address, rule)) = self.near.rule(&paths.addresses, state.pc, meaning) else {
                return End::Full;
            };
            // SAFETY: below `end`, and so in the array.
            let frame = unsafe { &mut *next };
            frame.state = state;
            frame.rule = rule;
            frame.address = address;
            next = next.wrapping_add(1);
            if !rule.is_frame() {
                let inner = count(first, next);
                if rule == Rule::END {
                    return End::Known { outer: 0, inner };
                }
                return End::Unknown(self.why(rule, inner));
            }
            let base = if rule.is_from_frame_pointer() {
                state.fp
            } else {
                state.sp
            };
            let cfa = base.wrapping_add(rule.cfa_offset());
            // The caller's frame lies further out, and what is read of a frame lies in it, so that
            // the words' addresses rise with the frames.
            let size = cfa.wrapping_sub(state.sp);
            let pc_distance = rule.return_address_distance();
            if size > bounds.high.wrapping_sub(state.sp) || pc_distance > size || cfa & 7 != 0 {
                return End::Unknown(Unknown::Foreign);
            }
            let mut fp_address = 0;
            if rule.saves_frame_pointer() {
                let fp_distance = rule.frame_pointer_distance();
                if fp_distance > size {
                    return End::Unknown(Unknown::Foreign);
                }
                fp_address = cfa.wrapping_sub(fp_distance);
                // SAFETY: an aligned word of this thread's stack, at or above the stack pointer.
                state.fp = unsafe { stack_word!(fp_address) };
            }
            let pc_address = cfa.wrapping_sub(pc_distance);
            // SAFETY: as above.
            let value = unsafe { stack_word!(pc_address) };
            // SAFETY: the array has one more than `end` leaves room for.
            let caller = unsafe { &mut *next };
            caller.pc_word = Word {
                address: pc_address,
                value,
            };
            caller.fp_address = fp_address;
            state.pc = without_signature(value);
            state.sp = cfa;
            if state.pc == 0 {
                let inner = count(first, next);
                return End::Known { outer: 0, inner };
            }
        }
    }

    #[cold]
    #[inline(never)]
    fn why(&self, rule: Rule, inner: usize) -> Unknown {
        let frame = |back: usize| self.walked.get(inner.checked_sub(back)?);
        match frame(1) {
            Some(last) if rule == Rule::SILENT => Unknown::Silent {
                address: last.address,
                pc: last.state.pc,
                inner: frame(2).map_or(0, |frame| frame.state.pc),
            },
            _ => Unknown::Foreign,
        }
    }

    /// The path of the innermost frames alone. The walk is not remembered: from another depth,
    /// other frames would be the innermost.
    #[cold]
    #[inline(never)]
    fn cut(&mut self, paths: &Paths) -> Option<PathId> {
        self.counts.cut = self.counts.cut.wrapping_add(1);
        let addresses = self.walked.iter().take(DEEP).rev();
        paths.path(PathId::CUT, addresses.map(|frame| Some(frame.address)))
    }

    /// The path by the system's unwinder.
    #[cold]
    #[inline(never)]
    fn ask(&mut self, paths: &Paths, from: Registers, why: Unknown) -> Option<PathId> {
        self.counts.asked = self.counts.asked.wrapping_add(1);
        let (mut len, mut last, mut root) = (0_usize, 0, PathId::NONE);
        let mut add = |pc| {
            if len == FRAMES {
                len = DEEP;
                root = PathId::CUT;
                return false;
            }
            let Some(frame) = self.walked.get_mut(len) else {
                return false;
            };
            frame.state.pc = pc;
            (last, len) = (pc, len.wrapping_add(1));
            true
        };
        let mut is_first = true;
        system::each_frame(from.sp, |sp, pc| {
            if is_first {
                is_first = false;
                // The innermost frame is where it was captured, not where it asks the system; and it
                // may have been given up for what it called last.
                return add(from.pc) && (sp == from.sp || add(pc));
            }
            add(pc)
        });
        if let Unknown::Silent { address, pc, inner } = why
            && (last == pc || last == inner)
        {
            rules::ends_at(&paths.addresses, address);
        }
        let frames = self.walked.get(..len).unwrap_or_default().iter().rev();
        let addresses = frames.map(|frame| Some(paths.addresses.find(frame.state.pc)?.0));
        paths.path(root, addresses)
    }
}

/// There is no room for the path, nor for what the walk that had it is to remember.
#[cold]
#[inline(never)]
fn lose(last: &mut LastWalk, paths: &Paths) -> PathId {
    last.forget();
    paths.lose()
}

/// How many frames there are from `first` to before `next`.
#[inline(always)]
fn count(first: *mut Walked, next: *mut Walked) -> usize {
    (next as usize - first as usize) / size_of::<Walked>()
}

#[cfg(test)]
mod tests {
    use std::{hint::black_box, thread};

    use super::*;

    #[inline(never)]
    fn descend(depth: usize, then: &mut dyn FnMut()) {
        match depth {
            0 => then(),
            _ => descend(black_box(depth - 1), then),
        }
        // Not a tail call.
        black_box(());
    }

    /// The stacks that both walkers see at the same place.
    fn compare(walkers: [&mut Walker; 2]) {
        let paths = Paths::shared().unwrap();
        let mut seen = Vec::new();
        // A vector: the loop over an array may become two calls, at two addresses.
        for walker in black_box(Vec::from(walkers)) {
            seen.push(walker.capture(paths));
        }
        let frames = |path| paths.frames(path).collect::<Vec<_>>();
        assert_eq!(frames(seen[0]), frames(seen[1]));
        assert!(frames(seen[0]).len() > 5);
    }

    #[test]
    fn a_walker_serves_one_thread_after_another() {
        let mut used = Walker::reserve().unwrap();
        for depth in [1, 200, 3, 90, 90, 0] {
            let thread = thread::spawn(move || {
                descend(depth, &mut || compare([used, Walker::reserve().unwrap()]));
                descend(depth + 1, &mut || {
                    compare([used, Walker::reserve().unwrap()]);
                });
                used
            });
            used = thread.join().unwrap();
        }
        assert_eq!(used.counts().asked, 0);
    }

    #[test]
    fn what_stands_is_replayed() {
        let walker = Walker::reserve().unwrap();
        let paths = Paths::shared().unwrap();
        descend(100, &mut || {
            for _ in 0..black_box(10) {
                walker.capture(paths);
            }
        });
        let counts = walker.counts();
        assert_eq!((counts.walked, counts.replayed, counts.asked), (1, 9, 0));
        assert!(counts.walked_frames > 100);
        assert_eq!(counts.replayed_frames, 9 * counts.walked_frames);
    }

    #[test]
    fn another_generation_of_addresses_is_walked_anew() {
        let walker = Walker::reserve().unwrap();
        // SAFETY: all zero bytes are an empty tree.
        let paths: &Paths = unsafe { memory::zeroed() }.unwrap();
        for round in 0..4 {
            if round == 2 {
                paths.addresses.retire();
            }
            walker.capture(paths);
        }
        assert_eq!(walker.counts().walked, 2);
    }

    #[test]
    fn a_tree_without_room_is_told_of_each_capture() {
        let walker = Walker::reserve().unwrap();
        // SAFETY: all zero bytes are an empty tree.
        let paths: &Paths = unsafe { memory::zeroed() }.unwrap();
        paths.fill();
        for round in 1..4 {
            assert_eq!(walker.capture(paths), PathId::NONE);
            assert_eq!(paths.lost(), round);
        }
    }
}
