//! Owns the scopes: stretches of a thread's time in which its calls are counted, recorded or
//! permitted.

use std::marker::PhantomData;

use crate::{record::Recorder, switch::On, tally::Tally};

use super::{
    hook,
    state::{COUNT, PERMIT, RECORD, RECORD_DEALLOCS, STATE},
};

/// A stretch of this thread's time in which its calls are counted, recorded or permitted. Scopes
/// nest; what an inner one counted is the outer one's too, unless a permit stands between them.
#[derive(Debug)]
pub(crate) struct Scope {
    mode: u8,
    recorder: *const Recorder,
    tally: Tally,
    ended: bool,
    _on: On,
    /// The state is this thread's, so the scope must end on it.
    _not_send: PhantomData<*mut ()>,
}

impl Scope {
    /// Counts.
    pub(crate) fn count() -> Self {
        Self::start(|mode| mode & PERMIT | COUNT, None, 0)
    }

    /// Counts, records the stacks of allocations in `recorder`, and with `deallocs` those of
    /// deallocations. Blocks are tracked for the trial `watch`, unless it is 0.
    ///
    /// # Safety
    /// - `recorder` outlives the scope.
    pub(crate) unsafe fn record(recorder: &Recorder, deallocs: bool, watch: u32) -> Self {
        let extra = if deallocs { RECORD_DEALLOCS } else { 0 };
        Self::start(
            |mode| mode & PERMIT | COUNT | RECORD | extra,
            Some(recorder),
            watch,
        )
    }

    /// Hides what happens from every scope outside.
    pub(crate) fn permit() -> Self {
        Self::start(|_| PERMIT, None, 0)
    }

    fn start(next: impl FnOnce(u8) -> u8, recorder: Option<&Recorder>, watch: u32) -> Self {
        hook::settle();
        let on = On::here();
        STATE.with(|state| {
            let mode = state.mode.get();
            let scope = Self {
                mode,
                recorder: state.recorder.get(),
                tally: state.tally(),
                ended: false,
                _on: on,
                _not_send: PhantomData,
            };
            if let Some(recorder) = recorder {
                let outer = if mode & RECORD != 0 {
                    scope.recorder
                } else {
                    std::ptr::null()
                };
                recorder.enter(outer, watch);
                state.recorder.set(recorder);
            }
            state.set_tally(Tally::default());
            let next = next(mode);
            // A measurement inside a lock keeps recording for the lock.
            let kept = if recorder.is_none() && next & COUNT != 0 && next & PERMIT == 0 {
                mode & (RECORD | RECORD_DEALLOCS)
            } else {
                0
            };
            state.mode.set(next | kept);
            scope
        })
    }

    /// Ends the scope.
    pub(crate) fn end(mut self) -> Tally {
        self.restore()
    }

    fn restore(&mut self) -> Tally {
        if std::mem::replace(&mut self.ended, true) {
            return Tally::default();
        }
        STATE.with(|state| {
            let counted = state.mode.get() & COUNT != 0;
            let tally = if counted {
                state.tally()
            } else {
                Tally::default()
            };
            // A scope inside a permit counts for itself alone.
            let passed_on = self.mode & COUNT != 0 && counted;
            state.set_tally(if passed_on {
                self.tally.then(tally)
            } else {
                self.tally
            });
            state.mode.set(self.mode);
            state.recorder.set(self.recorder);
            tally
        })
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        self.restore();
    }
}
