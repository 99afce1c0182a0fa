//! Blocks of several threads, in the order of time.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap, VecDeque},
};

use super::{
    blocks::EventBlock,
    events::{Change, Cursor},
};
use crate::error::Error;

/// A block that is being read, and those that wait for it: the same thread filled them later.
struct Active<'a> {
    cursor: Cursor<'a>,
    ticks: u64,
    change: Change,
    later: VecDeque<usize>,
}

/// What is next: the tick, whether memory is handed out, the block.
type Next = Reverse<(u64, bool, usize)>;

/// Hands every change of `blocks` to `take`, with its ticks and the block's number, in the order of time; those of one thread in
/// the order in which it made them, whatever its processor's clock said.
pub(super) fn merge<'a>(
    blocks: &[EventBlock<'a>],
    mut take: impl FnMut(u64, Change, &Cursor<'a>, usize) -> Result<(), Error>,
) -> Result<(), Error> {
    let starts = starts(blocks);
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by_key(|index| starts[*index]);
    let mut waiting = order.into_iter().peekable();
    let mut merge = Merge {
        blocks,
        active: HashMap::new(),
        next: BinaryHeap::new(),
        block_of: HashMap::new(),
        last: HashMap::new(),
    };
    loop {
        // A block may begin before what is next.
        while let Some(index) = waiting.next_if(|index| match merge.next.peek() {
            Some(Reverse((ticks, ..))) => starts[*index] <= *ticks,
            None => true,
        }) {
            merge.begin(index)?;
        }
        let Some(Reverse((_, _, index))) = merge.next.pop() else {
            return Ok(());
        };
        let Some(mut active) = merge.active.remove(&index) else {
            continue;
        };
        let until = waiting.peek().map_or(u64::MAX, |index| starts[*index]);
        // As long as this block is first, there is no need to look at the others.
        loop {
            take(active.ticks, active.change, &active.cursor, index)?;
            let thread = active.cursor.thread;
            let next = active.cursor.next()?;
            if active.cursor.thread != thread || next.is_none() {
                merge.left(thread, index, active.ticks);
            }
            let Some((ticks, change)) = next else {
                for later in active.later {
                    merge.begin(later)?;
                }
                break;
            };
            if active.cursor.thread != thread {
                merge.block_of.insert(active.cursor.thread, index);
            }
            active.ticks = ticks;
            active.change = change;
            let key = (ticks, change.hands_out(), index);
            let first = merge.next.peek().is_none_or(|Reverse(next)| key < *next);
            if !first || ticks >= until {
                merge.next.push(Reverse(key));
                merge.active.insert(index, active);
                break;
            }
        }
    }
}

/// When each block begins: not before its thread's block before it.
fn starts(blocks: &[EventBlock<'_>]) -> Vec<u64> {
    let mut last: HashMap<u64, u64> = HashMap::new();
    let start = |block: &EventBlock<'_>| {
        let last = last.entry(block.thread).or_insert(0);
        *last = block.ticks.max(*last);
        *last
    };
    blocks.iter().map(start).collect()
}

struct Merge<'a, 'b> {
    blocks: &'b [EventBlock<'a>],
    active: HashMap<usize, Active<'a>>,
    next: BinaryHeap<Next>,
    /// The block that each thread is in.
    block_of: HashMap<u64, usize>,
    /// When each thread last did something in a block that it has left.
    last: HashMap<u64, u64>,
}

impl Merge<'_, '_> {
    /// Begins to read a block, or has it wait for the one that its thread is in.
    fn begin(&mut self, index: usize) -> Result<(), Error> {
        let block = &self.blocks[index];
        let before = self.block_of.get(&block.thread);
        if let Some(before) = before.and_then(|before| self.active.get_mut(before)) {
            before.later.push_back(index);
            return Ok(());
        }
        let floor = self.last.get(&block.thread).copied().unwrap_or(0);
        let mut cursor = Cursor::new(block, floor);
        if let Some((ticks, change)) = cursor.next()? {
            self.next.push(Reverse((ticks, change.hands_out(), index)));
            self.block_of.insert(cursor.thread, index);
            let later = VecDeque::new();
            self.active.insert(
                index,
                Active {
                    cursor,
                    ticks,
                    change,
                    later,
                },
            );
        }
        Ok(())
    }

    /// `thread` is in block `index` no longer.
    fn left(&mut self, thread: u64, index: usize, ticks: u64) {
        if self.block_of.get(&thread) == Some(&index) {
            self.block_of.remove(&thread);
        }
        self.last.insert(thread, ticks);
    }
}
