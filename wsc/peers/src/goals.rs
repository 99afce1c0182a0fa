//! Owns the goals, and whether they are met.

use crate::{
    modules::{EIGHT_MEGABYTES, ONE_MEGABYTE},
    run::Figures,
    table::{self, figure, median},
    ways::Way,
};

/// What the borrowed form may take at 8 MB, in times of the hash alone.
const AT_EIGHT_MEGABYTES: f64 = 1.05;
/// The same at 1 MB.
const AT_ONE_MEGABYTE: f64 = 1.10;
/// How many times as fast as wasmsign2 the borrowed form must be.
const AGAINST_THE_PEER: f64 = 4.5;

/// Prints the goals, each with its figure: against the hash, the median ratio of the rounds.
pub fn print(all: &[Figures]) {
    let rows = [
        at_most(all, EIGHT_MEGABYTES, AT_EIGHT_MEGABYTES),
        at_most(all, ONE_MEGABYTE, AT_ONE_MEGABYTE),
        against_the_peer(all),
        allocations(all, Way::Borrowed, "borrowed"),
        allocations(all, Way::Reader, "reader"),
    ];
    println!("### Goals\n");
    table::print(&["what", "goal", "figure", ""], &rows.map(Vec::from));
}

fn at_most(all: &[Figures], module: &str, goal: f64) -> [String; 4] {
    let ratio = of_module(all, module).map_or(f64::NAN, |figures| {
        median(&figures.ratios(Way::Borrowed, Way::Hash))
    });
    [
        format!("borrowed, {module}: time of raw SHA-256"),
        format!("≤ {goal:.2}×"),
        times(ratio),
        verdict(ratio.is_nan(), ratio <= goal),
    ]
}

fn against_the_peer(all: &[Figures]) -> [String; 4] {
    let ratio = of_module(all, EIGHT_MEGABYTES).map_or(f64::NAN, |figures| {
        figures.times_as_fast_as_the_peer(Way::Borrowed)
    });
    [
        format!("borrowed, {EIGHT_MEGABYTES}: times as fast as wasmsign2"),
        format!("≥ {AGAINST_THE_PEER:.1}×"),
        times(ratio),
        verdict(ratio.is_nan(), ratio >= AGAINST_THE_PEER),
    ]
}

fn allocations(all: &[Figures], way: Way, name: &str) -> [String; 4] {
    let most = all
        .iter()
        .map(|figures| figures.allocations(way).allocations())
        .max();
    [
        format!("{name}, all modules: allocations"),
        "0".to_owned(),
        most.map_or_else(|| "–".to_owned(), |most| most.to_string()),
        verdict(most.is_none(), most == Some(0)),
    ]
}

fn of_module<'f>(all: &'f [Figures], module: &str) -> Option<&'f Figures> {
    all.iter().find(|figures| figures.module == module)
}

/// A dash where there is no ratio.
fn times(ratio: f64) -> String {
    let sign = if ratio.is_nan() { "" } else { "×" };
    figure(ratio) + sign
}

fn verdict(is_missing: bool, is_met: bool) -> String {
    let verdict = match (is_missing, is_met) {
        (true, _) => "not measured",
        (_, true) => "met",
        (_, false) => "missed",
    };
    verdict.to_owned()
}
