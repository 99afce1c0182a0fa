//! The blocks of a file, put together to a profile.

use std::{collections::HashMap, time::Duration};

use super::{
    blocks::{self, Blocks},
    clock::Clock,
    events::{Change, Cursor},
    merge::merge,
    paths::Paths,
    weight::Sampling,
};
use crate::{
    error::Error,
    frames::Placed,
    model::{
        Allocation, AllocationId, Allocations, BuildProfile, Context, ContextId, Data, Kind,
        OperationId, Origin, Phase, Profile, Thread, ThreadId, Warning,
    },
    symbols::Symbols,
};

/// Reads a whole file.
pub(crate) fn read(file: &[u8], mut symbols: Symbols) -> Result<Profile, Error> {
    let mut paths = Paths::default();
    let blocks = blocks::split(file, &mut paths, &mut symbols)?;
    symbols.started(Duration::from_nanos(blocks.process.started_ns));
    let mut load = Load {
        clock: clock(&blocks),
        sampling: Sampling::new(blocks.process.sampling),
        paths,
        symbols,
        placed: Placed::default(),
        allocations: Allocations::default(),
        live: HashMap::new(),
        replaced: HashMap::new(),
        threads: Table::default(),
        contexts: Table::default(),
        operations: Table::default(),
        unknown_frees: 0,
        missed_frees: 0,
        last_ns: 0,
    };
    // Outside of everything.
    load.contexts.number((0, 0));
    merge(&blocks.events, |ticks, change, cursor, block| {
        load.change(ticks, change, cursor, block)
    })?;
    Ok(load.finish(&blocks, file.len() as u64))
}

fn clock(blocks: &Blocks<'_>) -> Clock {
    let mut anchors = vec![(blocks.process.ticks, 0)];
    anchors.extend(blocks.events.iter().map(|block| (block.ticks, block.ns)));
    anchors.extend(blocks.end.as_ref().map(|end| (end.ticks, end.ns)));
    Clock::new(anchors)
}

/// Numbers things in the order in which they come.
struct Table<T> {
    numbers: HashMap<T, u32>,
    things: Vec<T>,
    /// The one that was asked for last, which is most often asked for again.
    last: Option<(T, u32)>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            numbers: HashMap::new(),
            things: Vec::new(),
            last: None,
        }
    }
}

impl<T: Copy + Eq + std::hash::Hash> Table<T> {
    fn number(&mut self, thing: T) -> u32 {
        if let Some((last, number)) = self.last
            && last == thing
        {
            return number;
        }
        let next = crate::model::number(self.things.len());
        let number = *self.numbers.entry(thing).or_insert_with(|| {
            self.things.push(thing);
            next
        });
        self.last = Some((thing, number));
        number
    }
}

struct Load {
    clock: Clock,
    sampling: Sampling,
    paths: Paths,
    symbols: Symbols,
    placed: Placed,
    allocations: Allocations,
    live: HashMap<u64, AllocationId>,
    /// By the block in which it stands: what the reallocation under way took over.
    replaced: HashMap<usize, AllocationId>,
    threads: Table<u64>,
    contexts: Table<(u64, u64)>,
    operations: Table<u64>,
    unknown_frees: u64,
    missed_frees: u64,
    last_ns: u64,
}

impl Load {
    fn change(
        &mut self,
        ticks: u64,
        change: Change,
        cursor: &Cursor<'_>,
        block: usize,
    ) -> Result<(), Error> {
        let now = self.clock.ns(ticks);
        self.last_ns = self.last_ns.max(now);
        match change {
            Change::Allocated {
                address,
                size,
                kind,
                path,
            } => self.allocated(now, address, size, kind, path, None, cursor),
            Change::Freed { address } => {
                match self.live.remove(&address) {
                    Some(id) => self.allocations.free(id, now),
                    None => self.unknown_frees += 1,
                }
                Ok(())
            }
            Change::Replaced { address } => {
                match self.live.remove(&address) {
                    Some(id) => {
                        self.allocations.replace(id, now);
                        self.replaced.insert(block, id);
                    }
                    None => self.unknown_frees += 1,
                }
                Ok(())
            }
            Change::Reallocated {
                address,
                old_size,
                size,
                path,
            } => {
                let kind = if size >= old_size {
                    Kind::Grow
                } else {
                    Kind::Shrink
                };
                let predecessor = self.replaced.remove(&block);
                self.allocated(now, address, size, kind, path, predecessor, cursor)
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "they are an event's fields")]
    fn allocated(
        &mut self,
        now: u64,
        address: u64,
        size: u64,
        kind: Kind,
        path: u64,
        predecessor: Option<AllocationId>,
        cursor: &Cursor<'_>,
    ) -> Result<(), Error> {
        let stack = self.paths.stack(path, &mut self.symbols, &mut self.placed);
        let context = (cursor.operation, cursor.phase);
        let missed = self.live.remove(&address);
        if let Some(missed) = missed {
            self.missed_frees += 1;
            self.allocations.free(missed, now);
        }
        let id = self
            .allocations
            .push(Allocation {
                time_ns: now,
                end_ns: None,
                size,
                stack,
                thread: ThreadId(self.threads.number(cursor.thread)),
                context: ContextId(self.contexts.number(context)),
                kind,
                predecessor,
                weight: self.sampling.weight(stack, size),
            })
            .ok_or_else(Error::too_large)?;
        self.live.insert(address, id);
        Ok(())
    }

    fn finish(mut self, blocks: &Blocks<'_>, length: u64) -> Profile {
        let name = |names: &HashMap<u64, String>, id: &u64| {
            names
                .get(id)
                .cloned()
                .unwrap_or_else(|| "unknown".to_owned())
        };
        let mut contexts = Vec::new();
        for (operation, phase) in std::mem::take(&mut self.contexts.things) {
            contexts.push(Context {
                operation: (operation != 0).then(|| OperationId(self.operations.number(operation))),
                phase: match phase {
                    1 => Phase::Init,
                    2 => Phase::Locked,
                    3 => Phase::After,
                    4 => Phase::WarmUp,
                    _ => Phase::Outside,
                },
            });
        }
        let threads = self.threads.things.iter().map(|id| Thread {
            id: *id,
            name: blocks.threads.get(id).cloned().unwrap_or_default(),
        });
        let operations = self.operations.things.iter();
        let end_ns = blocks.end.as_ref().map_or(0, |end| end.ns);
        let mut profile = Profile {
            origin: Origin::Recorder,
            program: blocks.process.executable.clone(),
            process_id: blocks.process.id,
            started: Some(Duration::from_nanos(blocks.process.started_ns)),
            duration_ns: end_ns.max(self.last_ns),
            target: blocks.process.target.clone(),
            build_profile: blocks.process.is_debug.map(|is_debug| {
                if is_debug {
                    BuildProfile::Debug
                } else {
                    BuildProfile::Release
                }
            }),
            threads: threads.collect(),
            operations: operations.map(|id| name(&blocks.operations, id)).collect(),
            contexts,
            unknown_frees: self.unknown_frees,
            ..Profile::default()
        };
        self.warn(&mut profile, blocks, length);
        self.allocations.shrink_to_fit();
        profile.strings = self.placed.strings;
        profile.stacks = self.placed.stacks;
        profile.data = Data::Allocations(Box::new(self.allocations));
        profile
    }

    fn warn(&self, profile: &mut Profile, blocks: &Blocks<'_>, length: u64) {
        let mut warn = |is_so: bool, warning: Warning| {
            if is_so {
                profile.warnings.push(warning);
            }
        };
        let is_whole = blocks.end.is_some() && blocks.cut_off.is_none();
        warn(
            !is_whole,
            Warning::Truncated {
                offset: blocks.cut_off.unwrap_or(length),
            },
        );
        let lost = (blocks.lost_calls, blocks.lost_stacks);
        warn(lost.0 > 0, Warning::LostCalls(lost.0));
        warn(lost.1 > 0, Warning::LostStacks(lost.1));
        let sampling = blocks.process.sampling;
        warn(
            sampling > 0,
            Warning::Sampled {
                mean_bytes: sampling,
                error_permille: self.sampling.error_permille(),
            },
        );
        warn(
            self.unknown_frees > 0,
            Warning::UnknownFrees(self.unknown_frees),
        );
        warn(
            self.missed_frees > 0,
            Warning::MissedFrees(self.missed_frees),
        );
        let recorded = self.allocations.len() as u64;
        if let Some(end) = &blocks.end
            && end.is_last
            && sampling == 0
            && lost.0 == 0
            && blocks.cut_off.is_none()
        {
            warn(
                end.allocations != recorded,
                Warning::CountedOtherwise {
                    counted: end.allocations,
                    recorded,
                },
            );
        }
        profile.warnings.extend(self.symbols.warnings());
    }
}
