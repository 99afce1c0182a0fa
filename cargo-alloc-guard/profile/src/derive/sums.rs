//! Totals, and sums of each stack, thread and context.

use crate::model::{
    Allocation, AllocationId, Allocations, Amount, Context, Data, Event, Kind, Profile, StackId,
    Sums,
};

/// The totals of a profile. What the file does not say is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Every allocation, the results of reallocations included, each with its whole size.
    pub allocations: Amount,
    /// Those that asked for zeroed memory.
    pub zeroed: Option<u64>,
    /// Reallocations to the same or a greater size.
    pub grows: Option<u64>,
    /// Reallocations to a smaller size.
    pub shrinks: Option<u64>,
    /// Deallocations, those of blocks handed out before the recording included; a reallocation is none.
    pub deallocations: Option<u64>,
    /// What was live when the live size was greatest.
    pub peak: Amount,
    /// When that was first.
    pub peak_ns: Option<u64>,
    /// What was live at the end.
    pub leaked: Amount,
    /// What was freed before its thread's next allocation.
    pub temporary: Option<Amount>,
}

/// The greatest live size, and after which event it is first reached.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Peak {
    /// How many events lead up to it.
    events: usize,
    amount: Amount,
    time_ns: u64,
}

pub(crate) fn amount(allocation: &Allocation) -> Amount {
    let count = u64::from(allocation.weight);
    Amount {
        count,
        bytes: allocation.size.saturating_mul(count),
    }
}

pub(super) fn peak(allocations: &Allocations) -> Peak {
    let mut peak = Peak::default();
    let mut live = Amount::default();
    for (index, event) in allocations.events().enumerate() {
        match event {
            Event::Allocated(id) => live += amount(&allocations.get(id)),
            Event::Freed(id) | Event::Replaced(id) => live -= amount(&allocations.get(id)),
        }
        if live.bytes > peak.amount.bytes {
            peak = Peak {
                events: index + 1,
                amount: live,
                time_ns: allocations.time_ns(event),
            };
        }
    }
    peak
}

/// Tells which deallocations make their block a temporary one.
#[derive(Default)]
pub(super) struct Newest {
    /// Each thread's newest allocation.
    of_thread: Vec<Option<AllocationId>>,
}

impl Newest {
    pub(super) fn allocated(&mut self, id: AllocationId, allocation: &Allocation) {
        let thread = allocation.thread.0 as usize;
        if self.of_thread.len() <= thread {
            self.of_thread.resize(thread + 1, None);
        }
        self.of_thread[thread] = Some(id);
    }

    /// Whether `id`, which is freed now, was freed before its thread's next allocation.
    pub(super) fn is(&self, id: AllocationId, allocation: &Allocation) -> bool {
        self.of_thread.get(allocation.thread.0 as usize) == Some(&Some(id))
    }
}

impl Profile {
    /// The totals.
    #[must_use]
    pub fn totals(&self) -> Totals {
        match &self.data {
            Data::Allocations(allocations) => self.totals_of(allocations),
            Data::Sums(stacks) => {
                let mut all = Sums::default();
                for (_, sums) in stacks {
                    all += *sums;
                }
                Totals {
                    allocations: all.allocations,
                    peak: all.at_peak,
                    leaked: all.leaked,
                    deallocations: Some(all.allocations.count.saturating_sub(all.leaked.count)),
                    ..Totals::default()
                }
            }
        }
    }

    fn totals_of(&self, allocations: &Allocations) -> Totals {
        let peak = peak(allocations);
        let (mut zeroed, mut grows, mut shrinks) = (0, 0, 0);
        let mut deallocations = self.unknown_frees;
        let mut sums = Sums::default();
        self.each(allocations, peak, |_, add| sums += add);
        for (_, allocation) in allocations.iter() {
            let weight = u64::from(allocation.weight);
            match allocation.kind {
                Kind::Plain => {}
                Kind::Zeroed => zeroed += weight,
                Kind::Grow => grows += weight,
                Kind::Shrink => shrinks += weight,
            }
        }
        for event in allocations.events() {
            if let Event::Freed(id) = event {
                deallocations += u64::from(allocations.get(id).weight);
            }
        }
        Totals {
            allocations: sums.allocations,
            zeroed: Some(zeroed),
            grows: Some(grows),
            shrinks: Some(shrinks),
            deallocations: Some(deallocations),
            peak: peak.amount,
            peak_ns: Some(peak.time_ns),
            leaked: sums.leaked,
            temporary: Some(sums.temporary),
        }
    }

    /// Hands out what each allocation adds to sums, in parts; nothing if the file has sums only.
    pub(crate) fn each_sums(&self, add: impl FnMut(&Allocation, Sums)) {
        if let Some(allocations) = self.allocations() {
            self.each(allocations, peak(allocations), add);
        }
    }

    /// Hands out what each allocation adds to sums, in parts.
    fn each(&self, allocations: &Allocations, peak: Peak, mut add: impl FnMut(&Allocation, Sums)) {
        for (_, allocation) in allocations.iter() {
            let amount = amount(&allocation);
            let end = allocation.end_ns.unwrap_or(self.duration_ns);
            let lifetime = u128::from(end.saturating_sub(allocation.time_ns));
            add(
                &allocation,
                Sums {
                    allocations: amount,
                    leaked: if allocation.end_ns.is_none() {
                        amount
                    } else {
                        Amount::default()
                    },
                    lifetime: lifetime * u128::from(allocation.weight),
                    ..Sums::default()
                },
            );
        }
        let mut newest = Newest::default();
        // What is live at the peak was handed out before it and not ended before it.
        let mut ended = vec![false; allocations.len()];
        for (index, event) in allocations.events().enumerate() {
            match event {
                Event::Allocated(id) => newest.allocated(id, &allocations.get(id)),
                Event::Freed(id) => {
                    let allocation = allocations.get(id);
                    ended[id.index()] |= index < peak.events;
                    if newest.is(id, &allocation) {
                        add(
                            &allocation,
                            Sums {
                                temporary: amount(&allocation),
                                ..Sums::default()
                            },
                        );
                    }
                }
                Event::Replaced(id) => ended[id.index()] |= index < peak.events,
            }
        }
        for event in allocations.events().take(peak.events) {
            if let Event::Allocated(id) = event
                && !ended[id.index()]
            {
                let allocation = allocations.get(id);
                add(
                    &allocation,
                    Sums {
                        at_peak: amount(&allocation),
                        ..Sums::default()
                    },
                );
            }
        }
    }

    fn sums_by(&self, length: usize, key: impl Fn(&Allocation) -> usize) -> Vec<Sums> {
        let mut all = vec![Sums::default(); length];
        if let Data::Allocations(allocations) = &self.data {
            self.each(allocations, peak(allocations), |allocation, sums| {
                if let Some(of) = all.get_mut(key(allocation)) {
                    *of += sums;
                }
            });
        }
        all
    }

    /// The sums of each stack itself, without what it called, one for each of [`Stacks::ids`](crate::Stacks::ids).
    #[must_use]
    pub fn stack_sums(&self) -> Vec<Sums> {
        let mut all = self.sums_by(self.stacks.count(), |allocation| allocation.stack.index());
        if let Data::Sums(stacks) = &self.data {
            for (stack, sums) in stacks {
                if let Some(of) = all.get_mut(StackId::index(*stack)) {
                    *of += *sums;
                }
            }
        }
        all
    }

    /// The sums of each of [`Profile::threads`]; zero where the file has no threads.
    #[must_use]
    pub fn thread_sums(&self) -> Vec<Sums> {
        self.sums_by(self.threads.len(), |allocation| {
            allocation.thread.0 as usize
        })
    }

    /// The sums of each of [`Profile::contexts`]: of each operation in each phase.
    #[must_use]
    pub fn context_sums(&self) -> Vec<(Context, Sums)> {
        let sums = self.sums_by(self.contexts.len(), |allocation| {
            allocation.context.0 as usize
        });
        self.contexts.iter().copied().zip(sums).collect()
    }
}
