//! `cargo run --release -p alloc-guard-peers --bin stacks`: what it costs to capture a stack, without
//! the allocation that one captures it for. Without `--release` it shows a `dev` build.

use std::hint::black_box;

use alloc_guard_core::__private::{Paths, Walker};
use alloc_guard_peers::{
    clock,
    table::{self, figure, least, median},
};
use anyhow::{Context as _, Result};

const BATCHES: usize = 31;
const CAPTURES: u32 = 4_000;

/// What is done at each place where a stack is captured.
type Capture<'a> = &'a mut dyn FnMut();

fn main() -> Result<()> {
    let paths = Paths::shared().context("no memory for the tree of paths")?;
    let walker = Walker::reserve().context("no memory for a walk")?;
    let mut rows = Vec::new();
    for depth in [1, 18, 48, 188] {
        for (pattern, run) in [
            ("the same again", the_same as fn(usize, Capture<'_>)),
            ("4 frames of it new", four_new),
            ("all but the outermost new", all_new),
        ] {
            let mut frames = 0;
            let mut nothing = Vec::new();
            let mut ours = Vec::new();
            let mut system = Vec::new();
            for _ in 0..BATCHES {
                nothing.push(batch(depth, run, &mut || {
                    black_box(&frames);
                }));
                ours.push(batch(depth, run, &mut || {
                    black_box(walker.capture(paths));
                }));
                system.push(batch(depth, run, &mut || {
                    frames = 0;
                    backtrace::trace(|frame| {
                        black_box(frame.ip());
                        frames += 1;
                        true
                    });
                }));
            }
            let net = |samples: &[f64]| {
                let figures = [least, median].map(|of| of(samples) - of(&nothing));
                figures.map(figure)
            };
            let [least, median] = net(&ours);
            let [system_least, system_median] = net(&system);
            rows.push(vec![
                frames.to_string(),
                pattern.to_owned(),
                least,
                median,
                system_least,
                system_median,
            ]);
        }
    }
    table::print(
        &[
            "frames",
            "against the last stack",
            "alloc-guard, ns, least",
            "median",
            "`backtrace::trace`, ns, least",
            "median",
        ],
        &rows,
    );
    println!("\n{:?}", walker.counts());
    Ok(())
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
