//! Owns a child's side: one allocator, one mode, one workload, and a number on standard output.

use std::{
    env,
    process::ExitCode,
    sync::Barrier,
    thread,
    time::{Duration, Instant},
};

use crate::{clock, workloads::Workload};

/// A way to use an allocator.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    /// The word for it on the command line and in the tables.
    pub name: &'static str,
    /// Runs what it is given in this mode.
    pub around: fn(&mut dyn FnMut()),
    /// What the mode is switched on for.
    pub reach: Reach,
}

/// What a mode is switched on for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// For a thread.
    Thread,
    /// For the process.
    Process,
}

impl Mode {
    /// The allocator is installed and asked for nothing.
    pub const IDLE: Self = Self::thread("idle", |body| body());

    /// A mode for a thread.
    #[must_use]
    pub const fn thread(name: &'static str, around: fn(&mut dyn FnMut())) -> Self {
        Self {
            name,
            around,
            reach: Reach::Thread,
        }
    }

    /// A mode for the process.
    #[must_use]
    pub const fn process(name: &'static str, around: fn(&mut dyn FnMut())) -> Self {
        Self {
            name,
            around,
            reach: Reach::Process,
        }
    }
}

/// How long the timed operations of one batch take, about.
const BATCH: Duration = Duration::from_millis(5);

/// The same on two threads: short, because another program soon takes one of the processors.
const SHORT_BATCH: Duration = Duration::from_millis(1);

/// Batches of which the quickest counts.
const BATCHES: usize = 4;

/// How often a batch on two threads is tried, because few of them really run at once.
const TRIES: usize = 150;

/// `fn main` of a child: `MODE WORKLOAD time`, or `MODE WORKLOAD OPERATIONS` for callgrind, or
/// `MODE WORKLOAD OPERATIONS THREADS`, which prints what one operation takes on so many at once.
#[must_use]
pub fn main(modes: &[Mode]) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let parsed = match arguments.as_slice() {
        [mode, workload, how] | [mode, workload, how, _] => {
            modes.iter().find(|known| known.name == mode).zip(
                Workload::ALL
                    .into_iter()
                    .find(|known| known.name() == workload)
                    .map(|workload| (workload, how.parse::<u64>().ok())),
            )
        }
        _ => None,
    };
    let Some((mode, (workload, operations))) = parsed else {
        eprintln!("usage: MODE WORKLOAD time|OPERATIONS [THREADS]");
        return ExitCode::from(2);
    };
    let run = Run::new(*mode, workload);
    let threads = arguments.get(3).and_then(|threads| threads.parse().ok());
    match operations {
        Some(operations) if let Some(threads) = threads => {
            println!("{}", run.on_threads(operations, threads));
        }
        Some(operations) => {
            run.batch(operations);
        }
        None => println!("{}", run.nanoseconds_per_operation()),
    }
    ExitCode::SUCCESS
}

struct Run {
    mode: Mode,
    workload: Workload,
    operation: Box<dyn Fn(u64) + Sync>,
}

impl Run {
    fn new(mode: Mode, workload: Workload) -> Self {
        Self {
            mode,
            workload,
            operation: workload.operation(),
        }
    }

    /// Not a number where no batch counts.
    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers of operations and nanoseconds are far below 2^53"
    )]
    fn nanoseconds_per_operation(&self) -> f64 {
        let mut operations = 1;
        // The first batches warm up, and say how many operations fill one.
        let enough = match self.workload {
            Workload::TwoThreads => SHORT_BATCH,
            _ => BATCH,
        };
        while self.batch(operations).cpu < enough {
            operations *= 2;
        }
        (0..TRIES)
            .map(|_| self.batch(operations))
            .filter(|batch| batch.counts)
            .take(BATCHES)
            .map(|batch| batch.cpu)
            .min()
            .map_or(f64::NAN, |quickest| {
                quickest.as_nanos() as f64 / operations as f64
            })
    }

    /// CPU time of `operations` operations, without that of entering and leaving the mode, unless
    /// this is what is measured.
    fn batch(&self, operations: u64) -> Batch {
        match (self.workload, self.mode.reach) {
            (Workload::Scope, _) => {
                let start = clock::thread();
                for _ in 0..operations {
                    (self.mode.around)(&mut || {});
                }
                Batch {
                    cpu: clock::thread().saturating_sub(start),
                    counts: true,
                }
            }
            (Workload::TwoThreads, Reach::Thread) => {
                self.on_two_threads(operations, self.mode.around)
            }
            (Workload::TwoThreads, Reach::Process) => {
                let mut taken = None;
                (self.mode.around)(&mut || {
                    taken = Some(self.on_two_threads(operations, |body| body()));
                });
                taken.unwrap_or_default()
            }
            (_, _) => Batch {
                cpu: self.on_this_thread(operations, self.mode.around).cpu,
                counts: true,
            },
        }
    }

    fn on_this_thread(&self, operations: u64, around: fn(&mut dyn FnMut())) -> Stretch {
        let mut stretch = None;
        around(&mut || {
            let (start, cpu) = (Instant::now(), clock::thread());
            (self.operation)(operations);
            stretch = Some(Stretch {
                cpu: clock::thread().saturating_sub(cpu),
                start,
                end: Instant::now(),
            });
        });
        stretch.unwrap_or_else(|| {
            let now = Instant::now();
            Stretch {
                cpu: Duration::ZERO,
                start: now,
                end: now,
            }
        })
    }

    /// Nanoseconds of CPU time an operation, on so many threads at once.
    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers of operations and nanoseconds are far below 2^53"
    )]
    fn on_threads(&self, operations: u64, threads: usize) -> f64 {
        let mut taken = Duration::ZERO;
        let all = |around: fn(&mut dyn FnMut())| {
            let barrier = Barrier::new(threads);
            let one = || {
                barrier.wait();
                self.on_this_thread(operations, around).cpu
            };
            thread::scope(|scope| {
                let others: Vec<_> = (1..threads).map(|_| scope.spawn(one)).collect();
                let here = one();
                others
                    .into_iter()
                    .map(|other| other.join().unwrap_or(here))
                    .sum::<Duration>()
                    + here
            })
        };
        match self.mode.reach {
            Reach::Thread => taken = all(self.mode.around),
            Reach::Process => (self.mode.around)(&mut || taken = all(|body| body())),
        }
        taken.as_nanos() as f64 / (operations as f64 * threads as f64)
    }

    /// The mean of the two. It counts if they ran at once: each without a pause to speak of, and
    /// most of the time together.
    fn on_two_threads(&self, operations: u64, around: fn(&mut dyn FnMut())) -> Batch {
        let barrier = Barrier::new(2);
        let one = || {
            barrier.wait();
            self.on_this_thread(operations, around)
        };
        let (here, there) = thread::scope(|scope| {
            let other = scope.spawn(one);
            let here = one();
            (here, other.join().unwrap_or(here))
        });
        let together = here
            .end
            .min(there.end)
            .saturating_duration_since(here.start.max(there.start));
        let alone = |stretch: Stretch| stretch.end - stretch.start;
        let longest = alone(here).max(alone(there));
        let paused = |stretch: Stretch| alone(stretch) > stretch.cpu * 5 / 4;
        Batch {
            cpu: (here.cpu + there.cpu) / 2,
            counts: together >= longest * 3 / 4 && !paused(here) && !paused(there),
        }
    }
}

/// What a batch took.
#[derive(Clone, Copy, Debug, Default)]
struct Batch {
    cpu: Duration,
    /// Whether it was what it was to be.
    counts: bool,
}

/// The part of a batch on one thread.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    cpu: Duration,
    start: Instant,
    end: Instant,
}
