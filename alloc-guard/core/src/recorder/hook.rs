//! Owns what is recorded of each call. All of it is called inside the hook, with the registers of the
//! function that calls it: stacks begin there, or each would be as many frames of ours longer to walk.

#![expect(
    clippy::inline_always,
    reason = "without optimisation a call costs as much as what is called here"
)]

use std::sync::atomic::{AtomicU32, Ordering};

use crate::{
    backtrace::{
        Registers, Walker,
        paths::{PathId, Paths},
    },
    switch,
    tally::Call,
};

use super::{
    clock,
    encode::Short,
    events::{self, Event, Tag},
    file::{self, Kind},
    lost, sample,
    thread::{self, Own, Thread},
};

/// Whether calls are recorded.
#[inline(always)]
pub(crate) fn is_on() -> bool {
    switch::is_recording()
}

/// A request of kind `call` for `size` bytes was answered with `block`, which is null if it failed.
#[inline(never)]
pub(crate) fn allocated(call: Call, block: *mut u8, size: usize, pc: usize, sp: usize, fp: usize) {
    let now = clock::ticks();
    if !block.is_null()
        && let Some((thread, own)) = thread::ready(now)
        && let Some(paths) = Paths::shared()
        && let Some(walker) = own.walker.as_deref_mut()
    {
        add_allocation(thread, size);
        // SAFETY: whoever enters the hook takes them in a frame that stands during this call.
        let path = told(unsafe { walker.capture_from(paths, pc, sp, fp) });
        let event = thread.event_in_room(own);
        write_allocation(event, call, (now, block, size, path));
    } else {
        let from = Registers::together(pc, sp, fp);
        allocated_at(&from, call, (now, block, size));
    }
}

/// The same, whatever there is to see to.
#[cold]
#[inline(never)]
fn allocated_at(from: &Registers, call: Call, (now, block, size): (u64, *mut u8, usize)) {
    if block.is_null() {
        return failed(from, size);
    }
    record(|thread, own| {
        add_allocation(thread, size);
        if is_kept(own, size, block) {
            let path = path(own, from);
            write_allocation(thread.event(own, now)?, call, (now, block, size, path));
        }
        Some(())
    });
}

#[inline(always)]
fn add_allocation(thread: &Thread, size: usize) {
    events::add(&thread.calls.allocations, 1);
    events::add(&thread.calls.bytes, size as u64);
}

#[inline(always)]
fn write_allocation(
    event: Event<'_>,
    call: Call,
    (now, block, size, path): (u64, *mut u8, usize, u32),
) {
    let tag = if call == Call::Zeroed {
        Tag::Zeroed
    } else {
        Tag::Allocation
    };
    event.allocation(tag, (now, block.addr(), size as u64), path);
}

/// A request for `size` bytes was refused.
#[cold]
fn failed(from: &Registers, size: usize) {
    let now = clock::ticks();
    record(|thread, own| {
        events::add(&thread.calls.failed, 1);
        if !is_drawn(own, size) {
            return Some(());
        }
        let path = path(own, from);
        let event = thread.event(own, now)?.tag(Tag::Failed).ticks(now);
        event.number(size as u64).path(path).end();
        Some(())
    });
}

/// `block` is about to be given back.
#[inline(never)]
pub(crate) fn deallocating(from: &Registers, block: *mut u8) {
    let now = clock::ticks();
    if let Some((thread, own)) = thread::ready(now) {
        events::add(&thread.calls.deallocations, 1);
        thread.event_in_room(own).deallocation(now, block.addr());
    } else {
        deallocating_at(from, now, block);
    }
}

/// The same, whatever there is to see to.
#[cold]
#[inline(never)]
fn deallocating_at(from: &Registers, now: u64, block: *mut u8) {
    record(|thread, own| {
        events::add(&thread.calls.deallocations, 1);
        if is_sampling(own) && !sample::remove(block) {
            return Some(());
        }
        if own.has_stacks_of_deallocations {
            let path = path(own, from);
            let event = thread.event(own, now)?.tag(Tag::DeallocationWithStack);
            event.ticks(now).address(block.addr()).path(path).end();
        } else {
            thread.event(own, now)?.deallocation(now, block.addr());
        }
        Some(())
    });
}

/// A block before it is resized.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Before {
    ticks: u64,
    is_drawn: bool,
}

/// `block` is about to be resized.
#[inline]
pub(crate) fn resizing(block: *mut u8) -> Before {
    let mut is_drawn = false;
    if let Some(mut mine) = thread::mine() {
        let (thread, own) = mine.parts();
        is_drawn = is_sampling(own) && sample::remove(block);
        // A full block is written now, so that what is told as before the call is before it.
        thread.make_room(own, clock::ticks());
    }
    Before {
        ticks: clock::ticks(),
        is_drawn,
    }
}

/// `old` of `old_size` bytes was resized to `size` bytes, and is now `block`, which is
/// null if that failed.
#[inline]
pub(crate) fn resized(
    from: &Registers,
    before: &Before,
    old: *mut u8,
    old_size: usize,
    block: *mut u8,
    size: usize,
) {
    let took = clock::ticks().saturating_sub(before.ticks);
    if block.is_null() {
        if before.is_drawn && !sample::insert(old) {
            lost::call();
        }
        return failed(from, size);
    }
    record(|thread, own| {
        add_allocation(thread, size);
        if !is_kept(own, size, block) {
            if before.is_drawn {
                // Its old block is at its end, and its new one is not drawn.
                let event = thread.event(own, before.ticks)?;
                event.deallocation(before.ticks, old.addr());
            }
            return Some(());
        }
        let path = path(own, from);
        let event = thread.event(own, before.ticks)?.tag(Tag::Reallocation);
        let event = event.ticks(before.ticks).number(took);
        let event = event.address(old.addr()).number(old_size as u64);
        event
            .address(block.addr())
            .number(size as u64)
            .path(path)
            .end();
        Some(())
    });
}

/// The part of a trial that a call belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Phase {
    Outside = 0,
    Init = 1,
    Locked = 2,
    After = 3,
    WarmUp = 4,
}

/// This thread's calls belong to `operation` and `phase` from now on.
pub(crate) fn context(operation: u32, phase: Phase) {
    let phase = phase as u8;
    let now = clock::ticks();
    let Some(mut mine) = thread::mine() else {
        return;
    };
    let (thread, own) = mine.parts();
    (own.operation, own.phase) = (operation, phase);
    if let Some(event) = thread.event(own, now) {
        let event = event.tag(Tag::Context);
        event.number(operation.into()).number(phase.into()).end();
    }
}

/// Gives an operation its number.
pub(crate) fn operation(name: &str) -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    // Relaxed: a number.
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut payload = Short::new();
    payload.number(number.into());
    payload.number(name.len() as u64);
    file::block(Kind::Operations, [payload.bytes(), name.as_bytes(), &[]]);
    number
}

#[inline(always)]
fn record(event: impl FnOnce(&Thread, &mut Own) -> Option<()>) {
    let Some(mut mine) = thread::mine() else {
        return lost::call();
    };
    let (thread, own) = mine.parts();
    if event(thread, own).is_none() {
        lost::call();
    }
}

/// Whether not every call is recorded.
#[inline(always)]
fn is_sampling(own: &Own) -> bool {
    own.sample != 0
}

/// Whether a call for `size` bytes is recorded.
#[inline(always)]
fn is_drawn(own: &mut Own, size: usize) -> bool {
    own.sample == 0 || own.draw.is_drawn(size, own.sample, own.number)
}

/// Whether the answer `block` to a call for `size` bytes is recorded, and so what becomes of it.
#[inline(always)]
fn is_kept(own: &mut Own, size: usize, block: *mut u8) -> bool {
    if !is_sampling(own) {
        return true;
    }
    if !is_drawn(own, size) {
        return false;
    }
    let is_kept = sample::insert(block);
    if !is_kept {
        lost::call();
    }
    is_kept
}

/// The number of this thread's stack.
#[inline(always)]
fn path(own: &mut Own, from: &Registers) -> u32 {
    let mut path = PathId::NONE;
    let (pc, sp, fp) = from.apart();
    if let Some(paths) = Paths::shared()
        && let Some(walker) = walker(own)
    {
        // SAFETY: whoever enters the hook takes them in its own frame, for this call.
        path = unsafe { walker.capture_from(paths, pc, sp, fp) };
    }
    told(path)
}

/// The number of a path, if there is one.
#[inline(always)]
fn told(path: PathId) -> u32 {
    if path == PathId::NONE {
        lost::stack();
    }
    path.get()
}

#[inline(always)]
fn walker(own: &mut Own) -> Option<&mut Walker> {
    if own.walker.is_none() {
        own.walker = Walker::reserve();
    }
    match &mut own.walker {
        Some(walker) => Some(walker),
        None => None,
    }
}
