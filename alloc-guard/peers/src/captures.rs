//! Owns the capture of stacks without the allocations that one captures them for.

use std::hint::black_box;

use alloc_guard_core::__private::{Paths, Walker};
use anyhow::{Context as _, Result};

use crate::clock;

const BATCHES: usize = 31;
const CAPTURES: u32 = 4_000;

/// What is done at each place where a stack is captured.
type Capture<'a> = &'a mut dyn FnMut();

/// What a stack has in common with the one captured before it.
#[derive(Clone, Copy, Debug)]
pub struct Pattern {
    /// What it is called in tables.
    pub name: &'static str,
    run: fn(usize, Capture<'_>),
}

/// All of them.
pub const PATTERNS: [Pattern; 3] = [
    Pattern {
        name: "the same again",
        run: the_same,
    },
    Pattern {
        name: "4 frames of it new",
        run: four_new,
    },
    Pattern {
        name: "all but the outermost new",
        run: all_new,
    },
];

/// Nanoseconds of captures, of each batch.
#[derive(Debug)]
pub struct Costs {
    /// How many frames the stack has.
    pub frames: usize,
    /// Of the program without any capture.
    pub nothing: Vec<f64>,
    /// Of ours.
    pub ours: Vec<f64>,
    /// Of the system's unwinder.
    pub system: Vec<f64>,
}

/// Captures a stack with so many frames more than this function's, again and again.
///
/// # Errors
/// If the system has no memory for it.
pub fn measure(walker: &mut Walker, depth: usize, pattern: Pattern) -> Result<Costs> {
    let paths = Paths::shared().context("no memory for the tree of paths")?;
    let mut costs = Costs {
        frames: 0,
        nothing: Vec::new(),
        ours: Vec::new(),
        system: Vec::new(),
    };
    for _ in 0..BATCHES {
        let mut frames = 0;
        costs.nothing.push(batch(depth, pattern.run, &mut || {
            black_box(&frames);
        }));
        costs.ours.push(batch(depth, pattern.run, &mut || {
            black_box(walker.capture(paths));
        }));
        costs.system.push(batch(depth, pattern.run, &mut || {
            frames = 0;
            backtrace::trace(|frame| {
                black_box(frame.ip());
                frames += 1;
                true
            });
        }));
        costs.frames = frames;
    }
    Ok(costs)
}

/// Nanoseconds a capture.
fn batch(depth: usize, run: fn(usize, Capture<'_>), capture: Capture<'_>) -> f64 {
    let start = clock::thread();
    run(depth, capture);
    let taken = clock::thread().saturating_sub(start);
    taken.as_secs_f64() * 1e9 / f64::from(CAPTURES)
}

/// Calls itself `depth` times, then captures.
#[inline(never)]
fn descend(depth: usize, then: Capture<'_>) {
    if depth == 0 {
        then();
    } else {
        descend(black_box(depth - 1), then);
    }
    // Not a tail call.
    black_box(());
}

fn the_same(depth: usize, capture: Capture<'_>) {
    descend(depth, &mut || {
        for _ in 0..CAPTURES {
            capture();
        }
    });
}

fn four_new(depth: usize, capture: Capture<'_>) {
    descend(depth.saturating_sub(3), &mut || {
        for _ in 0..CAPTURES / 2 {
            descend(3, capture);
            descend(3, capture);
        }
    });
}

fn all_new(depth: usize, capture: Capture<'_>) {
    for _ in 0..CAPTURES / 2 {
        descend(depth, capture);
        descend(depth, capture);
    }
}
