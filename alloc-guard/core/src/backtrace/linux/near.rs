//! Owns what a walker keeps at hand of the tables that all threads share.
//!
//! Those are as large as a program may ever need, and a slot lies anywhere in them: in a cache line,
//! often a page, of its own. The few that one thread's stacks use lie together here.

use super::{
    rule::Rule,
    rules::{self, Meaning},
};
use crate::backtrace::{
    addresses::{AddressId, Addresses},
    paths::{PathId, Paths, Word},
};

/// The high bits of these products depend on all bits of what is multiplied.
const FIBONACCI: u64 = 0x9e37_79b9_7f4a_7c15;

const RULE_BITS: u32 = 8;
const WORD_BITS: u32 = 10;

/// All zero bytes are an empty one. Anything in it may be overwritten by what falls on its place.
pub(super) struct Near {
    rules: [Known; 1 << RULE_BITS],
    words: [Word; 1 << WORD_BITS],
}

/// A path and the addresses after it, hashed.
pub(super) struct Trail(u64);

impl From<PathId> for Trail {
    #[inline(always)]
    fn from(path: PathId) -> Self {
        Self(u64::from(path.get()) << AddressId::BITS)
    }
}

#[derive(Clone, Copy)]
struct Known {
    pc: usize,
    address: AddressId,
    rule: Rule,
}

impl Near {
    /// Forgets the rules. What the tree of paths holds stays true.
    #[cold]
    #[inline(never)]
    pub(super) fn forget_rules(&mut self) {
        for known in &mut self.rules {
            // No code has this address.
            known.pc = 0;
        }
    }

    /// [`rules::rule`].
    #[inline(always)]
    pub(super) fn rule(
        &mut self,
        addresses: &Addresses,
        pc: usize,
        meaning: Meaning,
    ) -> Option<(AddressId, Rule)> {
        let place = (pc as u64).wrapping_mul(FIBONACCI) >> (64 - RULE_BITS);
        let known = (&raw mut self.rules).cast::<Known>();
        // SAFETY: the product has `RULE_BITS` bits left.
        let known = unsafe { &mut *known.wrapping_add(place as usize) };
        if known.pc != pc || pc == 0 {
            let generation = addresses.generation();
            let (address, rule) = rules::rule(addresses, pc, meaning)?;
            if addresses.generation() != generation {
                // Learning it showed that code was unloaded, in whose place other code may be.
                self.forget_rules();
            }
            if !rule.is_frame() {
                // It may be learnt, or be found to be otherwise.
                return Some((address, rule));
            }
            *known = Known { pc, address, rule };
        }
        Some((known.address, known.rule))
    }

    /// [`Paths::child`].
    ///
    /// Its place is told from the trail, not from the parent: so the processor reads the words of
    /// several frames at once, before it knows that each is the right one.
    #[inline(always)]
    pub(super) fn child(
        &mut self,
        paths: &Paths,
        parent: PathId,
        address: AddressId,
        trail: &mut Trail,
    ) -> Option<PathId> {
        let key = Word::key(parent, address);
        trail.0 = (trail.0 ^ address.bits()).wrapping_mul(FIBONACCI);
        let place = trail.0 >> (64 - WORD_BITS);
        let word = (&raw mut self.words).cast::<Word>();
        // SAFETY: the product has `WORD_BITS` bits left.
        let word = unsafe { &mut *word.wrapping_add(place as usize) };
        if !word.has(key) {
            *word = paths.child(key)?;
        }
        Some(word.id())
    }
}
