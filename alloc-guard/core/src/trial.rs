//! Owns the course of one trial: canary, warm-up, init phase, locked phase, after, and a second run
//! where the first regressed.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

use crate::{
    canary::canary,
    context::{Context, Phases, Run},
    leaks::{Block, Watch},
    phase,
    record::Reserved,
    registry::{Body, Registration},
};

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) phases: Phases,
    pub(crate) leaked: Vec<Block>,
    /// Blocks that could not be tracked.
    pub(crate) untracked: u64,
    pub(crate) panic: Option<Box<dyn Any + Send>>,
    pub(crate) took: Duration,
}

impl Ended {
    fn is_sound(&self) -> bool {
        self.panic.is_none() && self.phases.error.is_none()
    }
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
    let operation = phase::operation(registration.name());
    for _ in 0..registration.warmup {
        match run_once(registration, Kind::WarmUp, operation) {
            Ok(ended) if ended.is_sound() => {}
            Ok(ended) => {
                return Finding::Ran {
                    first: ended,
                    second: None,
                };
            }
            Err(impossible) => return Finding::Impossible(impossible),
        }
    }
    let first = match run_once(registration, Kind::Locked, operation) {
        Ok(ended) => ended,
        Err(impossible) => return Finding::Impossible(impossible),
    };
    let may_be_first_use = registration.warmup == 0
        && first.phases.locked.allocations() > 0
        && first.is_sound()
        && registration.expectation.promise == crate::expect::Promise::AllocFree;
    let second = may_be_first_use
        .then(|| run_once(registration, Kind::Again, operation).ok())
        .flatten()
        .filter(|ended| ended.panic.is_none())
        .map(|ended| ended.phases.locked.allocations());
    Finding::Ran { first, second }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    WarmUp,
    Locked,
    /// A second one, whose allocations are compared with the first one's.
    Again,
}

fn run_once(registration: &Registration, kind: Kind, operation: u32) -> Result<Ended, String> {
    let expectation = &registration.expectation;
    let watched = kind != Kind::WarmUp && expectation.no_leaks;
    let watch = if watched {
        Some(Watch::new().ok_or("the system has no memory to track blocks in")?)
    } else {
        None
    };
    let number = watch.as_ref().map_or(0, Watch::trial);
    let run = match (kind, registration.process) {
        (Kind::WarmUp, _) => Run::WarmUp,
        (_, false) => Run::Thread {
            deallocs: expectation.deny_dealloc,
            watch: number,
            again: kind == Kind::Again,
        },
        (_, true) => Run::Process {
            deallocs: expectation.deny_dealloc,
            watch: number,
            again: kind == Kind::Again,
        },
    };
    let reserved = Reserved::new().ok_or("the system has no memory to record violations in")?;
    let started = Instant::now();
    let mut context = Context::new(run, operation, reserved);
    let panic = catch_unwind(AssertUnwindSafe(|| match registration.body {
        Body::Plain(body) => {
            context.lock();
            body();
            context.unlock();
        }
        Body::Fixtures(body) => body(&mut context),
    }))
    .err();
    let mut phases = context.finish();
    if panic.is_none() && phases.error.is_none() && !phases.ran {
        phases.error = Some("the body never ran, so nothing was measured".to_owned());
    }
    let (leaked, untracked) = watch.map_or_else(Default::default, Watch::end);
    Ok(Ended {
        phases,
        leaked,
        untracked,
        panic,
        took: started.elapsed(),
    })
}

/// The text of a panic, if it has one.
pub(crate) fn panic_text(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a message")
}
