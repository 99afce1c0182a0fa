//! Owns the run: every child in turn, round after round, and a table for each workload.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail};

use crate::{
    table::{self, figure, least, median},
    workloads::Workload,
};

/// One row of the tables: an allocator in a mode.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The allocator's crate.
    pub allocator: &'static str,
    /// The binary it is in.
    pub binary: &'static str,
    /// The mode, as the child knows it.
    pub mode: &'static str,
    /// What the mode does.
    pub kind: Kind,
    /// The variable that has the process record itself into a folder, if that is the mode.
    pub folder: Option<&'static str>,
}

/// What a mode does, and so which workloads say something of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is nothing to enter.
    Standing,
    /// Entered and left.
    Scope,
    /// Entered and left, and takes each call's stack: a thousand times the work of the others.
    Stacks,
}

/// What to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How often each child is timed.
    pub rounds: usize,
}

struct Measured {
    row: Row,
    /// Nanoseconds an operation, one for each round.
    samples: Vec<f64>,
    instructions: Option<f64>,
}

/// Runs everything. The first of `rows` is what the others are compared with; it is run a second
/// time in each round, and how far the two lie apart is the noise.
///
/// # Errors
/// If a child cannot be run or fails.
pub fn run(rows: &[Row], plan: Plan) -> Result<()> {
    let valgrind = has_valgrind();
    if !valgrind {
        println!("valgrind was not found: instructions were not counted.\n");
    }
    for workload in Workload::ALL {
        let rows = rows.iter().filter(|row| row.says_something_of(workload));
        let mut all: Vec<Measured> = rows
            .map(|row| Measured {
                row: *row,
                samples: Vec::new(),
                instructions: None,
            })
            .collect();
        if let Some(first) = all.first() {
            let again = Row {
                allocator: "bare, again",
                ..first.row
            };
            all.push(Measured {
                row: again,
                samples: Vec::new(),
                instructions: None,
            });
        }
        for round in 1..=plan.rounds {
            for measured in &mut all {
                progress(&format!(
                    "{}: round {round} of {}: {} {}",
                    workload.name(),
                    plan.rounds,
                    measured.row.allocator,
                    measured.row.mode
                ));
                measured.samples.push(time(&measured.row, workload)?);
            }
        }
        if valgrind && let Some(operations) = workload.counted_operations() {
            for measured in &mut all {
                if measured.row.kind == Kind::Stacks && workload == Workload::Json {
                    continue;
                }
                progress(&format!(
                    "{}: callgrind: {} {}",
                    workload.name(),
                    measured.row.allocator,
                    measured.row.mode
                ));
                measured.instructions = Some(count(&measured.row, workload, operations)?);
            }
        }
        progress("");
        print(workload, &all);
    }
    Ok(())
}

impl Row {
    fn says_something_of(&self, workload: Workload) -> bool {
        workload != Workload::Scope || self.kind != Kind::Standing || self.allocator == "bare"
    }
}

fn print(workload: Workload, all: &[Measured]) {
    let Some(bare) = all.first() else {
        return;
    };
    println!("### {}\n", workload.title());
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|measured| {
            let ratios: Vec<f64> = measured
                .samples
                .iter()
                .zip(&bare.samples)
                .map(|(sample, bare)| sample / bare)
                .collect();
            let added = measured.instructions.zip(bare.instructions).map_or_else(
                || "–".to_owned(),
                |(here, bare)| figure((here - bare).round()),
            );
            let name = format!("{}: {}", measured.row.allocator, measured.row.mode);
            let times = [least(&measured.samples), median(&measured.samples)].map(figure);
            let mut cells = vec![name, added];
            cells.extend(times);
            if workload != Workload::Scope {
                cells.extend([least(&ratios), median(&ratios)].map(figure));
            }
            cells
        })
        .collect();
    let heading = [
        "allocator: mode",
        "instructions added",
        "ns, least",
        "ns, median",
        "ratio, least",
        "ratio, median",
    ];
    let columns = rows.first().map_or(0, Vec::len);
    table::print(&heading[..columns], &rows);
    if let Some(instructions) = bare.instructions {
        println!(
            "\nBare: {} instructions an operation.",
            figure(instructions)
        );
    }
    println!();
}

/// Nanoseconds of CPU time an operation; not a number where two threads never ran at once.
fn time(row: &Row, workload: Workload) -> Result<f64> {
    let mut command = Command::new(row.binary);
    command.args([row.mode, workload.name(), "time"]);
    let output = successful(&mut command, row)?;
    let text = String::from_utf8(output.stdout)?;
    text.trim()
        .parse()
        .with_context(|| format!("failed to read what {} printed: {text:?}", row.binary))
}

/// Instructions an operation: what twice as many operations take more, so that starting the process
/// is not counted.
#[expect(
    clippy::cast_precision_loss,
    reason = "numbers of instructions are far below 2^53"
)]
fn count(row: &Row, workload: Workload, operations: u64) -> Result<f64> {
    let total = |operations: u64| -> Result<u64> {
        let mut command = Command::new("valgrind");
        command
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .args([row.binary, row.mode, workload.name()])
            .arg(operations.to_string());
        let output = successful(&mut command, row)?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let collected = text
            .lines()
            .find_map(|line| line.split_once("Collected : "));
        let (_, collected) = collected.context("failed to find callgrind's sum in its output")?;
        Ok(collected.trim().parse()?)
    };
    let (once, twice) = (total(operations)?, total(operations * 2)?);
    Ok((twice as f64 - once as f64) / operations as f64)
}

fn successful(command: &mut Command, row: &Row) -> Result<std::process::Output> {
    // What is recorded goes with the folder, when the process has ended.
    let folder = tempfile::tempdir().context("failed to make a folder")?;
    if let Some(variable) = row.folder {
        command.env(variable, folder.path());
    }
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("failed to start {command:?}"))?;
    if !output.status.success() {
        let binary = Path::new(row.binary).display();
        let stderr = String::from_utf8_lossy(&output.stderr);
        bail!("{binary} ended with {}:\n{stderr}", output.status);
    }
    Ok(output)
}

fn has_valgrind() -> bool {
    Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Replaces the line on standard error.
fn progress(text: &str) {
    // Nobody misses progress that cannot be shown.
    let _ = write!(std::io::stderr(), "\r\x1b[K{text}");
}
