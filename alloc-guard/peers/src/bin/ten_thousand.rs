//! `cargo run --release -p alloc-guard-peers --bin ten_thousand`: what 10,000 guarded tests cost
//! beside 10,000 plain ones, to compile and to run.

use alloc_guard_peers::{
    cargo::Taken,
    many::{self, Rounds, Variant},
    table::{self, figure, least, median},
};
use anyhow::Result;

fn main() -> Result<()> {
    let rounds = Rounds {
        compilations: 3,
        runs: 9,
    };
    print(&many::measure(10_000, rounds)?);
    Ok(())
}

fn print(variants: &[Variant]) {
    let Some(plain) = variants.first() else {
        return;
    };
    let ratios = |here: &[f64], plain: &[f64]| {
        let ratios: Vec<f64> = here.iter().zip(plain).map(|(a, b)| a / b).collect();
        format!("{:.2}", median(&ratios))
    };
    let milliseconds = |variant: &Variant, time: fn(&Taken) -> f64| -> Vec<f64> {
        variant
            .ran
            .iter()
            .map(|taken| time(taken) * 1_000.0)
            .collect()
    };
    let wall = |variant: &Variant| milliseconds(variant, |taken| taken.wall.as_secs_f64());
    let cpu = |variant: &Variant| milliseconds(variant, |taken| taken.cpu.as_secs_f64());
    let rows: Vec<Vec<String>> = variants
        .iter()
        .map(|variant| {
            let (walls, cpus) = (wall(variant), cpu(variant));
            vec![
                variant.name.to_owned(),
                figure(least(&variant.compiled)),
                figure(median(&variant.compiled)),
                ratios(&variant.compiled, &plain.compiled),
                figure(least(&walls)),
                figure(median(&walls)),
                ratios(&walls, &wall(plain)),
                figure(least(&cpus)),
                figure(median(&cpus)),
                ratios(&cpus, &cpu(plain)),
            ]
        })
        .collect();
    table::print(
        &[
            "10,000 empty tests",
            "compile, CPU s, least",
            "median",
            "ratio",
            "run, wall ms, least",
            "median",
            "ratio",
            "run, CPU ms, least",
            "median",
            "ratio",
        ],
        &rows,
    );
}
