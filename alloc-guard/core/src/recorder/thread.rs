//! Owns what each thread records with: memory of the system's, leased to one thread after another,
//! so that ten thousand threads in a row need no more than two.

#![expect(
    clippy::inline_always,
    reason = "without optimisation a call costs as much as what is called here"
)]

use std::{
    cell::{Cell, UnsafeCell},
    ptr,
    sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering},
};

use crate::{backtrace::Walker, memory};

use super::{
    clock,
    encode::Short,
    events::{Calls, Events, Tag},
    file::{self, Kind},
    sample::Draw,
    start::settings,
};

/// How many threads can record at once. What more threads call is counted as lost.
const MOST: u32 = 4096;

/// What a thread records with. All zero bytes are a new one.
pub(super) struct Thread {
    /// The one made before.
    next: AtomicPtr<Self>,
    is_leased: AtomicBool,
    own: UnsafeCell<Own>,
    pub(super) calls: Calls,
    pub(super) events: Events,
}

impl std::fmt::Debug for Thread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Thread").finish_non_exhaustive()
    }
}

// SAFETY: `own` is used by the thread that has the lease alone.
unsafe impl Sync for Thread {}

/// What only the thread looks at.
pub(super) struct Own {
    pub(super) number: u32,
    pub(super) operation: u32,
    pub(super) phase: u8,
    /// When the block is to be written, full or not; 0 if none has begun.
    pub(super) due: u64,
    /// What the next event is told as the difference from.
    pub(super) ticks: u64,
    pub(super) address: usize,
    pub(super) path: u32,
    /// What takes its stacks; reserved at the first.
    pub(super) walker: Option<&'static mut Walker>,
    pub(super) draw: Draw,
    /// The settings, at hand.
    pub(super) sample: u64,
    pub(super) has_stacks_of_deallocations: bool,
    /// Neither of the two.
    is_plain: bool,
    /// Lent for one event: the thread has been torn down, and given its own back.
    is_lent: bool,
}

/// The newest.
static ALL: AtomicPtr<Thread> = AtomicPtr::new(ptr::null_mut());
static MADE: AtomicU32 = AtomicU32::new(0);
static NUMBERS: AtomicU32 = AtomicU32::new(1);

/// In the place of a thread's own: it has given it back.
const ENDED: *const Thread = ptr::without_provenance(1);

thread_local! {
    // Both `const` and without `Drop`: plain memory, readable while the thread is torn down.
    static MINE: Cell<*const Thread> = const { Cell::new(ptr::null()) };
    static NUMBER: Cell<u32> = const { Cell::new(0) };
    // With `Drop`, which an allocator may register since Rust 1.93.
    static LEASE: Lease = const { Lease };
}

struct Lease;

impl Drop for Lease {
    fn drop(&mut self) {
        let mine = MINE.replace(ENDED);
        if mine.addr() > ENDED.addr() {
            // SAFETY: it was leased to this thread, and is never freed.
            give_back(unsafe { &*mine });
        }
    }
}

/// Every one that was made.
pub(super) fn all() -> impl Iterator<Item = &'static Thread> {
    // Acquire: pairs with the release in `make`.
    let mut next = ALL.load(Ordering::Acquire);
    std::iter::from_fn(move || {
        // SAFETY: null, or one that is never freed.
        let thread = unsafe { next.as_ref() }?;
        // Relaxed: written before it was put into the list.
        next = thread.next.load(Ordering::Relaxed);
        Some(thread)
    })
}

/// What this thread records with, while it is inside the hook.
#[derive(Debug)]
pub(super) struct Mine(&'static Thread);

/// What this thread records with. `None` if there is none to be had.
///
/// Only inside the hook, which nothing enters twice, so that `Own` is lent out once.
#[inline(always)]
pub(super) fn mine() -> Option<Mine> {
    let mine = MINE.try_with(Cell::get).unwrap_or(ENDED);
    if mine.addr() > ENDED.addr() {
        // SAFETY: it is leased to this thread, and never freed.
        Some(Mine(unsafe { &*mine }))
    } else {
        find(mine == ENDED)
    }
}

/// The same for the most frequent case: this thread has its own, every call is recorded,
/// deallocations without their stacks, and there is room for an event that happened at `now`.
///
/// Only inside the hook, as [`mine`].
#[inline(always)]
pub(super) fn ready<'a>(now: u64) -> Option<(&'static Thread, &'a mut Own)> {
    let mine = MINE.try_with(Cell::get).unwrap_or(ENDED);
    if mine.addr() <= ENDED.addr() {
        return None;
    }
    // SAFETY: it is leased to this thread, and never freed.
    let thread = unsafe { &*mine };
    // SAFETY: this thread alone uses it, and is in here once.
    let own = unsafe { &mut *thread.own.get() };
    (own.is_plain && thread.has_room(own, now)).then_some((thread, own))
}

#[cold]
#[inline(never)]
fn find(has_ended: bool) -> Option<Mine> {
    let mut mine = Mine(claim().or_else(make)?);
    let number = if has_ended {
        NUMBER.try_with(Cell::get).unwrap_or(0)
    } else {
        lease(mine.0)
    };
    let (thread, own) = mine.parts();
    own.is_lent = has_ended;
    own.sample = settings().sample;
    own.has_stacks_of_deallocations = settings().deallocations;
    own.is_plain = own.sample == 0 && !own.has_stacks_of_deallocations;
    (own.number, own.operation, own.phase) = (number, 0, 0);
    if own.due != 0
        && let Some(event) = thread.event(own, clock::ticks())
    {
        // What follows in the block is another thread's.
        event.tag(Tag::Thread).number(number.into()).end();
    }
    Some(mine)
}

/// Keeps `thread` for as long as this thread lives, and gives this thread a number.
fn lease(thread: &'static Thread) -> u32 {
    // Relaxed: a number.
    let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
    let _ = NUMBER.try_with(|mine| mine.set(number));
    let _ = MINE.try_with(|mine| mine.set(thread));
    let _ = LEASE.try_with(|_| ());
    introduce(number);
    number
}

impl Mine {
    #[inline(always)]
    pub(super) fn parts(&mut self) -> (&'static Thread, &mut Own) {
        // SAFETY: this thread alone uses it, and is in here once.
        (self.0, unsafe { &mut *self.0.own.get() })
    }
}

impl Drop for Mine {
    #[inline(always)]
    fn drop(&mut self) {
        let (thread, own) = self.parts();
        if own.is_lent {
            own.is_lent = false;
            give_back(thread);
        }
    }
}

fn claim() -> Option<&'static Thread> {
    // Acquire: pairs with the release in `give_back`.
    all().find(|thread| !thread.is_leased.swap(true, Ordering::Acquire))
}

fn give_back(thread: &Thread) {
    // Release: pairs with the acquire in `claim`.
    thread.is_leased.store(false, Ordering::Release);
}

fn make() -> Option<&'static Thread> {
    // Relaxed: a number.
    if MADE.fetch_add(1, Ordering::Relaxed) >= MOST {
        MADE.fetch_sub(1, Ordering::Relaxed);
        return None;
    }
    // SAFETY: all zero bytes are a new one.
    let thread: &'static Thread = unsafe { memory::zeroed() }?;
    thread.is_leased.store(true, Ordering::Relaxed);
    let mut newest = ALL.load(Ordering::Relaxed);
    loop {
        thread.next.store(newest, Ordering::Relaxed);
        let this = ptr::from_ref(thread).cast_mut();
        // Release: pairs with the acquire in `all`.
        match ALL.compare_exchange_weak(newest, this, Ordering::Release, Ordering::Relaxed) {
            Ok(_) => return Some(thread),
            Err(other) => newest = other,
        }
    }
}

/// Writes a thread's name down.
fn introduce(number: u32) {
    let mut payload = Short::new();
    payload.number(number.into());
    let tell = |name: &str| {
        let mut payload = payload;
        payload.number(name.len() as u64);
        file::block(Kind::Threads, [payload.bytes(), name.as_bytes(), &[]]);
    };
    // The first to call is the main thread, and may do so before std knows itself which it is.
    if number == 1 {
        tell("main");
    } else {
        // An allocator may ask for this since Rust 1.93.
        tell(std::thread::current().name().unwrap_or_default());
    }
}
