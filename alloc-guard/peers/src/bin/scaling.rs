//! `cargo run --release -p alloc-guard-peers --bin scaling -- [CHART…]`: how costs grow with threads,
//! depth, events and tests, drawn into `docs/pictures`; all four charts, or those that are named.

use std::{env, path::Path, process::Command};

use alloc_guard_core::__private::Walker;
use alloc_guard_peers::{
    captures::{self, PATTERNS},
    cargo,
    many::{self, Rounds},
    plot::{Chart, Line},
    table::{least, median},
};
use anyhow::{Context as _, Result, ensure};

/// How often each figure is taken.
const ROUNDS: usize = 5;

/// Measures, and draws into the file.
type Draw = fn(&Path) -> Result<()>;

const CHARTS: [(&str, Draw); 4] = [
    ("threads", threads),
    ("depth", depth),
    ("events", events),
    ("tests", tests),
];

fn main() -> Result<()> {
    let wanted: Vec<String> = env::args().skip(1).collect();
    for name in &wanted {
        let is_known = CHARTS.iter().any(|(known, _)| known == name);
        ensure!(
            is_known,
            "there is no chart {name:?}: threads, depth, events, tests"
        );
    }
    let folder = cargo::repository().join("docs/pictures");
    for (name, draw) in CHARTS {
        if wanted.is_empty() || wanted.iter().any(|wanted| wanted == name) {
            draw(&folder.join(format!("scaling-{name}.svg")))?;
        }
    }
    Ok(())
}

/// Prints what is drawn, for who wants the numbers.
fn show(lines: &[Line]) {
    for line in lines {
        let points = line.points.iter().map(|(x, y)| format!("{x}: {y:.3}"));
        println!("{}: {}", line.name, points.collect::<Vec<_>>().join(", "));
    }
}

/// A pair of calls on several threads at once.
fn threads(path: &Path) -> Result<()> {
    const OPERATIONS: &str = "300000";
    let here = env::current_exe().context("failed to find this program")?;
    let folder = here.parent().context("this program lies nowhere")?;
    build_children()?;
    let recording = "profiling (`ALLOC_GUARD_PROFILE`)";
    let mut lines = Vec::new();
    for (name, child, mode) in [
        ("no guard", "peer_bare", "idle"),
        ("alloc-guard, idle", "peer_guard", "idle"),
        (
            "alloc-guard, counting",
            "peer_guard",
            "counting (`measure`)",
        ),
        ("alloc-guard, recording", "peer_guard", recording),
        (
            "stats_alloc, counting",
            "peer_stats_alloc",
            "counting (always on)",
        ),
        ("dhat, recording", "peer_dhat", "profiling (`Profiler`)"),
    ] {
        let mut points = Vec::new();
        for threads in [1_u32, 2, 3, 4, 6, 8] {
            eprintln!("{name}: {threads} threads");
            let mut samples = Vec::new();
            for _ in 0..ROUNDS {
                let out = tempfile::tempdir()?;
                let mut command = Command::new(folder.join(child));
                command.args([mode, "pair", OPERATIONS, &threads.to_string()]);
                if mode == recording {
                    command.env("ALLOC_GUARD_PROFILE", out.path());
                }
                let (_, text) = cargo::run(&mut command)?;
                samples.push(text.trim().parse().context("a child printed no number")?);
            }
            // Not the least: the threads of a run may by chance get in each other's way hardly at all.
            points.push((f64::from(threads), median(&samples)));
        }
        lines.push(Line {
            name: name.to_owned(),
            points,
        });
    }
    show(&lines);
    let processors = std::thread::available_parallelism()?.get();
    let processors = f64::from(u32::try_from(processors)?);
    let chart = Chart {
        title: "malloc + free of 64 bytes on several threads (hollow: more threads than processors)",
        across: "threads",
        base: 2.0,
        up: "CPU time of a pair, ns",
        solid_to: processors,
    };
    chart.draw(&lines, path)
}

/// The children are of the same profile as this program.
fn build_children() -> Result<()> {
    let mut command = Command::new("cargo");
    command.args([
        "build",
        "--release",
        "--package",
        "alloc-guard-peers",
        "--bins",
    ]);
    command.current_dir(cargo::repository());
    cargo::run(&mut command).map(drop)
}

/// The capture of a stack.
fn depth(path: &Path) -> Result<()> {
    let walker = Walker::reserve().context("no memory for a walk")?;
    let mut lines = Vec::new();
    for (index, pattern) in PATTERNS.into_iter().enumerate() {
        let mut ours = Vec::new();
        let mut system = Vec::new();
        for depth in [1, 6, 16, 36, 56, 86] {
            eprintln!("a stack, {}: {depth} more frames", pattern.name);
            let costs = captures::measure(walker, depth, pattern)?;
            let frames = f64::from(u32::try_from(costs.frames)?);
            let nothing = least(&costs.nothing);
            ours.push((frames, least(&costs.ours) - nothing));
            system.push((frames, least(&costs.system) - nothing));
        }
        lines.push(Line {
            name: format!("alloc-guard, {}", pattern.name),
            points: ours,
        });
        if index + 1 == PATTERNS.len() {
            lines.push(Line {
                name: "the system's unwinder".to_owned(),
                points: system,
            });
        }
    }
    show(&lines);
    let chart = Chart {
        title: "The capture of a stack",
        across: "frames",
        base: 2.0,
        up: "CPU time, ns",
        solid_to: f64::INFINITY,
    };
    chart.draw(&lines, path)
}

/// From a recorded file to the page.
fn events(path: &Path) -> Result<()> {
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for events in [1_000_u32, 10_000, 100_000, 1_000_000, 10_000_000] {
        eprintln!("{events} events to a page");
        let mut command = Command::new("cargo");
        command
            .args([
                "bench",
                "--quiet",
                "--package",
                "alloc-guard-profile",
                "--bench",
                "report",
            ])
            .args(["--", "--events", &events.to_string()])
            .current_dir(cargo::repository());
        let (_, text) = cargo::run(&mut command)?;
        // `page  1365 ms  76 MiB`
        let page = text.lines().find(|line| line.starts_with("page "));
        let mut numbers = page
            .context("the benchmark of reports printed no page")?
            .split_whitespace()
            .filter_map(|word| word.parse::<f64>().ok());
        let (time, peak) = (numbers.next(), numbers.next());
        // Less than a millisecond is printed as none.
        times.push((f64::from(events), time.context("no time")?.max(1.0)));
        memory.push((f64::from(events), peak.context("no memory")?));
    }
    let lines = [("time, ms", times), ("peak memory, MiB", memory)].map(|(name, points)| Line {
        name: name.to_owned(),
        points,
    });
    show(&lines);
    let chart = Chart {
        title: "A recorded file to a page",
        across: "events",
        base: 10.0,
        up: "ms, MiB",
        solid_to: f64::INFINITY,
    };
    chart.draw(&lines, path)
}

/// Runs of as many tests.
fn tests(path: &Path) -> Result<()> {
    let mut lines: Vec<Line> = Vec::new();
    for number in [10, 100, 1_000, 10_000] {
        let rounds = Rounds {
            compilations: 0,
            runs: 2 * ROUNDS + 1,
        };
        let variants = many::measure(number, rounds)?;
        ensure!(!variants.is_empty(), "nothing was measured");
        for (index, variant) in variants.iter().enumerate() {
            let cpu: Vec<f64> = variant
                .ran
                .iter()
                .map(|ran| ran.cpu.as_secs_f64())
                .collect();
            let point = (f64::from(u32::try_from(number)?), median(&cpu) * 1_000.0);
            match lines.get_mut(index) {
                Some(line) => line.points.push(point),
                None => lines.push(Line {
                    name: variant.name.replace('`', ""),
                    points: vec![point],
                }),
            }
        }
    }
    show(&lines);
    let chart = Chart {
        title: "A run of empty tests",
        across: "tests",
        base: 10.0,
        up: "CPU time, ms",
        solid_to: f64::INFINITY,
    };
    chart.draw(&lines, path)
}
