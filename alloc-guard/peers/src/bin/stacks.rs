//! `cargo run --release -p alloc-guard-peers --bin stacks`: what it costs to capture a stack, without
//! the allocation that one captures it for. Without `--release` it shows a `dev` build.

use alloc_guard_core::__private::Walker;
use alloc_guard_peers::{
    captures::{self, PATTERNS},
    table::{self, figure, least, median},
};
use anyhow::{Context as _, Result};

fn main() -> Result<()> {
    let walker = Walker::reserve().context("no memory for a walk")?;
    let mut rows = Vec::new();
    for depth in [1, 18, 48, 188] {
        for pattern in PATTERNS {
            let costs = captures::measure(walker, depth, pattern)?;
            let mut row = vec![costs.frames.to_string(), pattern.name.to_owned()];
            for samples in [&costs.ours, &costs.system] {
                row.extend([least, median].map(|of| figure(of(samples) - of(&costs.nothing))));
            }
            rows.push(row);
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
