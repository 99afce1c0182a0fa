//! Owns what the body of a trial is handed: where the locked phase begins and ends, and what it
//! returned.

use crate::{
    phase::{self, Scope},
    process,
    record::{Reserved, Stack},
    recorder,
    tally::Tally,
};

/// What the body of a trial is handed: it says where the locked phase begins and ends.
#[derive(Debug)]
pub struct Context {
    run: Run,
    /// The recorder's number of the trial.
    operation: u32,
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
    reserved: Reserved,
}

/// What kind of run this is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Run {
    /// `lock` does nothing.
    WarmUp,
    /// `again` is a second run, which tells what of the first was first-use initialisation.
    Thread {
        deallocs: bool,
        watch: u32,
        again: bool,
    },
    Process {
        deallocs: bool,
        watch: u32,
        again: bool,
    },
}

impl Run {
    /// What the recorder is told of a phase: a warm-up is one from its beginning to its end, and so is a second run, or a
    /// profile would have twice what the report has.
    fn recorded_as(self, phase: recorder::Phase) -> recorder::Phase {
        match self {
            Self::WarmUp | Self::Thread { again: true, .. } | Self::Process { again: true, .. } => {
                recorder::Phase::WarmUp
            }
            Self::Thread { .. } | Self::Process { .. } => phase,
        }
    }
}

#[derive(Debug)]
enum Phase {
    Init(Scope),
    LockedThread(Scope),
    LockedProcess(process::Scope),
    After,
}

impl Context {
    pub(crate) fn new(run: Run, operation: u32, reserved: Reserved) -> Self {
        phase::set_context(operation, run.recorded_as(recorder::Phase::Init));
        Self {
            run,
            operation,
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
        self.enter(recorder::Phase::Locked);
        let reserved = &self.reserved;
        match self.run {
            Run::WarmUp => {}
            Run::Thread {
                deallocs, watch, ..
            } => {
                // SAFETY: the context owns the recorder, and drops it after the scope.
                let scope = unsafe { Scope::record(reserved.get(), deallocs, watch) };
                self.phase = Phase::LockedThread(scope);
            }
            Run::Process {
                deallocs, watch, ..
            } => {
                self.phase =
                    Phase::LockedProcess(process::Scope::start(reserved.get(), deallocs, watch));
            }
        }
    }

    /// Ends the locked phase.
    pub fn unlock(&mut self) {
        self.leave_phase();
        self.enter(recorder::Phase::After);
        self.ran = true;
    }

    fn enter(&self, phase: recorder::Phase) {
        phase::set_context(self.operation, self.run.recorded_as(phase));
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

    /// Leaves whatever phase a panic left the trial in, and says what each came to.
    pub(crate) fn finish(mut self) -> Phases {
        phase::set_context(0, recorder::Phase::Outside);
        let reached_body = self.ran || !matches!(self.phase, Phase::Init(_));
        self.leave_phase();
        let recorder = self.reserved.get();
        let phases = Phases {
            init: self.init,
            locked: self.locked,
            stacks: recorder.stacks(),
            dropped: recorder.dropped(),
            elsewhere: self.elsewhere,
            error: self.error,
            reached_body,
            ran: self.ran,
        };
        if matches!(self.run, Run::Process { .. }) {
            // A thread that outlives the trial may still be about to record.
            self.reserved.retire();
        }
        phases
    }
}

/// What the phases of one run came to.
#[derive(Debug, Default)]
pub(crate) struct Phases {
    pub(crate) init: Tally,
    pub(crate) locked: Tally,
    pub(crate) stacks: Vec<Stack>,
    pub(crate) dropped: u64,
    /// Allocations of other threads during the locked phase, which were not counted.
    pub(crate) elsewhere: u64,
    /// What the body returned, or why it is no pass that it returned nothing.
    pub(crate) error: Option<String>,
    /// The run did not end in the init phase.
    pub(crate) reached_body: bool,
    /// The body came to its end.
    pub(crate) ran: bool,
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
