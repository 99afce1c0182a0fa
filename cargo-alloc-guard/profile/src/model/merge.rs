//! Profiles of several processes of one run, made one.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap},
};

use super::{
    allocations::{Allocation, AllocationId, Allocations, Event},
    context::{Context, ContextId, OperationId, Thread, ThreadId},
    profile::{Data, Profile},
    stacks::{Frame, FrameId, StackId},
    strings::number,
    sums::Sums,
};
use crate::error::Error;

/// What a process's things are in the merged profile.
struct Places {
    stacks: Vec<StackId>,
    first_thread: u32,
    contexts: Vec<ContextId>,
    /// How much later than the first the process began.
    later_ns: u64,
}

impl Profile {
    /// Makes the profiles of several processes of one run one, in which times count from the start of the first process. Each
    /// thread's name has its process before it. One profile alone stays as it is.
    ///
    /// Where one of them has sums only, so has the whole, and what is live at the peak is what was live at each process's own.
    ///
    /// # Errors
    /// If there are more allocations than [`Allocations::LIMIT`].
    pub fn merge(mut profiles: Vec<Self>) -> Result<Self, Error> {
        if profiles.len() == 1
            && let Some(only) = profiles.pop()
        {
            return Ok(only);
        }
        let mut merged = Self {
            started: profiles.iter().filter_map(|profile| profile.started).min(),
            ..Self::default()
        };
        if let Some(first) = profiles.first() {
            merged.origin = first.origin;
            merged.target.clone_from(&first.target);
            merged.build_profile = first.build_profile;
        }
        let programs: BTreeSet<&str> = profiles.iter().map(|profile| &*profile.program).collect();
        merged.program = programs.into_iter().collect::<Vec<_>>().join(", ");
        let mut contexts = HashMap::from([(Context::default(), ContextId::NONE)]);
        let mut operations = HashMap::new();
        let places: Vec<Places> = profiles
            .iter()
            .map(|profile| merged.add(profile, &mut contexts, &mut operations))
            .collect();
        merged.data = if profiles
            .iter()
            .all(|profile| profile.allocations().is_some())
        {
            Data::Allocations(Box::new(in_order(profiles, &places)?))
        } else {
            sums(&profiles, &places)
        };
        Ok(merged)
    }

    /// Adds all of `profile` but its allocations.
    fn add(
        &mut self,
        profile: &Self,
        contexts: &mut HashMap<Context, ContextId>,
        operations: &mut HashMap<String, OperationId>,
    ) -> Places {
        let later = match (self.started, profile.started) {
            (Some(first), Some(started)) => started.saturating_sub(first),
            _ => std::time::Duration::ZERO,
        };
        let later_ns = u64::try_from(later.as_nanos()).unwrap_or(u64::MAX);
        self.duration_ns = self
            .duration_ns
            .max(later_ns.saturating_add(profile.duration_ns));
        self.unknown_frees += profile.unknown_frees;
        for warning in &profile.warnings {
            if !self.warnings.iter_mut().any(|known| known.absorbs(warning)) {
                self.warnings.push(warning.clone());
            }
        }
        let first_thread = number(self.threads.len());
        let program = profile.program.rsplit(['/', '\\']).next().unwrap_or("");
        for thread in &profile.threads {
            let name = if thread.name.is_empty() {
                format!("thread {}", thread.id)
            } else {
                thread.name.clone()
            };
            self.threads.push(Thread {
                id: thread.id,
                name: format!("{program} {}: {name}", profile.process_id),
            });
        }
        let mut operation = |id: OperationId| {
            let name = profile.operations.get(id.0 as usize)?;
            let next = OperationId(number(self.operations.len()));
            Some(*operations.entry(name.clone()).or_insert_with(|| {
                self.operations.push(name.clone());
                next
            }))
        };
        let contexts = profile.contexts.iter().map(|context| {
            let context = Context {
                operation: context.operation.and_then(&mut operation),
                phase: context.phase,
            };
            let next = ContextId(number(self.contexts.len()));
            *contexts.entry(context).or_insert_with(|| {
                self.contexts.push(context);
                next
            })
        });
        let contexts = contexts.collect();
        Places {
            stacks: self.add_stacks(profile),
            first_thread,
            contexts,
            later_ns,
        }
    }

    fn add_stacks(&mut self, profile: &Self) -> Vec<StackId> {
        let frames: Vec<FrameId> = profile
            .stacks
            .frames()
            .iter()
            .map(|frame| {
                let mut string = |id| self.strings.intern(profile.strings.get(id));
                let frame = Frame {
                    function: string(frame.function),
                    file: string(frame.file),
                    module: string(frame.module),
                    ..*frame
                };
                self.stacks.frame(frame)
            })
            .collect();
        let mut stacks = Vec::with_capacity(profile.stacks.count());
        for stack in profile.stacks.ids() {
            stacks.push(match profile.stacks.node(stack) {
                Some((caller, frame)) => self
                    .stacks
                    .call(stacks[caller.index()], frames[frame.index()]),
                None => StackId::EMPTY,
            });
        }
        stacks
    }
}

/// The allocations of all, in the order of time; those of each process in the order that its profile has.
fn in_order(profiles: Vec<Profile>, places: &[Places]) -> Result<Allocations, Error> {
    let all: Vec<Box<Allocations>> = profiles
        .into_iter()
        .filter_map(|profile| match profile.data {
            Data::Allocations(allocations) => Some(allocations),
            Data::Sums(_) => None,
        })
        .collect();
    let mut ids: Vec<Vec<Option<AllocationId>>> =
        all.iter().map(|one| vec![None; one.len()]).collect();
    let mut events: Vec<_> = all.iter().map(|one| one.events().peekable()).collect();
    let time = |process: usize, event: Event| {
        let time_ns = all[process].time_ns(event);
        time_ns.saturating_add(places[process].later_ns)
    };
    let mut next = BinaryHeap::new();
    for (process, events) in events.iter_mut().enumerate() {
        if let Some(event) = events.peek() {
            next.push(Reverse((time(process, *event), process)));
        }
    }
    let mut merged = Allocations::default();
    while let Some(Reverse((now, process))) = next.pop() {
        let Some(event) = events[process].next() else {
            continue;
        };
        let ids = &mut ids[process];
        let time_ns = time(process, event);
        match event {
            Event::Allocated(id) => {
                let allocation = all[process].get(id);
                let place = &places[process];
                let merged_id = merged.push(Allocation {
                    time_ns,
                    end_ns: None,
                    stack: place.stacks[allocation.stack.index()],
                    thread: ThreadId(place.first_thread + allocation.thread.0),
                    context: place.contexts[allocation.context.0 as usize],
                    predecessor: allocation.predecessor.and_then(|id| ids[id.index()]),
                    ..allocation
                });
                ids[id.index()] = Some(merged_id.ok_or_else(Error::too_large)?);
            }
            Event::Freed(id) => {
                if let Some(id) = ids[id.index()] {
                    merged.free(id, time_ns);
                }
            }
            Event::Replaced(id) => {
                if let Some(id) = ids[id.index()] {
                    merged.replace(id, time_ns);
                }
            }
        }
        // The order of a process holds even where its times do not.
        if let Some(event) = events[process].peek() {
            next.push(Reverse((time(process, *event).max(now), process)));
        }
    }
    Ok(merged)
}

/// The sums of each stack, over all.
fn sums(profiles: &[Profile], places: &[Places]) -> Data {
    let mut all: BTreeMap<StackId, Sums> = BTreeMap::new();
    for (profile, places) in profiles.iter().zip(places) {
        for (stack, sums) in places.stacks.iter().zip(profile.stack_sums()) {
            if sums != Sums::default() {
                *all.entry(*stack).or_default() += sums;
            }
        }
    }
    Data::Sums(all.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::model::{Amount, Class, Kind, Warning};

    /// A process that began `later_ns` later: one allocation at `time_ns` after, in a function of this name, freed 10 later.
    fn process(later_ns: u64, function: &str, time_ns: u64) -> Profile {
        let mut profile = Profile {
            program: "/bin/app".to_owned(),
            process_id: later_ns,
            started: Some(Duration::from_nanos(1_000 + later_ns)),
            duration_ns: 100,
            threads: vec![Thread {
                id: 1,
                name: "main".to_owned(),
            }],
            operations: vec![format!("app::{function}")],
            ..Profile::default()
        };
        profile.contexts.push(Context {
            operation: Some(OperationId(0)),
            ..Context::default()
        });
        let frame = Frame {
            function: profile.strings.intern(function),
            class: Class::Workspace,
            ..Frame::default()
        };
        let frame = profile.stacks.frame(frame);
        let mut allocations = Allocations::default();
        let id = allocations.push(Allocation {
            time_ns,
            end_ns: None,
            size: 8,
            stack: profile.stacks.call(StackId::EMPTY, frame),
            thread: ThreadId(0),
            context: ContextId(1),
            kind: Kind::Plain,
            predecessor: None,
            weight: 1,
        });
        allocations.free(id.unwrap(), time_ns + 10);
        profile.data = Data::Allocations(Box::new(allocations));
        profile
    }

    #[test]
    fn processes_are_put_into_one_order_of_time_and_keep_their_names() {
        let merged = Profile::merge(vec![
            process(50, "b", 0),
            process(0, "a", 45),
            process(7, "b", 90),
        ])
        .unwrap();
        assert_eq!(merged.started, Some(Duration::from_micros(1)));
        assert_eq!(merged.duration_ns, 150);
        assert_eq!(merged.program, "/bin/app");
        let names: Vec<&str> = merged.threads.iter().map(|thread| &*thread.name).collect();
        assert_eq!(names, ["app 50: main", "app 0: main", "app 7: main"]);
        assert_eq!(merged.operations, ["app::b", "app::a"]);
        let allocations = merged.allocations().unwrap();
        let rows: Vec<_> = allocations
            .iter()
            .map(|(_, one)| {
                let frame = merged.stacks.walk(one.stack).next().unwrap();
                let function = merged.strings.get(merged.stacks.get(frame).function);
                (
                    one.time_ns,
                    one.end_ns,
                    function,
                    one.thread.0,
                    one.context.0,
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                (45, Some(55), "a", 1, 2),
                (50, Some(60), "b", 0, 1),
                (97, Some(107), "b", 2, 1)
            ]
        );
        // Two were live together.
        assert_eq!(
            merged.totals().peak,
            Amount {
                count: 2,
                bytes: 16
            }
        );
        assert_eq!(merged.stacks.count(), 3);
    }

    #[test]
    fn sums_of_one_make_sums_of_all() {
        let mut with_sums = process(0, "a", 5);
        let sums = with_sums.stack_sums();
        with_sums.data = Data::Sums(with_sums.stacks.ids().zip(sums).collect());
        let merged = Profile::merge(vec![process(0, "a", 1), with_sums]).unwrap();
        assert!(merged.allocations().is_none());
        assert_eq!(
            merged.totals().allocations,
            Amount {
                count: 2,
                bytes: 16
            }
        );
    }

    #[test]
    fn what_was_lost_is_added_up_and_what_is_the_same_is_said_once() {
        let with = |warnings: &[Warning]| Profile {
            warnings: warnings.to_vec(),
            ..Profile::default()
        };
        let merged = Profile::merge(vec![
            with(&[Warning::LostCalls(2), Warning::EnvironmentInFile]),
            with(&[
                Warning::EnvironmentInFile,
                Warning::LostCalls(3),
                Warning::LostStacks(1),
            ]),
        ]);
        assert_eq!(
            merged.unwrap().warnings,
            [
                Warning::LostCalls(5),
                Warning::EnvironmentInFile,
                Warning::LostStacks(1)
            ]
        );
    }

    #[test]
    fn one_alone_stays_as_it_is_and_none_is_empty() {
        let alone = Profile::merge(vec![process(3, "a", 1)]).unwrap();
        assert_eq!(alone.threads[0].name, "main");
        assert_eq!(alone.process_id, 3);
        let none = Profile::merge(Vec::new()).unwrap();
        assert_eq!(none.totals().allocations, Amount::default());
    }
}
