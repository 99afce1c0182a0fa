//! Owns what each thread is doing to the allocator's knowledge: nothing, counting, recording, or
//! permitted; and what an observed call therefore does.
//!
//! Everything here that [`alloc`](crate::alloc) reaches neither allocates, locks, formats nor
//! unwinds: no indexing, no `unwrap`, no arithmetic that can overflow.

use std::{
    cell::Cell,
    marker::PhantomData,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

use crate::{
    leaks, process,
    record::Recorder,
    tally::{Call, Tally},
};

/// Calls on this thread are tallied.
const COUNT: u8 = 1;
/// Their stacks are recorded.
const RECORD: u8 = 2;
/// Those of deallocations too.
const RECORD_DEALLOCS: u8 = 4;
/// A permit stands between this thread and every lock outside it.
const PERMIT: u8 = 8;
/// Inside the hook: a nested call passes through unseen.
const BUSY: u8 = 16;

/// How many scopes are on, in all threads, and in the upper half how many of them concern calls of
/// every thread. It starts at one, so that the very first call of the process, which is the main
/// thread's, takes the long way and is seen by [`outside`].
static ON: AtomicU64 = AtomicU64::new(1);

/// One in the upper half of [`ON`].
const EVERYWHERE: u64 = 1 << 32;

/// The [`token`] of the main thread; 0 until its first allocator call.
static MAIN: AtomicUsize = AtomicUsize::new(0);

/// Allocations of threads that no trial and no harness owns, made while something was on.
static BYSTANDERS: AtomicU64 = AtomicU64::new(0);

struct State {
    mode: Cell<u8>,
    /// A harness's thread, or one that runs a trial.
    ours: Cell<bool>,
    /// The trial whose blocks are tracked; 0 is none.
    watch: Cell<u32>,
    recorder: Cell<*const Recorder>,
    // Apart, not one `Cell<Tally>`: copying the whole at each call costs five times as much.
    allocs: Cell<u64>,
    zeroed: Cell<u64>,
    grows: Cell<u64>,
    shrinks: Cell<u64>,
    deallocs: Cell<u64>,
    failed: Cell<u64>,
    bytes: Cell<u64>,
    retained: Cell<i64>,
    peak: Cell<i64>,
}

thread_local! {
    // `const` and without `Drop`: plain thread-local memory, readable while the thread is torn down.
    static STATE: State = const {
        State {
            mode: Cell::new(0),
            ours: Cell::new(false),
            watch: Cell::new(0),
            recorder: Cell::new(std::ptr::null()),
            allocs: Cell::new(0),
            zeroed: Cell::new(0),
            grows: Cell::new(0),
            shrinks: Cell::new(0),
            deallocs: Cell::new(0),
            failed: Cell::new(0),
            bytes: Cell::new(0),
            retained: Cell::new(0),
            peak: Cell::new(0),
        }
    };
}

#[inline]
fn add(cell: &Cell<u64>, more: u64) {
    cell.set(cell.get().wrapping_add(more));
}

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
    fn tally(&self) -> Tally {
        Tally {
            allocs: self.allocs.get(),
            zeroed: self.zeroed.get(),
            grows: self.grows.get(),
            shrinks: self.shrinks.get(),
            deallocs: self.deallocs.get(),
            failed: self.failed.get(),
            bytes: self.bytes.get(),
            retained_bytes: self.retained.get(),
            peak_bytes: self.peak.get().max(0).unsigned_abs(),
        }
    }

    fn set_tally(&self, tally: Tally) {
        self.allocs.set(tally.allocs);
        self.zeroed.set(tally.zeroed);
        self.grows.set(tally.grows);
        self.shrinks.set(tally.shrinks);
        self.deallocs.set(tally.deallocs);
        self.failed.set(tally.failed);
        self.bytes.set(tally.bytes);
        self.retained.set(tally.retained_bytes);
        self.peak
            .set(i64::try_from(tally.peak_bytes).unwrap_or(i64::MAX));
    }

    /// One call of kind `call` that asked for `size` bytes and changed the live bytes by `change`.
    #[inline]
    fn count(&self, call: Call, size: usize, change: i64) {
        match call {
            Call::Alloc => add(&self.allocs, 1),
            Call::Zeroed => add(&self.zeroed, 1),
            Call::Grow => add(&self.grows, 1),
            Call::Shrink => add(&self.shrinks, 1),
            Call::Dealloc => add(&self.deallocs, 1),
            Call::Failed => add(&self.failed, 1),
        }
        if !matches!(call, Call::Dealloc | Call::Failed) {
            add(&self.bytes, size as u64);
        }
        let live = self.retained.get().wrapping_add(change);
        self.retained.set(live);
        if call != Call::Dealloc && live > self.peak.get() {
            self.peak.set(live);
        }
    }

    fn leave(&self) {
        self.mode.set(self.mode.get() & !BUSY);
    }

    /// Counts and records one call, wherever it is owed. Returns the record of its stack.
    #[inline]
    fn observe(&self, call: Call, size: usize, change: i64) -> Option<u32> {
        // The panic machinery is nobody's: with a backtrace asked for it makes 100,000 calls.
        if std::thread::panicking() {
            return None;
        }
        let mode = self.mode.get();
        let mut stack = None;
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
                stack = unsafe { &*self.recorder.get() }.record(call, size);
            }
        } else if mode & PERMIT == 0 {
            outside(self, call);
        }
        if mode & PERMIT == 0 && process::is_on() && !is_foreign_main(self) {
            stack = process::observe(call, size, change);
        }
        stack
    }
}

/// What a call means on a thread with no scope of its own.
#[cold]
#[inline(never)]
fn outside(state: &State, call: Call) {
    let token = token(state);
    // Relaxed: the token is a number, and only the first thread of the process can win.
    if MAIN.load(Ordering::Relaxed) == 0
        && MAIN
            .compare_exchange(0, token, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    {
        // Relaxed: a thread that still sees the old value takes the long way once more.
        ON.fetch_sub(1, Ordering::Relaxed);
    }
    if call != Call::Dealloc && !state.ours.get() && MAIN.load(Ordering::Relaxed) != token {
        // Relaxed: a count for a note, ordered by nothing.
        BYSTANDERS.fetch_add(1, Ordering::Relaxed);
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

/// Whether nothing is on, in any thread. The whole cost of an idle call.
#[expect(
    clippy::inline_always,
    reason = "this is the four instructions that an idle call may cost"
)]
#[inline(always)]
pub(crate) fn is_idle() -> bool {
    // Relaxed: a scope's own thread sees its own increment; a process scope counts another
    // thread's calls from whenever that thread learns of it, which starting it synchronizes.
    ON.load(Ordering::Relaxed) == 0
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

/// Tells the two frequent courses of an observed call from all the others, in as few instructions
/// as can be.
#[inline]
pub(crate) fn course() -> Course {
    // Relaxed: see `is_idle`.
    if ON.load(Ordering::Relaxed) >= EVERYWHERE {
        return Course::Full;
    }
    match STATE.try_with(|state| state.mode.get()) {
        Ok(COUNT) if !std::thread::panicking() => Course::Count,
        Ok(PERMIT) => Course::Pass,
        _ => Course::Full,
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
        } else {
            let stack = state.observe(call, size, signed(size));
            track(state, block, size, stack);
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
    });
}

/// `block` is about to be resized. Returns what was known of it, for [`resized`].
#[inline]
pub(crate) fn resizing(block: *mut u8) -> Option<leaks::Block> {
    if leaks::is_watching() {
        leaks::remove(block)
    } else {
        None
    }
}

/// The inner allocator answered a `realloc`. Leaves the hook.
#[inline]
pub(crate) fn resized(
    block: *mut u8,
    old: usize,
    moved: *mut u8,
    new: usize,
    tracked: Option<leaks::Block>,
) {
    let _ = STATE.try_with(|state| {
        if moved.is_null() {
            state.observe(Call::Failed, new, 0);
            if let Some(tracked) = tracked {
                leaks::insert(block, tracked);
            }
        } else {
            let change = signed(new).wrapping_sub(signed(old));
            let stack = state.observe(Call::resize(old, new), new, change);
            match tracked {
                // Resized by code that is not watched itself: still the trial's block.
                Some(tracked) if stack.is_none() => leaks::insert(moved, tracked.resized(new)),
                _ => track(state, moved, new, stack),
            }
        }
        state.leave();
    });
}

/// Remembers a block that a watched trial's body was given.
#[inline]
fn track(state: &State, block: *mut u8, size: usize, stack: Option<u32>) {
    if leaks::is_watching()
        && let Some(stack) = stack
    {
        let trial = match state.watch.get() {
            0 => process::watched(),
            trial => trial,
        };
        if trial != 0 {
            leaks::insert(block, leaks::Block { trial, stack, size });
        }
    }
}

/// Turns the long way on for as long as it lives.
#[derive(Debug)]
pub(crate) struct On(u64);

impl On {
    fn here() -> Self {
        Self::add(1)
    }

    /// For something that concerns calls of every thread.
    pub(crate) fn everywhere() -> Self {
        Self::add(EVERYWHERE + 1)
    }

    fn add(weight: u64) -> Self {
        // Relaxed: see `is_idle`.
        ON.fetch_add(weight, Ordering::Relaxed);
        Self(weight)
    }
}

impl Drop for On {
    fn drop(&mut self) {
        // Relaxed: see `is_idle`.
        ON.fetch_sub(self.0, Ordering::Relaxed);
    }
}

/// A stretch of this thread's time in which its calls are counted, recorded or permitted. Scopes
/// nest; what an inner one counted is the outer one's too, unless a permit stands between them.
#[derive(Debug)]
pub(crate) struct Scope {
    mode: u8,
    watch: u32,
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
        let on = On::here();
        STATE.with(|state| {
            let mode = state.mode.get();
            let scope = Self {
                mode,
                watch: state.watch.get(),
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
                recorder.set_outer(outer);
                state.recorder.set(recorder);
            }
            state.watch.set(watch);
            state.set_tally(Tally::default());
            let next = next(mode);
            // A measurement inside a lock keeps recording for the lock.
            let kept = if recorder.is_none() && next & COUNT != 0 && next & PERMIT == 0 {
                state.watch.set(scope.watch);
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
            state.watch.set(self.watch);
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

/// Marks this thread as a harness's or a trial's own, and says whether it was before.
pub(crate) fn set_ours(ours: bool) -> bool {
    STATE.with(|state| state.ours.replace(ours))
}

/// Allocations so far of threads that no trial and no harness owns, as far as they were seen.
pub(crate) fn bystanders() -> u64 {
    // Relaxed: a count for a note, ordered by nothing.
    BYSTANDERS.load(Ordering::Relaxed)
}
