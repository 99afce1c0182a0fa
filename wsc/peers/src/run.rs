//! Owns the run: every way in turn, round after round, and a table for each module.

use std::{
    io::{IsTerminal as _, Write as _},
    path::Path,
    time::Duration,
};

use alloc_guard::Measurement;
use anyhow::{Result, ensure};

use crate::{
    clock, goals,
    modules::{MODULES, Source},
    table::{self, figure, least, median},
    ways::{Subject, Way},
};

/// How long the operations of one sample take together, at least: the clock is read twice.
const SAMPLE: Duration = Duration::from_millis(4);

/// What was measured of a module.
pub struct Figures {
    /// The module's name.
    pub module: &'static str,
    /// The length of the signed file.
    pub bytes: usize,
    ways: [Measured; Way::ALL.len()],
}

#[derive(Default)]
struct Measured {
    /// How often a sample goes this way.
    operations: u32,
    /// Nanoseconds of CPU time an operation, one for each round.
    samples: Vec<f64>,
    allocations: Measurement,
}

impl Figures {
    /// What one operation asked of the allocator.
    #[must_use]
    pub const fn allocations(&self, way: Way) -> &Measurement {
        &self.ways[way.index()].allocations
    }

    /// How many times the least time of this way fits into the peer's. Not the median of the rounds: whatever else
    /// the processor does slows the peer's code more than the instructions that hash here, and would flatter us.
    #[must_use]
    pub fn times_as_fast_as_the_peer(&self, way: Way) -> f64 {
        let least = |way: Way| least(&self.ways[way.index()].samples);
        least(Way::Peer) / least(way)
    }

    /// For each round, how many times the CPU time of `base` the `way` took.
    #[must_use]
    pub fn ratios(&self, way: Way, base: Way) -> Vec<f64> {
        let base = &self.ways[base.index()].samples;
        let samples = self.ways[way.index()].samples.iter();
        samples.zip(base).map(|(way, base)| way / base).collect()
    }
}

/// Measures every module that can be had, or `only` one, prints a table for each, and then the goals.
///
/// # Errors
/// If there is no such module, or if one cannot be signed.
///
/// # Panics
/// If a signed module is refused.
pub fn run(cache: &Path, rounds: usize, only: Option<&str>) -> Result<()> {
    let is_asked = |source: &&Source| only.is_none_or(|only| only == source.name);
    let names = MODULES.map(|source| source.name);
    ensure!(
        MODULES.iter().any(|source| is_asked(&source)),
        "there is no such module; there are {}",
        names.join(", ")
    );
    println!("SHA instructions: {}.\n", sha_instructions());
    let mut all = Vec::new();
    for source in MODULES.iter().filter(is_asked) {
        match source.load(cache) {
            Ok(module) => {
                let figures = measure(source.name, &module, rounds)?;
                print(&figures);
                all.push(figures);
            }
            Err(error) => println!("{} was not measured: {error:#}\n", source.name),
        }
    }
    goals::print(&all);
    Ok(())
}

fn measure(name: &'static str, module: &[u8], rounds: usize) -> Result<Figures> {
    let mut subject = Subject::new(module)?;
    let mut ways: [Measured; Way::ALL.len()] = std::array::from_fn(|_| Measured::default());
    for way in Way::ALL {
        // The first times warm up, and say how many operations fill a sample.
        let mut operations = 1;
        while time(&mut subject, way, operations) < SAMPLE {
            operations *= 2;
        }
        let ((), allocations) = alloc_guard::measure(|| subject.go(way));
        ways[way.index()] = Measured {
            operations,
            samples: Vec::new(),
            allocations,
        };
    }
    for round in 0..rounds {
        progress(&format!("{name}: round {} of {rounds}", round + 1));
        // Another one goes first each time, so that none always follows the same.
        for turn in 0..Way::ALL.len() {
            let way = Way::ALL[(round + turn) % Way::ALL.len()];
            let measured = &mut ways[way.index()];
            let taken = time(&mut subject, way, measured.operations);
            let nanoseconds = taken.as_secs_f64() * 1e9;
            measured
                .samples
                .push(nanoseconds / f64::from(measured.operations));
        }
    }
    progress("");
    Ok(Figures {
        module: name,
        bytes: subject.file_bytes(),
        ways,
    })
}

fn time(subject: &mut Subject, way: Way, operations: u32) -> Duration {
    let start = clock::thread();
    for _ in 0..operations {
        subject.go(way);
    }
    clock::thread().saturating_sub(start)
}

fn print(figures: &Figures) {
    let bytes = u32::try_from(figures.bytes).map_or(f64::NAN, f64::from);
    println!("### {}, {} bytes\n", figures.module, figure(bytes));
    let rows: Vec<Vec<String>> = Way::ALL
        .iter()
        .map(|way| {
            let measured = &figures.ways[way.index()];
            let times = [least(&measured.samples), median(&measured.samples)];
            let ratios = figures.ratios(*way, Way::Hash);
            let mut cells = vec![way.name().to_owned()];
            cells.extend(times.map(|nanoseconds| figure(nanoseconds / 1e3)));
            // Bytes in a nanosecond are gigabytes in a second.
            cells.push(figure(bytes / times[1] * 1e3));
            cells.extend([least(&ratios), median(&ratios)].map(figure));
            cells.push(figure(figures.times_as_fast_as_the_peer(*way)));
            cells.push(measured.allocations.allocations().to_string());
            cells.push(measured.allocations.bytes.to_string());
            cells
        })
        .collect();
    let heading = [
        "way",
        "µs, least",
        "µs, median",
        "MB/s",
        "ratio, least",
        "ratio, median",
        "times as fast as wasmsign2",
        "allocations",
        "bytes",
    ];
    table::print(&heading, &rows);
    println!();
}

/// Whether the processor has what the goal against wasmsign2 supposes.
fn sha_instructions() -> &'static str {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    return if std::is_x86_feature_detected!("sha") {
        "yes"
    } else {
        "no"
    };
    #[cfg(target_arch = "aarch64")]
    return if std::arch::is_aarch64_feature_detected!("sha2") {
        "yes"
    } else {
        "no"
    };
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
    return "unknown";
}

/// Replaces the line on standard error, where somebody looks.
fn progress(text: &str) {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // Nobody misses progress that cannot be shown.
        let _ = write!(stderr, "\r\x1b[K{text}");
    }
}
