//! Owns a block of events, from its anchor to its way into the file.

#![expect(
    clippy::inline_always,
    reason = "without optimisation a call costs as much as what is called here"
)]

use std::{
    cell::UnsafeCell,
    slice,
    sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
};

use super::{
    clock,
    encode::{self, LONGEST, Packed},
    file::{self, Kind},
    lost, paths,
    thread::{Own, Thread},
};

const BYTES: usize = 128 << 10;

/// What no event is longer than: a tag and seven numbers.
const EVENT: usize = 1 + 7 * LONGEST;

/// What a block begins with, and how far it may be filled.
const ANCHOR: usize = 5 * LONGEST;
const FULL: usize = BYTES - EVENT;
const _: () = assert!(ANCHOR < FULL);

/// The events of the format.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum Tag {
    Allocation = 0,
    Zeroed = 1,
    Reallocation = 2,
    Deallocation = 3,
    DeallocationWithStack = 4,
    Failed = 5,
    Context = 6,
    Thread = 7,
}

/// What a tag has besides, where all numbers of the event are small enough to lie with it in one word.
/// Most are, and taking each apart into bytes was a sixth of what a recorded call cost.
const PACKED: u64 = 8;

/// A block of events under way. One thread fills it; all zero bytes are an empty one.
pub(super) struct Events {
    /// Somebody is writing it to the file; at the process's end, for good.
    closed: AtomicBool,
    len: AtomicUsize,
    bytes: UnsafeCell<[u8; BYTES]>,
}

// SAFETY: `bytes` below `len` are not changed but by their thread while it has `closed` them, and
// those above are its own.
unsafe impl Sync for Events {}

impl Events {
    /// Keeps the block from being emptied, for good. What is added from now on is not written.
    pub(super) fn close(&self) {
        // Acquire: pairs with the release in `Thread::flush`.
        while self.closed.swap(true, Ordering::Acquire) {
            std::hint::spin_loop();
        }
    }

    /// Writes the block. Only who has closed it may.
    pub(super) fn write(&self) {
        // Acquire: pairs with the release in `Event::end`.
        let len = self.len.load(Ordering::Acquire);
        if len == 0 {
            return;
        }
        // SAFETY: initialised, and unchanged while it is closed.
        let bytes = unsafe { slice::from_raw_parts(self.bytes.get().cast(), len) };
        file::block(Kind::Events, [bytes, &[], &[]]);
    }
}

/// How often a thread, and those before it, called the allocator.
#[derive(Debug, Default)]
pub(super) struct Calls {
    pub(super) allocations: AtomicU64,
    pub(super) bytes: AtomicU64,
    pub(super) deallocations: AtomicU64,
    pub(super) failed: AtomicU64,
}

impl Calls {
    /// In the order of the format.
    pub(super) fn each(&self) -> [&AtomicU64; 4] {
        [
            &self.allocations,
            &self.bytes,
            &self.deallocations,
            &self.failed,
        ]
    }

    pub(super) fn add(&self, other: &Self) {
        for (sum, more) in self.each().into_iter().zip(other.each()) {
            // Relaxed: a sum that is still growing is read when it is.
            add(sum, more.load(Ordering::Relaxed));
        }
    }
}

/// Adds to a sum that only one thread writes.
#[inline(always)]
pub(super) fn add(sum: &AtomicU64, more: u64) {
    // Relaxed, both: see above.
    let new = sum.load(Ordering::Relaxed).wrapping_add(more);
    sum.store(new, Ordering::Relaxed);
}

/// An event being written: there is room for the longest.
pub(super) struct Event<'a> {
    thread: &'a Thread,
    own: &'a mut Own,
    at: *mut u8,
}

impl Thread {
    /// Begins an event that happened at `now`. `None` if the recording is over.
    #[inline(always)]
    pub(super) fn event<'a>(&'a self, own: &'a mut Own, now: u64) -> Option<Event<'a>> {
        self.make_room(own, now)?;
        Some(self.event_in_room(own))
    }

    /// Whether there is room for one event that happened at `now`, and an anchor before it.
    #[inline(always)]
    pub(super) fn has_room(&self, own: &Own, now: u64) -> bool {
        // Relaxed: this thread's own.
        self.events.len.load(Ordering::Relaxed) <= FULL && now < own.due
    }

    /// Begins an event for which there is room.
    #[inline(always)]
    pub(super) fn event_in_room<'a>(&'a self, own: &'a mut Own) -> Event<'a> {
        // Relaxed: this thread's own.
        let len = self.events.len.load(Ordering::Relaxed);
        let at = self.events.bytes.get().cast::<u8>().wrapping_add(len);
        Event {
            thread: self,
            own,
            at,
        }
    }

    /// Sees to room for one event that begins at `now`, and to an anchor before it.
    #[inline(always)]
    pub(super) fn make_room(&self, own: &mut Own, now: u64) -> Option<()> {
        if self.has_room(own, now) {
            Some(())
        } else {
            self.turn(own)
        }
    }

    /// Writes the block and begins another.
    #[cold]
    #[inline(never)]
    fn turn(&self, own: &mut Own) -> Option<()> {
        paths::write();
        lost::admit();
        // Acquire: pairs with the release below, which is nobody else's but this thread's; only
        // the end of the process takes it away.
        if self.events.closed.swap(true, Ordering::Acquire) {
            return None;
        }
        self.events.write();
        let start = self.events.bytes.get().cast::<u8>();
        own.ticks = clock::ticks();
        own.due = own.ticks.saturating_add(clock::second());
        own.address = 0;
        own.path = 0;
        let anchor = [
            own.ticks,
            clock::nanoseconds(),
            own.number.into(),
            own.operation.into(),
            own.phase.into(),
        ];
        let mut at = start;
        for value in anchor {
            // SAFETY: the bytes are longer than an anchor, and nobody reads them now.
            at = unsafe { encode::number(at, value) };
        }
        let len = at.addr().wrapping_sub(start.addr());
        self.events.len.store(len, Ordering::Relaxed);
        // Release: pairs with the acquire in `close`.
        self.events.closed.store(false, Ordering::Release);
        Some(())
    }
}

impl Event<'_> {
    /// An allocation of either kind that was answered with `block`.
    #[inline(always)]
    pub(super) fn allocation(self, tag: Tag, (now, block, size): (u64, usize, u64), path: u32) {
        let past = self.past(now);
        let packed = Packed::new(PACKED | tag as u64)
            .with(past, 4, 16)
            .with(self.step(path), 16, 28)
            .with(size, 28, 42)
            .with(encode::distance(self.own.address, block), 42, 64);
        // SAFETY: `event` has seen to room for all of an event.
        if let Some(end) = unsafe { packed.write::<8>(self.at) } {
            self.own.ticks = self.own.ticks.wrapping_add(past);
            self.own.address = block;
            self.own.path = path;
            self.end_at(end);
        } else {
            self.long_allocation(tag, (now, block, size), path);
        }
    }

    #[inline(never)]
    fn long_allocation(self, tag: Tag, (now, block, size): (u64, usize, u64), path: u32) {
        let event = self.tag(tag).ticks(now).address(block);
        event.number(size).path(path).end();
    }

    /// A deallocation of `block`.
    #[inline(always)]
    pub(super) fn deallocation(self, now: u64, block: usize) {
        let past = self.past(now);
        let packed = Packed::new(PACKED | Tag::Deallocation as u64)
            .with(past, 4, 16)
            .with(encode::distance(self.own.address, block), 16, 40);
        // SAFETY: as above.
        if let Some(end) = unsafe { packed.write::<5>(self.at) } {
            self.own.ticks = self.own.ticks.wrapping_add(past);
            self.own.address = block;
            self.end_at(end);
        } else {
            self.long_deallocation(now, block);
        }
    }

    #[inline(never)]
    fn long_deallocation(self, now: u64, block: usize) {
        self.tag(Tag::Deallocation).ticks(now).address(block).end();
    }

    #[inline(always)]
    pub(super) fn tag(mut self, tag: Tag) -> Self {
        // SAFETY: `event` has seen to room for all of an event.
        unsafe { *self.at = tag as u8 };
        self.at = self.at.wrapping_add(1);
        self
    }

    #[inline(always)]
    pub(super) fn number(mut self, value: u64) -> Self {
        // SAFETY: `event` has seen to room for all of an event.
        self.at = unsafe { encode::number(self.at, value) };
        self
    }

    /// When it happened.
    #[inline(always)]
    pub(super) fn ticks(self, now: u64) -> Self {
        let past = self.past(now);
        self.own.ticks = self.own.ticks.wrapping_add(past);
        self.number(past)
    }

    #[inline(always)]
    pub(super) fn address(self, address: usize) -> Self {
        let distance = encode::distance(self.own.address, address);
        self.own.address = address;
        self.number(distance)
    }

    #[inline(always)]
    pub(super) fn path(self, path: u32) -> Self {
        let step = self.step(path);
        self.own.path = path;
        self.number(step)
    }

    /// The ticks since the last event.
    #[inline(always)]
    fn past(&self, now: u64) -> u64 {
        // A processor's clock may be a little behind another's.
        now.saturating_sub(self.own.ticks)
    }

    #[inline(always)]
    fn step(&self, path: u32) -> u64 {
        encode::zigzag(i64::from(path).wrapping_sub(i64::from(self.own.path)))
    }

    #[inline(always)]
    pub(super) fn end(self) {
        let at = self.at;
        self.end_at(at);
    }

    #[inline(always)]
    fn end_at(self, at: *mut u8) {
        let start = self.thread.events.bytes.get().cast::<u8>();
        let len = at.addr().wrapping_sub(start.addr());
        // Release: pairs with the acquire in `Events::write`.
        self.thread.events.len.store(len, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recorder::thread;

    #[test]
    fn the_longest_event_is_not_longer_than_its_room() {
        let mut mine = thread::mine().unwrap();
        let (thread, own) = mine.parts();
        let far = 1 << 61 | 1;
        let event = thread.event_in_room(own).tag(Tag::Reallocation);
        let event = event.ticks(u64::MAX).number(u64::MAX);
        let event = event.address(far).number(u64::MAX);
        let event = event.address(0).number(u64::MAX);
        event.path(u32::MAX).end();
        let len = thread.events.len.swap(0, Ordering::Relaxed);
        assert!(len <= EVENT, "{len}");
        // Of its numbers only a path cannot be of ten bytes.
        assert!(len > 6 * LONGEST, "{len}");
    }
}
