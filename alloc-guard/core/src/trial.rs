//! Owns the course of one trial: canary, warm-up, init phase, locked phase, after, and a second run
//! where the first regressed.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use crate::{
    leaks::{Block, Watch},
    measure::canary,
    phase::{self, Scope},
    process,
    record::{Reserved, Stack},
    registry::{Body, Registration},
    tally::Tally,
};

/// What the body of a trial is handed: it says where the locked phase begins and ends.
#[derive(Debug)]
pub struct Context {
    run: Run,
    phase: Phase,
    init: Tally,
    locked: Tally,
    /// Allocations of other threads during locked phases, and their number when this one began.
    elsewhere: u64,
    bystanders: u64,
    /// `unlock` came at least once, so the body has run.
    ran: bool,
    error: Option<String>,
    /// Last, so that a scope that is still on ends before the memory it records in is given back.
    reserved: Option<Reserved>,
}

/// What kind of run this is.
#[derive(Clone, Copy, Debug)]
enum Run {
    /// `lock` does nothing.
    WarmUp,
    Thread {
        deallocs: bool,
        watch: u32,
    },
    Process {
        deallocs: bool,
        watch: u32,
    },
}

#[derive(Debug)]
enum Phase {
    Init(Scope),
    LockedThread(Scope),
    LockedProcess(process::Scope),
    After,
}

impl Context {
    fn new(run: Run, reserved: Option<Reserved>) -> Self {
        Self {
            run,
            phase: Phase::Init(Scope::count()),
            init: Tally::default(),
            locked: Tally::default(),
            elsewhere: 0,
            bystanders: 0,
            ran: false,
            error: None,
            reserved,
        }
    }

    /// Begins the locked phase.
    pub fn lock(&mut self) {
        self.leave_phase();
        self.bystanders = phase::bystanders();
        let Some(reserved) = &self.reserved else {
            return;
        };
        match self.run {
            Run::WarmUp => {}
            Run::Thread { deallocs, watch } => {
                // SAFETY: the context owns the recorder, and drops it after the scope.
                let scope = unsafe { Scope::record(reserved.get(), deallocs, watch) };
                self.phase = Phase::LockedThread(scope);
            }
            Run::Process { deallocs, watch } => {
                self.phase =
                    Phase::LockedProcess(process::Scope::start(reserved.get(), deallocs, watch));
            }
        }
    }

    /// Ends the locked phase.
    pub fn unlock(&mut self) {
        self.leave_phase();
        self.ran = true;
    }

    fn leave_phase(&mut self) {
        let locked = match std::mem::replace(&mut self.phase, Phase::After) {
            Phase::Init(scope) => {
                self.init = self.init.then(scope.end());
                return;
            }
            Phase::LockedThread(scope) => scope.end(),
            Phase::LockedProcess(scope) => scope.end(),
            Phase::After => return,
        };
        self.locked = self.locked.then(locked);
        self.elsewhere += phase::bystanders().wrapping_sub(self.bystanders);
    }

    /// Takes what the body returned, drops it outside the lock, and remembers an error.
    pub fn returned<R: Returned>(&mut self, value: R) {
        self.error = value.error();
    }

    pub(crate) fn fail(&mut self, error: String) {
        self.error = Some(error);
    }
}

/// What a guarded test may return.
#[diagnostic::on_unimplemented(
    message = "a guarded test returns `()` or `Result<T, E>` with `E: Debug`, not `{Self}`",
    label = "not a return type of a guarded test"
)]
pub trait Returned {
    /// The error as text, if it is one.
    fn error(self) -> Option<String>;
}

impl Returned for () {
    fn error(self) -> Option<String> {
        None
    }
}

impl<T, E: std::fmt::Debug> Returned for Result<T, E> {
    fn error(self) -> Option<String> {
        self.err().map(|error| format!("{error:?}"))
    }
}

/// How a run ended.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    pub(crate) init: Tally,
    pub(crate) locked: Tally,
    pub(crate) stacks: Vec<Stack>,
    pub(crate) dropped: u64,
    pub(crate) leaked: Vec<Block>,
    pub(crate) untracked: u64,
    /// Allocations of other threads meanwhile, which were not counted.
    pub(crate) elsewhere: u64,
    pub(crate) error: Option<String>,
    pub(crate) panic: Option<Box<dyn Any + Send>>,
    /// Whether the body was reached, or the run ended in the init phase.
    pub(crate) reached_body: bool,
    pub(crate) took: Duration,
}

/// Everything a trial found out, before it is judged.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one at a time, and it is not moved about"
)]
pub(crate) enum Finding {
    NotInstalled,
    /// The trial could not be run at all.
    Impossible(String),
    Ran {
        first: Ended,
        /// Allocations of a second run, where the first had some that may be first-use ones.
        second: Option<u64>,
    },
}

/// Runs a trial on this thread.
pub(crate) fn run(registration: &Registration) -> Finding {
    let before = phase::set_ours(true);
    let finding = run_here(registration);
    phase::set_ours(before);
    finding
}

fn run_here(registration: &Registration) -> Finding {
    if !canary() {
        return Finding::NotInstalled;
    }
    for _ in 0..registration.warmup {
        match run_once(registration, Kind::WarmUp) {
            Ok(ended) if ended.panic.is_none() && ended.error.is_none() => {}
            Ok(ended) => {
                return Finding::Ran {
                    first: ended,
                    second: None,
                };
            }
            Err(impossible) => return Finding::Impossible(impossible),
        }
    }
    let first = match run_once(registration, Kind::Locked) {
        Ok(ended) => ended,
        Err(impossible) => return Finding::Impossible(impossible),
    };
    let may_be_first_use = registration.warmup == 0
        && first.locked.allocations() > 0
        && first.panic.is_none()
        && first.error.is_none()
        && registration.expectation.promise == crate::expect::Promise::AllocFree;
    let second = may_be_first_use
        .then(|| run_once(registration, Kind::Locked).ok())
        .flatten()
        .filter(|ended| ended.panic.is_none())
        .map(|ended| ended.locked.allocations());
    Finding::Ran { first, second }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    WarmUp,
    Locked,
}

fn run_once(registration: &Registration, kind: Kind) -> Result<Ended, String> {
    let expectation = &registration.expectation;
    let watched = kind == Kind::Locked && expectation.no_leaks;
    let watch = if watched {
        Some(Watch::new().ok_or("the system has no memory to track blocks in")?)
    } else {
        None
    };
    let number = watch.as_ref().map_or(0, Watch::trial);
    let run = match (kind, registration.process) {
        (Kind::WarmUp, _) => Run::WarmUp,
        (Kind::Locked, false) => Run::Thread {
            deallocs: expectation.deny_dealloc,
            watch: number,
        },
        (Kind::Locked, true) => Run::Process {
            deallocs: expectation.deny_dealloc,
            watch: number,
        },
    };
    let reserved = Reserved::new().ok_or("the system has no memory to record violations in")?;
    let started = Instant::now();
    let mut context = Context::new(run, Some(reserved));
    let panic = catch_unwind(AssertUnwindSafe(|| match registration.body {
        Body::Plain(body) => {
            context.lock();
            body();
            context.unlock();
        }
        Body::Fixtures(body) => body(&mut context),
    }))
    .err();
    let reached_body = context.ran || !matches!(context.phase, Phase::Init(_));
    context.leave_phase();
    let (leaked, untracked) = watch.map_or_else(Default::default, Watch::end);
    let mut ended = Ended {
        init: context.init,
        locked: context.locked,
        leaked,
        untracked,
        elsewhere: context.elsewhere,
        error: context.error.take(),
        reached_body,
        took: started.elapsed(),
        panic,
        ..Ended::default()
    };
    if ended.panic.is_none() && ended.error.is_none() && !context.ran {
        ended.error = Some("the body never ran, so nothing was measured".to_owned());
    }
    if let Some(reserved) = context.reserved.take() {
        ended.stacks = reserved.get().stacks();
        ended.dropped = reserved.get().dropped();
        if registration.process {
            // A thread that outlives the trial may still be about to record.
            reserved.retire();
        }
    }
    Ok(ended)
}

/// The text of a panic, if it has one.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}
