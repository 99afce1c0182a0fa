//! Every stack that alloc-guard captures is what the system's unwinder gives at the same place,
//! address by address: in calls, recursion, callbacks from C, panics, signal handlers, coroutines
//! and on several threads at once.
//!
//! The allocator of this binary captures the stack of each allocation in both ways and compares.

#![cfg(all(
    target_os = "linux",
    target_pointer_width = "64",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]

mod check;
// Where programs are linked statically, nothing is loaded.
#[cfg(target_env = "gnu")]
mod modules;
mod system;
mod workloads;

use std::thread;

use check::Checked;

#[global_allocator]
static GLOBAL: check::Comparing = check::Comparing;

/// What a workload must show besides equality, so that nothing passes by not happening.
struct Demand {
    name: &'static str,
    workload: fn(),
    rounds: usize,
    /// Stacks of one round, at least.
    least: u64,
    /// Who finds them.
    by: By,
}

#[derive(Clone, Copy)]
enum By {
    /// Our own walk, nearly always, and most frames by replay.
    Replay,
    /// The system's unwinder too, because a frame or the stack is not for us.
    System,
    /// Our own walk, of stacks too deep to be kept whole.
    Cut,
}

const DEMANDS: &[Demand] = &[
    demand("calls", workloads::calls, 30, 1_000, By::Replay),
    demand("json", workloads::json, 60, 500, By::Replay),
    demand("regex", workloads::regex, 6, 500, By::Replay),
    demand("maps", workloads::maps, 30, 500, By::Replay),
    demand("qsort", workloads::qsort, 60, 300, By::Replay),
    demand("alignment", workloads::alignment, 20, 200, By::Replay),
    demand("panics", workloads::panics, 150, 50, By::Replay),
    demand("signals", workloads::signals, 100, 20, By::System),
    demand("coroutines", workloads::coroutines, 20, 50, By::System),
    demand("recursion", workloads::recursion, 1, 1_000, By::Cut),
];

const fn demand(name: &'static str, workload: fn(), rounds: usize, least: u64, by: By) -> Demand {
    Demand {
        name,
        workload,
        rounds,
        least,
        by,
    }
}

impl Demand {
    fn check(&self) -> Checked {
        let checked = check::with(|| {
            for _ in 0..self.rounds {
                (self.workload)();
            }
        });
        let name = self.name;
        if let Some(difference) = &checked.difference {
            panic!("{name}, after {} equal stacks: {difference}", checked.equal);
        }
        let least = self.least * self.rounds as u64;
        assert!(checked.equal >= least, "{name}: {checked:?}");
        let counts = checked.counts;
        let all = counts.replayed + counts.walked + counts.asked + counts.cut;
        assert_eq!(all, checked.equal, "{name}: {checked:?}");
        let as_demanded = match self.by {
            // The first capture that meets code without a description asks.
            By::Replay => {
                counts.asked <= 4
                    && counts.cut == 0
                    && counts.replayed_frames > counts.walked_frames
            }
            By::System => counts.asked >= all / 10 && counts.replayed > 0 && counts.cut == 0,
            By::Cut => counts.cut >= 500 && counts.asked <= 4,
        };
        assert!(as_demanded, "{name}: {checked:?}");
        checked
    }
}

#[test]
fn every_stack_is_the_one_that_the_system_sees() {
    workloads::be_silent_about_panics();
    let threads: Vec<_> = (0..4)
        .map(|_| thread::spawn(|| DEMANDS.iter().map(Demand::check).collect::<Vec<_>>()))
        .collect();
    let mut equal = 0;
    for thread in threads {
        for (demand, checked) in DEMANDS.iter().zip(thread.join().unwrap()) {
            println!(
                "{:12} {:7} {:?}",
                demand.name, checked.equal, checked.counts
            );
            equal += checked.equal;
        }
    }
    assert!(equal >= 500_000, "only {equal} stacks");
}
