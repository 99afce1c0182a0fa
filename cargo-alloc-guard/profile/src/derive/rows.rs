//! A profile reduced to rows, for a page that must stay small however long the program ran.

use std::collections::HashMap;

use super::{
    sums::{Newest, amount},
    timeline::Grid,
};
use crate::model::{
    Allocation, AllocationId, Allocations, Amount, ContextId, Event, Profile, StackId, ThreadId,
};

/// What happened to the blocks of one stack, thread and context in one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where the blocks were asked for.
    pub stack: StackId,
    /// Which thread asked.
    pub thread: ThreadId,
    /// What it was doing then.
    pub context: ContextId,
    /// The place of the step, counted from 0.
    pub step: u32,
    /// What was handed out in the step.
    pub allocated: Amount,
    /// What was given back in the step, or taken over by a reallocation, whichever thread did it.
    pub freed: Amount,
    /// What was handed out in the step and live at the end.
    pub leaked: Amount,
    /// What was handed out in the step and freed before its thread's next allocation.
    pub temporary: Amount,
}

/// A profile's allocations in rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rows {
    /// How long a step is.
    pub step_ns: u64,
    /// How many steps there are.
    pub steps: u32,
    /// The rows, by stack, thread, context and step.
    pub rows: Vec<Row>,
}

/// What a row is named by, in the order of the rows.
type Key = (StackId, ThreadId, ContextId, u32);

#[derive(Clone, Copy, Default)]
struct Sums {
    allocated: Amount,
    freed: Amount,
    leaked: Amount,
    temporary: Amount,
}

/// Rows under way. Whenever there are too many, pairs of steps are made one, so that memory is bounded by the limit.
struct Binned {
    grid: Grid,
    limit: usize,
    rows: HashMap<Key, Sums>,
}

impl Binned {
    fn at(&mut self, allocation: &Allocation, time_ns: u64) -> &mut Sums {
        let Allocation {
            stack,
            thread,
            context,
            ..
        } = *allocation;
        while self.rows.len() > self.limit && self.grid.count > 1 {
            self.halve();
        }
        let step = u32::try_from(self.grid.step(time_ns)).unwrap_or(u32::MAX);
        self.rows.entry((stack, thread, context, step)).or_default()
    }

    fn halve(&mut self) {
        self.grid = Grid {
            step_ns: self.grid.step_ns.saturating_mul(2),
            count: self.grid.count.div_ceil(2),
        };
        let before = std::mem::take(&mut self.rows);
        for ((stack, thread, context, step), sums) in before {
            let into = self
                .rows
                .entry((stack, thread, context, step / 2))
                .or_default();
            into.allocated += sums.allocated;
            into.freed += sums.freed;
            into.leaked += sums.leaked;
            into.temporary += sums.temporary;
        }
    }

    fn allocated(&mut self, allocation: &Allocation) {
        let amount = amount(allocation);
        let row = self.at(allocation, allocation.time_ns);
        row.allocated += amount;
        if allocation.end_ns.is_none() {
            row.leaked += amount;
        }
    }

    fn ended(&mut self, allocations: &Allocations, event: Event, id: AllocationId) -> Allocation {
        let allocation = allocations.get(id);
        self.at(&allocation, allocations.time_ns(event)).freed += amount(&allocation);
        allocation
    }
}

impl Profile {
    /// The allocations in rows: in at most `steps` steps (a power of two is best), and in fewer, so long as there would be
    /// more than `limit` rows. In one step there may be more. `None` if the file has no times.
    #[must_use]
    pub fn rows(&self, steps: usize, limit: usize) -> Option<Rows> {
        let allocations = self.allocations()?;
        let mut binned = Binned {
            grid: Grid::new(self, allocations, steps),
            limit,
            rows: HashMap::new(),
        };
        let mut newest = Newest::default();
        for event in allocations.events() {
            match event {
                Event::Allocated(id) => {
                    let allocation = allocations.get(id);
                    newest.allocated(id, &allocation);
                    binned.allocated(&allocation);
                }
                Event::Freed(id) => {
                    let allocation = binned.ended(allocations, event, id);
                    if newest.is(id, &allocation) {
                        binned.at(&allocation, allocation.time_ns).temporary += amount(&allocation);
                    }
                }
                Event::Replaced(id) => {
                    binned.ended(allocations, event, id);
                }
            }
        }
        while binned.rows.len() > limit && binned.grid.count > 1 {
            binned.halve();
        }
        let row = |((stack, thread, context, step), sums): (Key, Sums)| Row {
            stack,
            thread,
            context,
            step,
            allocated: sums.allocated,
            freed: sums.freed,
            leaked: sums.leaked,
            temporary: sums.temporary,
        };
        let mut rows: Vec<Row> = binned.rows.into_iter().map(row).collect();
        rows.sort_unstable_by_key(|row| (row.stack, row.thread, row.context, row.step));
        Some(Rows {
            step_ns: binned.grid.step_ns,
            steps: u32::try_from(binned.grid.count).unwrap_or(u32::MAX),
            rows,
        })
    }
}
