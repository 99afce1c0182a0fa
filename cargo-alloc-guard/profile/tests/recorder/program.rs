//! A made-up program: threads that allocate, free each other's blocks and reuse addresses at once. It is written down as the
//! recorder would, and its sums are counted beside.

use std::collections::HashMap;

use crate::agprof::{Events, File, Payload};

/// A small generator of numbers that are the same in every run.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % limit
    }
}

/// What the program did, counted as it went.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) allocations: (u64, u64),
    pub(crate) zeroed: u64,
    pub(crate) grows: u64,
    pub(crate) shrinks: u64,
    pub(crate) deallocations: u64,
    pub(crate) peak: (u64, u64),
    pub(crate) peak_ns: u64,
    pub(crate) leaked: (u64, u64),
    pub(crate) temporary: (u64, u64),
    pub(crate) by_thread: HashMap<u64, (u64, u64)>,
    pub(crate) by_context: HashMap<(u64, u64), (u64, u64)>,
    /// By path.
    pub(crate) by_stack: HashMap<u64, (u64, u64)>,
}

#[derive(Clone, Copy)]
struct Block {
    size: u64,
    thread: u64,
    serial: u64,
}

struct Thread {
    number: u64,
    events: Events,
    context: (u64, u64),
    newest: u64,
    /// A reallocation under way: when it began, the old block, and when it ends.
    resizing: Option<(u64, (u64, u64), u64)>,
}

struct Program {
    random: Random,
    now: u64,
    file: File,
    threads: Vec<Thread>,
    live: Vec<(u64, Block)>,
    /// Addresses to hand out next, the last first: what was just freed comes back at once.
    free: Vec<u64>,
    serial: u64,
    live_sum: (u64, u64),
    counted: Counted,
}

/// The first tick.
const START: u64 = 1_000;
/// Paths 1 to 40; each is called by a lower one, or by nobody.
const PATHS: u64 = 40;

/// Nanoseconds of a tick.
pub(crate) fn ns(ticks: u64) -> u64 {
    (ticks - START) * 2
}

/// The caller of a path.
pub(crate) fn caller(path: u64) -> u64 {
    path / 2
}

/// Runs a program of `threads` threads for `steps` steps.
pub(crate) fn run(seed: u64, threads: u64, steps: u64) -> (Vec<u8>, Counted) {
    let mut file = File::new();
    file.process(START, 0);
    let mut program = Program {
        random: Random::new(seed),
        now: START,
        file,
        threads: (1..=threads)
            .map(|number| Thread {
                number,
                events: Events::new(START, 0, number, 0, 0),
                context: (0, 0),
                newest: 0,
                resizing: None,
            })
            .collect(),
        live: Vec::new(),
        free: (1..1_000).rev().map(|n| 0x10_0000 + n * 24).collect(),
        serial: 0,
        live_sum: (0, 0),
        counted: Counted::default(),
    };
    for _ in 0..steps {
        program.step();
    }
    program.finish()
}

impl Program {
    fn step(&mut self) {
        self.now += 1 + self.random.below(3);
        let thread = usize::try_from(self.random.below(self.threads.len() as u64)).unwrap();
        match self.threads[thread].resizing {
            Some((.., end)) if self.now < end => {}
            Some((start, old, _)) => self.resized(thread, start, old),
            None => match self.random.below(100) {
                0..40 => self.allocate(thread),
                40..52 => self.resize(thread),
                52..92 => self.deallocate(thread),
                92..95 => {
                    let path = self.path();
                    self.threads[thread].events.failed(self.now, 1 << 40, path);
                }
                95..98 => {
                    let context = (self.random.below(4), self.random.below(5));
                    self.threads[thread].context = context;
                    self.threads[thread].events.context(context.0, context.1);
                }
                98 => self.flush(thread),
                _ => self.replace_thread(thread),
            },
        }
    }

    fn path(&mut self) -> u64 {
        self.random.below(PATHS + 1)
    }

    fn handed_out(&mut self, thread: usize, size: u64, path: u64) -> u64 {
        let address = self.free.pop().unwrap();
        self.serial += 1;
        let Thread {
            number, context, ..
        } = self.threads[thread];
        self.threads[thread].newest = self.serial;
        self.live.push((
            address,
            Block {
                size,
                thread: number,
                serial: self.serial,
            },
        ));
        self.live_sum = add(self.live_sum, size);
        if self.live_sum.1 > self.counted.peak.1 {
            self.counted.peak = self.live_sum;
            self.counted.peak_ns = ns(self.now);
        }
        self.counted.allocations = add(self.counted.allocations, size);
        for sum in [
            self.counted.by_thread.entry(number).or_default(),
            self.counted.by_context.entry(context).or_default(),
            self.counted.by_stack.entry(path).or_default(),
        ] {
            *sum = add(*sum, size);
        }
        address
    }

    /// Takes any block, of whichever thread.
    fn taken_back(&mut self) -> Option<(u64, Block)> {
        if self.live.is_empty() {
            return None;
        }
        let index = if self.random.below(2) == 0 {
            self.live.len() - 1
        } else {
            usize::try_from(self.random.below(self.live.len() as u64)).unwrap()
        };
        let (address, block) = self.live.remove(index);
        self.free.push(address);
        self.live_sum = (self.live_sum.0 - 1, self.live_sum.1 - block.size);
        Some((address, block))
    }

    fn allocate(&mut self, thread: usize) {
        if self.live.len() > 400 {
            return;
        }
        let (size, path, zeroed) = (
            self.random.below(1 << 12),
            self.path(),
            self.random.below(4) == 0,
        );
        let address = self.handed_out(thread, size, path);
        self.counted.zeroed += u64::from(zeroed);
        self.threads[thread]
            .events
            .allocation(self.now, address, size, path, zeroed);
    }

    fn resize(&mut self, thread: usize) {
        if let Some((address, block)) = self.taken_back() {
            let end = self.now + self.random.below(8);
            self.threads[thread].resizing = Some((self.now, (address, block.size), end));
        }
    }

    fn resized(&mut self, thread: usize, start: u64, old: (u64, u64)) {
        let (size, path) = (self.random.below(1 << 13), self.path());
        let address = self.handed_out(thread, size, path);
        if size >= old.1 {
            self.counted.grows += 1;
        } else {
            self.counted.shrinks += 1;
        }
        self.threads[thread].resizing = None;
        self.threads[thread].events.reallocation(
            (start, self.now - start),
            old,
            (address, size),
            path,
        );
    }

    fn deallocate(&mut self, thread: usize) {
        let Some((address, block)) = self.taken_back() else {
            return;
        };
        self.counted.deallocations += 1;
        let owner = self
            .threads
            .iter()
            .find(|owner| owner.number == block.thread);
        if owner.is_some_and(|owner| owner.newest == block.serial) {
            self.counted.temporary = add(self.counted.temporary, block.size);
        }
        let path = (self.random.below(3) == 0).then(|| self.path());
        self.threads[thread]
            .events
            .deallocation(self.now, address, path);
    }

    fn flush(&mut self, thread: usize) {
        let now = self.now;
        let thread = &mut self.threads[thread];
        let (operation, phase) = thread.context;
        let next = Events::new(now, ns(now), thread.number, operation, phase);
        let full = std::mem::replace(&mut thread.events, next);
        self.file.block(6, &full.payload);
    }

    /// The thread ends, and another takes over its buffer. What the ended one allocated last stays its newest.
    fn replace_thread(&mut self, thread: usize) {
        let newest = self
            .threads
            .iter()
            .map(|thread| thread.number)
            .max()
            .unwrap()
            + 1;
        let ended = self.threads[thread].newest;
        // Its last block must not be taken for temporary later, for nobody here remembers the thread.
        if let Some(at) = self
            .live
            .iter()
            .position(|(_, block)| block.serial == ended)
        {
            let (address, block) = self.live.remove(at);
            self.live_sum = (self.live_sum.0 - 1, self.live_sum.1 - block.size);
            self.free.push(address);
            self.counted.deallocations += 1;
            self.counted.temporary = add(self.counted.temporary, block.size);
            self.threads[thread]
                .events
                .deallocation(self.now, address, None);
        }
        let thread = &mut self.threads[thread];
        thread.number = newest;
        thread.context = (0, 0);
        thread.newest = 0;
        thread.events.thread(newest);
    }

    fn finish(mut self) -> (Vec<u8>, Counted) {
        for thread in 0..self.threads.len() {
            self.now += 10;
            if let Some((start, old, _)) = self.threads[thread].resizing {
                self.resized(thread, start, old);
            }
            self.flush(thread);
        }
        for (_, block) in &self.live {
            self.counted.leaked = add(self.counted.leaked, block.size);
        }
        // Definitions may come behind their use, and in any order.
        let mut paths = Payload::default();
        for path in (1..=PATHS).rev() {
            paths = paths
                .number(path)
                .number(caller(path))
                .number(0x5000 + path * 16);
        }
        self.file.block(3, &paths);
        let mut operations = Payload::default();
        for operation in 1..4 {
            operations = operations
                .number(operation)
                .text(&format!("hot::operation_{operation}"));
        }
        self.file.block(4, &operations);
        let threads = Payload::default().number(1).text("main");
        self.file.block(5, &threads);
        // A kind of a later version.
        self.file
            .block(99, &Payload::default().text("pass over it"));
        self.now += 1;
        let end = Payload::default()
            .number(self.now)
            .number(ns(self.now))
            .number(self.counted.allocations.0)
            .number(self.counted.allocations.1)
            .number(self.counted.deallocations)
            .number(0)
            .number(1);
        self.file.block(8, &end);
        (self.file.0, self.counted)
    }
}

fn add(sum: (u64, u64), size: u64) -> (u64, u64) {
    (sum.0 + 1, sum.1 + size)
}
