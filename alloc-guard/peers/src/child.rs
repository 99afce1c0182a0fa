//! Owns a child's side: one allocator, one mode, one workload, and a number on standard output.

use std::{env, process::ExitCode, sync::Barrier, thread, time::Duration};

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

/// Batches of which the quickest counts.
const BATCHES: usize = 4;

/// `fn main` of a child: `MODE WORKLOAD time`, or `MODE WORKLOAD OPERATIONS` for callgrind.
#[must_use]
pub fn main(modes: &[Mode]) -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let parsed = match arguments.as_slice() {
        [mode, workload, how] => modes.iter().find(|known| known.name == mode).zip(
            Workload::ALL
                .into_iter()
                .find(|known| known.name() == workload)
                .map(|workload| (workload, how.parse::<u64>().ok())),
        ),
        _ => None,
    };
    let Some((mode, (workload, operations))) = parsed else {
        eprintln!("usage: MODE WORKLOAD time|OPERATIONS");
        return ExitCode::from(2);
    };
    let run = Run::new(*mode, workload);
    match operations {
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

    #[expect(
        clippy::cast_precision_loss,
        reason = "numbers of operations and nanoseconds are far below 2^53"
    )]
    fn nanoseconds_per_operation(&self) -> f64 {
        let mut operations = 1;
        // The first batches warm up, and say how many operations fill one.
        while self.batch(operations) < BATCH {
            operations *= 2;
        }
        let quickest = (0..BATCHES).map(|_| self.batch(operations)).min();
        quickest.unwrap_or_default().as_nanos() as f64 / operations as f64
    }

    /// CPU time of `operations` operations, without that of entering and leaving the mode, unless
    /// this is what is measured.
    fn batch(&self, operations: u64) -> Duration {
        match (self.workload, self.mode.reach) {
            (Workload::Scope, _) => {
                let start = clock::thread();
                for _ in 0..operations {
                    (self.mode.around)(&mut || {});
                }
                clock::thread().saturating_sub(start)
            }
            (Workload::TwoThreads, Reach::Thread) => {
                self.on_two_threads(operations, self.mode.around)
            }
            (Workload::TwoThreads, Reach::Process) => {
                let mut taken = Duration::ZERO;
                (self.mode.around)(&mut || {
                    taken = self.on_two_threads(operations, |body| body());
                });
                taken
            }
            (_, _) => self.on_this_thread(operations, self.mode.around),
        }
    }

    fn on_this_thread(&self, operations: u64, around: fn(&mut dyn FnMut())) -> Duration {
        let mut taken = Duration::ZERO;
        around(&mut || {
            let start = clock::thread();
            (self.operation)(operations);
            taken = clock::thread().saturating_sub(start);
        });
        taken
    }

    /// The mean of the two.
    fn on_two_threads(&self, operations: u64, around: fn(&mut dyn FnMut())) -> Duration {
        let barrier = Barrier::new(2);
        let one = || {
            barrier.wait();
            self.on_this_thread(operations, around)
        };
        thread::scope(|scope| {
            let other = scope.spawn(one);
            let here = one();
            let there = other.join().unwrap_or_default();
            (here + there) / 2
        })
    }
}
