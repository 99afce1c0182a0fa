//! Owns what an observed call of the allocator does, before and after the inner call.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::{backtrace::Registers, leaks, process, record::Watched, recorder, switch, tally::Call};

use super::state::{BUSY, COUNT, PERMIT, RECORD, RECORD_DEALLOCS, STATE, State};

/// The [`token`] of the main thread; 0 until its first allocator call.
static MAIN: AtomicUsize = AtomicUsize::new(0);

/// Allocations of threads that no trial and no harness owns, made while something was on.
static BYSTANDERS: AtomicU64 = AtomicU64::new(0);

/// A size as a signed number. `Layout` allows no size above `isize::MAX`.
#[inline]
#[expect(
    clippy::cast_possible_wrap,
    reason = "`Layout` allows no size above `isize::MAX`"
)]
fn signed(size: usize) -> i64 {
    size as i64
}

impl State {
    /// Counts and records one call, wherever it is owed. Returns the trial that watches its block.
    #[inline]
    fn observe(&self, call: Call, size: usize, change: i64) -> Option<Watched> {
        // The panic machinery is nobody's: with a backtrace asked for it makes 100,000 calls.
        if std::thread::panicking() {
            return None;
        }
        let mode = self.mode.get();
        let mut watched = None;
        if mode & COUNT != 0 {
            self.count(call, size, change);
            let wanted = if call == Call::Dealloc {
                RECORD_DEALLOCS
            } else {
                RECORD
            };
            if mode & wanted != 0 {
                // SAFETY: `RECORD` is set only by `Scope::record`, together with a recorder that
                // outlives the scope, and both are taken back before it ends.
                watched = unsafe { &*self.recorder.get() }.record(call, size);
            }
        } else if mode & PERMIT == 0 {
            outside(self, call);
        }
        if mode & PERMIT == 0 && process::is_on() && !is_foreign_main(self) {
            watched = process::observe(call, size, change).or(watched);
        }
        watched
    }
}

/// What a call means on a thread with no scope of its own.
#[cold]
#[inline(never)]
fn outside(state: &State, call: Call) {
    claim_main(state);
    let is_main = MAIN.load(Ordering::Relaxed) == token(state);
    if call != Call::Dealloc && !state.ours.get() && !is_main {
        // Relaxed: a count for a note, ordered by nothing.
        BYSTANDERS.fetch_add(1, Ordering::Relaxed);
    }
}

/// Where nothing of the process has been seen yet, the thread that is here is the main one. Called
/// inside the hook.
fn claim_main(state: &State) {
    // Relaxed: the token is a number, and only the first thread of the process can win.
    if MAIN.load(Ordering::Relaxed) == 0
        && MAIN
            .compare_exchange(0, token(state), Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    {
        recorder::start();
        switch::settle();
    }
}

/// Sees to it that a scope that begins before the process's first call does not keep that one from
/// being told from all others.
pub(super) fn settle() {
    // Relaxed: see `claim_main`.
    if MAIN.load(Ordering::Relaxed) == 0 && enter() {
        let _ = STATE.try_with(claim_main);
        leave();
    }
}

/// Whether this is the main thread with the test on another one: then it is the harness's, whose
/// own allocations no test is charged with.
fn is_foreign_main(state: &State) -> bool {
    MAIN.load(Ordering::Relaxed) == token(state) && !state.ours.get()
}

/// A number that no other living thread has: the address of its state.
fn token(state: &State) -> usize {
    std::ptr::from_ref(state).addr()
}

/// What is to be done about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// Nothing.
    Pass,
    /// It is counted for this thread, and no more: with [`enter_counting`] before it
    /// and one of the functions named `counted_…` after.
    Count,
    /// Whatever [`enter`] and the functions after it find out.
    Full,
}

/// Tells the frequent courses of an observed call from all the others, in as few instructions as can
/// be.
#[inline]
pub(crate) fn course() -> Course {
    if switch::look().is_everywhere() {
        return Course::Full;
    }
    match STATE.try_with(|state| state.mode.get()) {
        Ok(COUNT) if !std::thread::panicking() => Course::Count,
        Ok(PERMIT) => Course::Pass,
        _ => Course::Full,
    }
}

/// The hook, entered where nothing is on in this thread. Thread-local variables are looked up once a
/// call, which is much where nothing is optimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Recording(*const State);

/// Enters the hook where nothing but a recording is on: a call is recorded, and no more. `None` if
/// something else is, or if this thread is inside it already.
#[inline]
pub(crate) fn enter_recording() -> Option<Recording> {
    if !switch::look().is_recording_alone() {
        return None;
    }
    STATE
        .try_with(|state| {
            (state.mode.get() == 0).then(|| {
                state.mode.set(BUSY);
                Recording(state)
            })
        })
        .ok()
        .flatten()
}

impl Recording {
    /// Leaves the hook.
    #[inline]
    pub(crate) fn leave(self) {
        // SAFETY: this thread's, in the same call of the allocator.
        let state = unsafe { &*self.0 };
        state.mode.set(0);
    }
}

/// Enters the hook where [`Course::Count`] says that this thread counts and is not inside it.
#[inline]
pub(crate) fn enter_counting() {
    let _ = STATE.try_with(|state| state.mode.set(COUNT | BUSY));
}

/// The inner allocator answered a request for `size` bytes with `block`. Leaves the hook.
#[inline]
pub(crate) fn counted_alloc(call: Call, block: *mut u8, size: usize) {
    counted(call, block, size, signed(size));
}

/// The inner allocator answered a `realloc` from `old` to `new` bytes with `block`. Leaves the hook.
#[inline]
pub(crate) fn counted_realloc(old: usize, block: *mut u8, new: usize) {
    let change = signed(new).wrapping_sub(signed(old));
    counted(Call::resize(old, new), block, new, change);
}

#[inline]
fn counted(call: Call, block: *mut u8, size: usize, change: i64) {
    let _ = STATE.try_with(|state| {
        state.mode.set(COUNT);
        if block.is_null() {
            state.count(Call::Failed, size, 0);
        } else {
            state.count(call, size, change);
        }
    });
}

/// A block of `size` bytes was given back. Leaves the hook.
#[inline]
pub(crate) fn counted_dealloc(size: usize) {
    let _ = STATE.try_with(|state| {
        state.mode.set(COUNT);
        state.count(Call::Dealloc, size, signed(size).wrapping_neg());
    });
}

/// Enters the hook, unless this thread is inside it already.
#[inline]
pub(crate) fn enter() -> bool {
    STATE
        .try_with(|state| {
            let mode = state.mode.get();
            state.mode.set(mode | BUSY);
            mode & BUSY == 0
        })
        .unwrap_or(false)
}

/// Leaves the hook.
#[inline]
pub(crate) fn leave() {
    let _ = STATE.try_with(State::leave);
}

/// The inner allocator answered a request for `size` bytes with `block`. Leaves the hook.
#[inline]
pub(crate) fn allocated(call: Call, block: *mut u8, size: usize) {
    let _ = STATE.try_with(|state| {
        if block.is_null() {
            state.observe(Call::Failed, size, 0);
        } else if let Some(watched) = state.observe(call, size, signed(size)) {
            track(block, size, watched);
        }
        if recorder::is_on() {
            let (pc, sp, fp) = Registers::here().apart();
            recorder::allocated(call, block, size, pc, sp, fp);
        }
        state.leave();
    });
}

/// `block` is about to be given back.
#[inline]
pub(crate) fn deallocating(block: *mut u8, size: usize) {
    let _ = STATE.try_with(|state| {
        if leaks::is_watching() {
            leaks::remove(block);
        }
        state.observe(Call::Dealloc, size, signed(size).wrapping_neg());
        if recorder::is_on() {
            recorder::deallocating(&Registers::here(), block);
        }
    });
}

/// A block on its way from one size to another.
#[derive(Debug)]
pub(crate) struct Resizing {
    block: *mut u8,
    size: usize,
    tracked: Option<leaks::Block>,
    recorded: Option<recorder::Before>,
}

/// `block` of `size` bytes is about to be resized.
#[inline]
pub(crate) fn resizing(block: *mut u8, size: usize) -> Resizing {
    Resizing {
        block,
        size,
        tracked: if leaks::is_watching() {
            leaks::remove(block)
        } else {
            None
        },
        recorded: recorder::is_on().then(|| recorder::resizing(block)),
    }
}

/// The inner allocator answered a `realloc` to `new` bytes with `moved`. Leaves the hook.
#[inline]
pub(crate) fn resized(before: &Resizing, moved: *mut u8, new: usize) {
    let _ = STATE.try_with(|state| {
        if moved.is_null() {
            state.observe(Call::Failed, new, 0);
            if let Some(tracked) = before.tracked {
                leaks::insert(before.block, tracked);
            }
        } else {
            let change = signed(new).wrapping_sub(signed(before.size));
            let watched = state.observe(Call::resize(before.size, new), new, change);
            match (watched, before.tracked) {
                (Some(watched), _) => track(moved, new, watched),
                // Resized by code that is not watched itself: still the trial's block.
                (None, Some(tracked)) => leaks::insert(moved, tracked.resized(new)),
                (None, None) => {}
            }
        }
        if recorder::is_on() {
            // It came on meanwhile, at the first call of the process.
            let start = before
                .recorded
                .unwrap_or_else(|| recorder::resizing(before.block));
            recorder::resized(
                &Registers::here(),
                &start,
                before.block,
                before.size,
                moved,
                new,
            );
        }
        state.leave();
    });
}

/// This thread's calls belong to `operation` and `phase` from now on, where they are recorded.
pub(crate) fn set_context(operation: u32, phase: recorder::Phase) {
    if recorder::is_on() && enter() {
        recorder::context(operation, phase);
        leave();
    }
}

/// The recorder's number of an operation; 0 if nothing is recorded.
pub(crate) fn operation(name: &str) -> u32 {
    if recorder::is_on() {
        recorder::operation(name)
    } else {
        0
    }
}

/// Remembers a block that a watched trial's body was given.
#[inline]
fn track(block: *mut u8, size: usize, watched: Watched) {
    let Watched { trial, stack } = watched;
    leaks::insert(block, leaks::Block { trial, stack, size });
}

/// Marks this thread as a harness's or a trial's own, and says whether it was before.
pub(crate) fn set_ours(ours: bool) -> bool {
    STATE.with(|state| state.ours.replace(ours))
}

/// Allocations so far of threads that no trial and no harness owns, as far as they were seen.
pub(crate) fn bystanders() -> u64 {
    // Relaxed: a count for a note, ordered by nothing.
    BYSTANDERS.load(Ordering::Relaxed)
}
