//! Every allocation of a profile, in columns, and the order in which blocks were handed out and given back.

use super::{
    context::{ContextId, ThreadId},
    stacks::StackId,
};

/// How a block was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `alloc`, `malloc`.
    #[default]
    Plain,
    /// `alloc_zeroed`, `calloc`.
    Zeroed,
    /// A `realloc` to the same or a greater size.
    Grow,
    /// A `realloc` to a smaller size.
    Shrink,
}

/// One allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// When it was handed out, in nanoseconds since the start of the process.
    pub time_ns: u64,
    /// When it was given back, or taken over by a reallocation; `None` if it was live at the end.
    pub end_ns: Option<u64>,
    /// The requested size in bytes.
    pub size: u64,
    /// Where.
    pub stack: StackId,
    /// Who.
    pub thread: ThreadId,
    /// During what.
    pub context: ContextId,
    /// How.
    pub kind: Kind,
    /// The block that a reallocation took over, if it is known.
    pub predecessor: Option<AllocationId>,
    /// How many allocations it stands for: 1, more where calls were sampled.
    pub weight: u32,
}

/// An allocation of an [`Allocations`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AllocationId(u32);

impl AllocationId {
    /// Its place in [`Allocations::iter`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A change of what is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A block was handed out.
    Allocated(AllocationId),
    /// A block was given back.
    Freed(AllocationId),
    /// A reallocation took a block over; its result is handed out later.
    Replaced(AllocationId),
}

/// Every allocation, in the order in which they were handed out.
#[derive(Clone, Debug, Default)]
pub struct Allocations {
    times: Vec<u64>,
    /// [`LIVE`] without an end.
    ends: Vec<u64>,
    sizes: Vec<u64>,
    stacks: Vec<StackId>,
    threads: Vec<ThreadId>,
    contexts: Vec<ContextId>,
    kinds: Vec<Kind>,
    /// [`NONE`] without one.
    predecessors: Vec<u32>,
    /// Empty where all are 1.
    weights: Vec<u32>,
    /// An id shifted left by two, and below it what happened.
    events: Vec<u32>,
}

const LIVE: u64 = u64::MAX;
const NONE: u32 = u32::MAX;
const ALLOCATED: u32 = 0;
const FREED: u32 = 1;
const REPLACED: u32 = 2;

impl Allocations {
    /// How many a profile can hold: 2^30. It would take 50 GB.
    pub const LIMIT: usize = 1 << 30;

    /// Adds an allocation that is handed out now, after all that happened before. `None` once there are [`Self::LIMIT`].
    pub fn push(&mut self, allocation: Allocation) -> Option<AllocationId> {
        let index = self.sizes.len();
        if index >= Self::LIMIT {
            return None;
        }
        let id = AllocationId(u32::try_from(index).ok()?);
        self.times.push(allocation.time_ns);
        self.ends.push(allocation.end_ns.unwrap_or(LIVE));
        self.sizes.push(allocation.size);
        self.stacks.push(allocation.stack);
        self.threads.push(allocation.thread);
        self.contexts.push(allocation.context);
        self.kinds.push(allocation.kind);
        self.predecessors
            .push(allocation.predecessor.map_or(NONE, |id| id.0));
        if allocation.weight != 1 && self.weights.is_empty() {
            self.weights.resize(index, 1);
        }
        if allocation.weight != 1 || !self.weights.is_empty() {
            self.weights.push(allocation.weight);
        }
        self.events.push(id.0 << 2 | ALLOCATED);
        Some(id)
    }

    /// Ends `id` now; nothing happens if it has ended.
    pub fn free(&mut self, id: AllocationId, end_ns: u64) {
        self.end(id, end_ns, FREED);
    }

    /// Ends `id` now, because a reallocation takes it over; nothing happens if it has ended.
    pub fn replace(&mut self, id: AllocationId, end_ns: u64) {
        self.end(id, end_ns, REPLACED);
    }

    fn end(&mut self, id: AllocationId, end_ns: u64, how: u32) {
        let Some(end) = self.ends.get_mut(id.index()) else {
            return;
        };
        if *end == LIVE {
            *end = end_ns.min(LIVE - 1);
            self.events.push(id.0 << 2 | how);
        }
    }

    /// Gives back the memory that was set aside for more allocations.
    pub fn shrink_to_fit(&mut self) {
        self.times.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.sizes.shrink_to_fit();
        self.stacks.shrink_to_fit();
        self.threads.shrink_to_fit();
        self.contexts.shrink_to_fit();
        self.kinds.shrink_to_fit();
        self.predecessors.shrink_to_fit();
        self.weights.shrink_to_fit();
        self.events.shrink_to_fit();
    }

    /// How many there are, not weighted.
    #[must_use]
    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sizes.is_empty()
    }

    /// The allocation `id`.
    ///
    /// # Panics
    /// If `id` is another profile's and greater than all of this one.
    #[must_use]
    pub fn get(&self, id: AllocationId) -> Allocation {
        let index = id.index();
        let end = self.ends[index];
        let predecessor = self.predecessors[index];
        Allocation {
            time_ns: self.times[index],
            end_ns: (end != LIVE).then_some(end),
            size: self.sizes[index],
            stack: self.stacks[index],
            thread: self.threads[index],
            context: self.contexts[index],
            kind: self.kinds[index],
            predecessor: (predecessor != NONE).then_some(AllocationId(predecessor)),
            weight: self.weights.get(index).copied().unwrap_or(1),
        }
    }

    /// Every allocation, in the order in which they were handed out.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (AllocationId, Allocation)> {
        // At most `LIMIT` of them.
        (0..super::strings::number(self.len())).map(|index| {
            let id = AllocationId(index);
            (id, self.get(id))
        })
    }

    /// What happened, in order. Times may be equal, or, between threads, a little out of order; this order is what holds.
    #[must_use]
    pub fn events(&self) -> impl ExactSizeIterator<Item = Event> {
        self.events.iter().map(|event| {
            let id = AllocationId(event >> 2);
            match event & 3 {
                ALLOCATED => Event::Allocated(id),
                FREED => Event::Freed(id),
                _ => Event::Replaced(id),
            }
        })
    }

    /// When `event` happened.
    #[must_use]
    pub fn time_ns(&self, event: Event) -> u64 {
        match event {
            Event::Allocated(id) => self.times[id.index()],
            Event::Freed(id) | Event::Replaced(id) => self.ends[id.index()],
        }
    }
}
