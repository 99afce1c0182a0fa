//! Owns what a program should find: pure, and written from what the guard promises, not from how it counts.
//!
//! A call belongs to every measurement and lock around it on its thread, from the innermost out to the first
//! permit; to none while its thread panics.

use std::collections::VecDeque;

use crate::program::{Counts, Course, Observed, Panic, Place, Program, Reply, SLOTS, Step, Tried};

/// What a program should find. Of `own` the peak is left out, and of `window` all, which nothing pure knows.
#[must_use]
pub fn expected(program: &Program) -> Reply {
    let mut own = Counts::default();
    let mut thread = Thread::new(At::from(program.place), &mut own);
    let mut tried = None;
    match &program.course {
        Course::Plain => {
            let _ = thread.caught(&program.steps);
            thread.join_all();
        }
        Course::Trial {
            deny_dealloc,
            no_leaks,
            init,
            after,
            ..
        } => {
            let trial = thread.tried(init, &program.steps, after);
            tried = Some(judge(&thread, &trial, *deny_dealloc, *no_leaks));
        }
    }
    let (observed, exits) = thread.end();
    own.peak_bytes = 0;
    Reply {
        observed: [observed, exits].concat(),
        tried,
        own,
        window: Counts::default(),
    }
}

/// Whether the program starts no thread while it is locked, so that calls come one after the other.
#[must_use]
pub fn is_serial(steps: &[Step]) -> bool {
    steps.iter().all(|step| match step {
        Step::Spawn { .. } => false,
        Step::Measure(steps)
        | Step::AllocFree(steps)
        | Step::Permit(steps)
        | Step::Catch(steps)
        | Step::AtExit(steps)
        | Step::Raise(steps)
        | Step::Fork(steps) => is_serial(steps),
        Step::Deferred { steps, destructor } => is_serial(steps) && is_serial(destructor),
        _ => true,
    })
}

fn judge(thread: &Thread<'_>, trial: &Trial, deny_dealloc: bool, no_leaks: bool) -> Tried {
    let leaks = thread
        .slots
        .iter()
        .flatten()
        .filter(|block| block.is_the_trials);
    let sizes = leaks.map(|block| block.size).chain(trial.payload);
    let leaked = if no_leaks {
        sizes.fold((0, 0), |(blocks, bytes), size| {
            (blocks + 1, bytes + size as u64)
        })
    } else {
        (0, 0)
    };
    let locked = trial.locked;
    let is_kept = locked.allocations() + locked.failed == 0
        && (locked.deallocs == 0 || !deny_dealloc)
        && leaked.0 == 0;
    let outcome = match (trial.panicked, is_kept) {
        (true, _) => "panicked",
        (false, true) => "as_expected",
        (false, false) => "regressed",
    };
    Tried {
        outcome: outcome.to_owned(),
        init: trial.init,
        locked,
        leaked,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Main,
    Thread,
    Exit,
}

impl From<Place> for At {
    fn from(place: Place) -> Self {
        match place {
            Place::Main => Self::Main,
            Place::Thread => Self::Thread,
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Block {
    size: usize,
    /// It was asked for in the trial's locked phase.
    is_the_trials: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scope {
    Counting(Counts),
    /// The locked phase of a trial.
    Locked(Counts),
    Permit,
}

/// A panic on its way.
#[derive(Clone, Copy)]
struct Thrown {
    panic: Panic,
    /// Its payload was asked for in the trial's locked phase.
    is_the_trials: bool,
}

/// What a trial's phases came to.
#[derive(Default)]
struct Trial {
    init: Counts,
    locked: Counts,
    panicked: bool,
    /// The panic's payload is live when the trial ends, and a block as any other.
    payload: Option<usize>,
}

/// What a thread left that came to its end.
#[derive(Clone, Debug)]
struct Finished {
    slots: [Option<Block>; SLOTS],
    observed: Vec<Observed>,
    exits: Vec<Observed>,
    panicked: bool,
}

struct Thread<'a> {
    at: At,
    own: &'a mut Counts,
    slots: [Option<Block>; SLOTS],
    scopes: Vec<Scope>,
    panicking: u32,
    observed: Vec<Observed>,
    children: VecDeque<Finished>,
    at_exit: Vec<&'a [Step]>,
}

#[derive(Clone, Copy)]
enum Call {
    Alloc,
    Zeroed,
    Resize { old: usize },
    Dealloc,
    Failed,
}

impl Counts {
    fn add(&mut self, call: Call, size: usize) {
        let signed = |size: usize| i64::try_from(size).unwrap();
        match call {
            Call::Alloc => self.allocs += 1,
            Call::Zeroed => self.zeroed += 1,
            Call::Resize { old } if size >= old => self.grows += 1,
            Call::Resize { .. } => self.shrinks += 1,
            Call::Dealloc => self.deallocs += 1,
            Call::Failed => self.failed += 1,
        }
        match call {
            Call::Dealloc => self.retained_bytes -= signed(size),
            Call::Failed => {}
            Call::Alloc | Call::Zeroed | Call::Resize { .. } => {
                let old = if let Call::Resize { old } = call {
                    old
                } else {
                    0
                };
                self.bytes += size as u64;
                self.retained_bytes += signed(size) - signed(old);
            }
        }
        self.peak_bytes = self
            .peak_bytes
            .max(self.retained_bytes.max(0).unsigned_abs());
    }
}

impl<'a> Thread<'a> {
    fn new(at: At, own: &'a mut Counts) -> Self {
        Self {
            at,
            own,
            slots: [None; SLOTS],
            scopes: Vec::new(),
            panicking: 0,
            observed: Vec::new(),
            children: VecDeque::new(),
            at_exit: Vec::new(),
        }
    }

    /// A call of one of the steps. Says whether the trial's locked phase counts it.
    fn call(&mut self, call: Call, size: usize) -> bool {
        self.own.add(call, size);
        self.counted(call, size)
    }

    /// A call that the scopes are owed.
    fn counted(&mut self, call: Call, size: usize) -> bool {
        if self.panicking > 0 {
            return false;
        }
        for scope in self.scopes.iter_mut().rev() {
            match scope {
                Scope::Permit => return false,
                Scope::Counting(counts) => counts.add(call, size),
                Scope::Locked(counts) => {
                    counts.add(call, size);
                    return true;
                }
            }
        }
        false
    }

    fn run(&mut self, steps: &'a [Step]) -> Result<(), Thrown> {
        steps.iter().try_for_each(|step| self.step(step))
    }

    fn step(&mut self, step: &'a Step) -> Result<(), Thrown> {
        match step {
            Step::Alloc {
                slot, size, zeroed, ..
            } => {
                self.free(*slot);
                let call = if *zeroed { Call::Zeroed } else { Call::Alloc };
                let is_the_trials = self.call(call, *size);
                self.slots[*slot] = Some(Block {
                    size: *size,
                    is_the_trials,
                });
            }
            Step::Resize { slot, size } => {
                if let Some(block) = self.slots[*slot] {
                    let is_the_trials = self.call(Call::Resize { old: block.size }, *size);
                    self.slots[*slot] = Some(Block {
                        size: *size,
                        is_the_trials: is_the_trials || block.is_the_trials,
                    });
                }
            }
            Step::Free { slot } => self.free(*slot),
            Step::Refused { .. } | Step::TooLarge => {
                self.call(Call::Failed, 0);
            }
            Step::Measure(steps) => {
                let (result, counts) = self.within(Scope::Counting(Counts::default()), steps);
                result?;
                self.observed.push(Observed::Measured(counts));
            }
            Step::AllocFree(steps) => {
                let (result, counts) = self.within(Scope::Counting(Counts::default()), steps);
                result?;
                let holds = counts.allocations() + counts.failed == 0;
                self.observed.push(Observed::AllocFree(holds));
            }
            Step::Permit(steps) => self.within(Scope::Permit, steps).0?,
            Step::Panic(panic) => {
                let is_the_trials = *panic == Panic::Resumed
                    && self.counted(Call::Alloc, panic.payload().unwrap_or_default());
                return Err(Thrown {
                    panic: *panic,
                    is_the_trials,
                });
            }
            Step::Deferred { steps, destructor } => {
                let result = self.run(steps);
                self.panicking += u32::from(result.is_err());
                self.caught(destructor);
                self.panicking -= u32::from(result.is_err());
                result?;
            }
            Step::Spawn { moved, steps } => self.spawn(*moved, steps),
            Step::Join => self.join(),
            Step::AtExit(steps) => {
                if self.at == At::Thread {
                    self.at_exit.push(steps);
                }
            }
            // A handler catches what is thrown in it.
            Step::Catch(steps) | Step::Raise(steps) => {
                self.caught(steps);
            }
            Step::Fork(steps) => self.fork(steps),
        }
        Ok(())
    }

    fn free(&mut self, slot: usize) {
        if let Some(block) = self.slots[slot].take() {
            self.call(Call::Dealloc, block.size);
        }
    }

    /// Runs steps within a scope, and says what that counted.
    fn within(&mut self, scope: Scope, steps: &'a [Step]) -> (Result<(), Thrown>, Counts) {
        self.scopes.push(scope);
        let result = self.run(steps);
        let counts = match self.scopes.pop() {
            Some(Scope::Counting(counts) | Scope::Locked(counts)) => counts,
            _ => Counts::default(),
        };
        (result, counts)
    }

    fn caught(&mut self, steps: &'a [Step]) -> Option<Panic> {
        let panic = self.run(steps).err().map(|thrown| thrown.panic);
        if let Some(payload) = panic.and_then(Panic::payload) {
            self.counted(Call::Dealloc, payload);
        }
        self.observed.push(Observed::Caught(panic));
        panic
    }

    fn spawn(&mut self, moved: u8, steps: &'a [Step]) {
        if self.at == At::Exit {
            return;
        }
        let mut thread = Thread::new(At::Thread, &mut *self.own);
        for (slot, block) in self.slots.iter_mut().enumerate() {
            if moved >> slot & 1 == 1 {
                thread.slots[slot] = block.take();
            }
        }
        let panicked = thread.run(steps).is_err();
        thread.join_all();
        let slots = std::mem::take(&mut thread.slots);
        let (observed, exits) = thread.end();
        self.children.push_back(Finished {
            slots,
            observed,
            exits,
            panicked,
        });
    }

    fn join(&mut self) {
        let Some(child) = self.children.pop_front() else {
            return;
        };
        self.observed.extend(child.observed);
        self.observed.extend(child.exits);
        self.observed.push(Observed::Ended(child.panicked));
        for (slot, block) in child.slots.into_iter().enumerate() {
            if let Some(block) = block {
                if self.slots[slot].is_some() {
                    self.call(Call::Dealloc, block.size);
                } else {
                    self.slots[slot] = Some(block);
                }
            }
        }
    }

    fn join_all(&mut self) {
        while !self.children.is_empty() {
            self.join();
        }
    }

    fn fork(&mut self, steps: &'a [Step]) {
        if self.at != At::Main || !self.children.is_empty() {
            return;
        }
        let mut own = Counts::default();
        let mut child = Thread::new(At::Main, &mut own);
        child.slots = self.slots;
        child.panicking = self.panicking;
        child.scopes.push(Scope::Counting(Counts::default()));
        child.caught(steps);
        child.join_all();
        let Some(Scope::Counting(counts)) = child.scopes.pop() else {
            return;
        };
        self.observed.append(&mut child.observed);
        self.observed.push(Observed::Measured(counts));
    }

    fn tried(&mut self, init: &'a [Step], steps: &'a [Step], after: &'a [Step]) -> Trial {
        let mut trial = Trial::default();
        self.scopes.push(Scope::Counting(Counts::default()));
        let result = self.run(init);
        self.join_all();
        if let Some(Scope::Counting(counts)) = self.scopes.pop() {
            trial.init = counts;
        }
        if result.is_ok() {
            self.scopes.push(Scope::Locked(Counts::default()));
            let result = self.run(steps);
            self.join_all();
            if let Some(Scope::Locked(counts)) = self.scopes.pop() {
                trial.locked = counts;
            }
            let ended = result.and_then(|()| self.run(after));
            trial.panicked = ended.is_err();
            let payload = ended.err().filter(|thrown| thrown.is_the_trials);
            trial.payload = payload.and_then(|thrown| thrown.panic.payload());
        } else {
            trial.panicked = true;
        }
        self.join_all();
        trial
    }

    /// The end of the thread: the blocks that are left are its own to free if nobody has taken them over.
    fn end(mut self) -> (Vec<Observed>, Vec<Observed>) {
        for slot in 0..SLOTS {
            self.free(slot);
        }
        let observed = std::mem::take(&mut self.observed);
        self.at = At::Exit;
        for steps in std::mem::take(&mut self.at_exit) {
            self.caught(steps);
        }
        for slot in 0..SLOTS {
            self.free(slot);
        }
        (observed, self.observed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alloc(slot: usize, size: usize) -> Step {
        Step::Alloc {
            slot,
            size,
            align: 0,
            zeroed: false,
        }
    }

    fn observed(steps: Vec<Step>) -> Vec<Observed> {
        let program = Program {
            place: Place::Main,
            course: Course::Plain,
            steps,
        };
        let mut observed = expected(&program).observed;
        // That of the whole program.
        let last = observed.pop();
        assert!(matches!(last, Some(Observed::Caught(_))), "{last:?}");
        observed
    }

    #[test]
    fn a_measurement_has_its_own_calls_and_those_of_one_inside_it() {
        let inner = vec![alloc(1, 5), Step::Free { slot: 1 }];
        let resized = Step::Resize { slot: 0, size: 4 };
        let outer = vec![alloc(0, 10), Step::Measure(inner), resized];
        let counts = Counts {
            allocs: 2,
            shrinks: 1,
            deallocs: 1,
            bytes: 19,
            retained_bytes: 4,
            peak_bytes: 15,
            ..Counts::default()
        };
        let measured = observed(vec![Step::Measure(outer)]);
        assert_eq!(measured[1], Observed::Measured(counts));
    }

    #[test]
    fn what_is_permitted_or_asked_for_while_panicking_is_nobodys() {
        let hidden = Step::Permit(vec![alloc(0, 10)]);
        let panics = Step::Catch(vec![Step::Deferred {
            steps: vec![Step::Panic(Panic::Any)],
            destructor: vec![alloc(1, 10)],
        }]);
        let measured = observed(vec![Step::Measure(vec![hidden, panics])]);
        // The payload is freed afterwards.
        let counts = Counts {
            deallocs: 1,
            retained_bytes: -24,
            ..Counts::default()
        };
        assert_eq!(measured.last(), Some(&Observed::Measured(counts)));
    }

    #[test]
    fn a_threads_calls_are_its_own_and_its_blocks_come_back() {
        let spawn = Step::Spawn {
            moved: 1,
            steps: vec![
                Step::Free { slot: 0 },
                Step::Measure(vec![alloc(1, 7)]),
                alloc(2, 9),
            ],
        };
        let steps = vec![alloc(0, 3), spawn, alloc(2, 1), Step::Join];
        let found = observed(vec![Step::Measure(steps)]);
        let counts = Counts {
            allocs: 2,
            deallocs: 1,
            bytes: 4,
            retained_bytes: 4 - 9,
            peak_bytes: 4,
            ..Counts::default()
        };
        assert_eq!(
            found[1..],
            [Observed::Ended(false), Observed::Measured(counts)]
        );
    }
}
