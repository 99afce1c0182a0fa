//! What was live, over time.

use super::sums::amount;
use crate::model::{Allocations, Amount, Event, Profile};

/// A stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// What was handed out in it.
    pub allocated: Amount,
    /// What was given back in it, or taken over by a reallocation.
    pub freed: Amount,
    /// What was live at its end.
    pub live: Amount,
    /// The greatest live size within it, and the greatest number of live blocks; not always at the same moment.
    pub high_water: Amount,
}

/// What was live, in steps of equal length from the start of the process to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline {
    /// How long a step is.
    pub step_ns: u64,
    /// The steps, in order.
    pub steps: Vec<Step>,
}

/// Puts times into steps of equal length.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    pub(super) step_ns: u64,
    pub(super) count: usize,
}

impl Grid {
    /// At most `steps` steps over the time from the start to the last moment.
    pub(super) fn new(profile: &Profile, allocations: &Allocations, steps: usize) -> Self {
        let last = allocations
            .events()
            .map(|event| allocations.time_ns(event))
            .fold(profile.duration_ns, u64::max);
        let most = u64::try_from(steps.max(1)).unwrap_or(u64::MAX);
        let step_ns = (last / most).saturating_add(1);
        let count = usize::try_from(last / step_ns).unwrap_or(usize::MAX - 1) + 1;
        Self { step_ns, count }
    }

    pub(super) fn step(self, time_ns: u64) -> usize {
        usize::try_from(time_ns / self.step_ns).unwrap_or(usize::MAX)
    }
}

impl Profile {
    /// What was live, in at most `steps` steps; `None` if the file has no times.
    #[must_use]
    pub fn timeline(&self, steps: usize) -> Option<Timeline> {
        let allocations = self.allocations()?;
        let grid = Grid::new(self, allocations, steps);
        let mut timeline = Timeline {
            step_ns: grid.step_ns,
            steps: Vec::with_capacity(grid.count),
        };
        let mut step = Step::default();
        for event in allocations.events() {
            // The order of events holds where times are a little out of order, so a step is never gone back to.
            let at = grid.step(allocations.time_ns(event));
            while timeline.steps.len() < at {
                timeline.steps.push(step);
                step = following(&step);
            }
            match event {
                Event::Allocated(id) => {
                    let amount = amount(&allocations.get(id));
                    step.allocated += amount;
                    step.live += amount;
                    step.high_water.bytes = step.high_water.bytes.max(step.live.bytes);
                    step.high_water.count = step.high_water.count.max(step.live.count);
                }
                Event::Freed(id) | Event::Replaced(id) => {
                    let amount = amount(&allocations.get(id));
                    step.freed += amount;
                    step.live -= amount;
                }
            }
        }
        while timeline.steps.len() < grid.count {
            timeline.steps.push(step);
            step = following(&step);
        }
        Some(timeline)
    }
}

fn following(step: &Step) -> Step {
    Step {
        live: step.live,
        high_water: step.live,
        ..Step::default()
    }
}
