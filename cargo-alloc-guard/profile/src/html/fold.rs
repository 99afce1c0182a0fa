//! Owns what is told apart no longer where a page would have too many rows: what matters least goes first.

use std::cmp::Reverse;

use super::row::Key;
use crate::model::{Profile, StackId, Sums};

/// A share of all.
const WHOLE: u128 = 1 << 32;

/// First sizes are folded, then stacks into their callers, the rarest first.
pub(super) struct Fold<'a> {
    /// Whose stacks may be folded, too.
    profile: Option<&'a Profile>,
    is_folded: bool,
    /// The place of each stack, from the one that matters most; empty so long as no stack is folded.
    ranks: Vec<usize>,
    /// How many stacks are not folded.
    kept: usize,
    /// What each stack is folded into; empty so long as that is itself.
    into: Vec<StackId>,
}

impl<'a> Fold<'a> {
    /// Leaves stacks alone.
    pub(super) fn sizes() -> Self {
        Self {
            profile: None,
            is_folded: false,
            ranks: Vec::new(),
            kept: 0,
            into: Vec::new(),
        }
    }

    pub(super) fn sizes_and_stacks(profile: &'a Profile) -> Self {
        Self {
            profile: Some(profile),
            ..Self::sizes()
        }
    }

    pub(super) fn is_folded(&self) -> bool {
        self.is_folded
    }

    pub(super) fn key(&self, mut key: Key) -> Key {
        if self.is_folded {
            key.class = 0;
        }
        if let Some(into) = self.into.get(key.stack.index()) {
            key.stack = *into;
        }
        key
    }

    /// Folds more, if there is more to fold. What was folded stays so.
    pub(super) fn further(&mut self) -> bool {
        if !self.is_folded {
            self.is_folded = true;
            return true;
        }
        let Some(profile) = self.profile else {
            return false;
        };
        if self.ranks.is_empty() {
            self.ranks = ranks(profile);
            self.kept = self.ranks.len();
        }
        if self.kept <= 1 {
            return false;
        }
        self.kept /= 2;
        self.into.clear();
        for (stack, rank) in profile.stacks.ids().zip(&self.ranks) {
            // Callers come first.
            let into = match profile.stacks.node(stack) {
                Some((caller, _)) if *rank >= self.kept => self.into[caller.index()],
                _ => stack,
            };
            self.into.push(into);
        }
        true
    }
}

/// The place of each stack by its share; a caller's is before those of all that it calls.
fn ranks(profile: &Profile) -> Vec<usize> {
    let mut sums = profile.stack_sums();
    let mut stacks: Vec<StackId> = profile.stacks.ids().collect();
    for stack in stacks.iter().rev() {
        if let Some((caller, _)) = profile.stacks.node(*stack) {
            let called = sums[stack.index()];
            sums[caller.index()] += called;
        }
    }
    let all = sums.first().copied().unwrap_or_default();
    stacks.sort_by_cached_key(|stack| (Reverse(share(&sums[stack.index()], &all)), *stack));
    let mut ranks = vec![0; stacks.len()];
    for (rank, stack) in stacks.into_iter().enumerate() {
        ranks[stack.index()] = rank;
    }
    ranks
}

/// The greatest share that a stack, with all that it called, has in any of the sums.
fn share(of: &Sums, all: &Sums) -> u128 {
    let parts = [
        (of.allocations.count, all.allocations.count),
        (of.allocations.bytes, all.allocations.bytes),
        (of.at_peak.bytes, all.at_peak.bytes),
        (of.leaked.bytes, all.leaked.bytes),
    ];
    let share = |(part, all): (u64, u64)| u128::from(part) * WHOLE / u128::from(all.max(1));
    parts.into_iter().map(share).max().unwrap_or_default()
}
