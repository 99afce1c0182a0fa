//! Owns the programs' runs under valgrind, and what they say against our counts.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, ensure};

use crate::{
    compare::Mismatch,
    counts::{Counts, Totals},
    dhat_profile::{Attributed, DhatProfile},
    operations::{OPERATIONS, Operation},
    trace::Mark,
};

/// How often the shorter run makes each operation, after a first time; the longer run, twice as often.
pub const ROUNDS: u32 = 4;

/// Whether valgrind is on `PATH`.
#[must_use]
pub fn valgrind_is_here() -> bool {
    Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs a program that makes each operation so often. Returns DHAT's profile, and the list of calls.
///
/// # Errors
/// If it fails, or valgrind writes what we cannot read.
pub fn run_under_valgrind(
    program: &Path,
    directory: &Path,
    rounds: u32,
) -> anyhow::Result<(Attributed, String)> {
    let profile = directory.join("profile.json");
    let trace = directory.join("trace.txt");
    let output = Command::new("valgrind")
        .args(["--tool=dhat", "--num-callers=500", "--trace-malloc=yes"])
        .arg(format!("--dhat-out-file={}", profile.display()))
        .arg(format!("--log-file={}", trace.display()))
        .arg(program)
        .arg(rounds.to_string())
        .output()
        .context("failed to start valgrind")?;
    let trace = fs::read_to_string(trace)?;
    ensure!(output.status.success(), "{output:?}\n{trace}");
    let profile = DhatProfile::read(&fs::read(profile)?)?;
    Ok((profile.attribute()?, trace))
}

/// Where `ours` differs from the totals of valgrind's DHAT over the program `bare`: a round's part of what
/// a run has more than one that is half as long.
///
/// # Errors
/// If valgrind cannot be run, the rounds differ, or a block belongs to no operation.
pub fn mismatched_totals(
    bare: &Path,
    directory: &Path,
    ours: &[(&'static Operation, Counts)],
) -> anyhow::Result<Vec<Mismatch>> {
    let (once, _) = run_under_valgrind(bare, directory, ROUNDS)?;
    let (twice, _) = run_under_valgrind(bare, directory, 2 * ROUNDS)?;

    // A block whose stack does not show its operation would be here.
    let rest = twice
        .rest()
        .per_round(&once.rest(), ROUNDS)
        .context("outside of the operations")?;
    let marks = (0..OPERATIONS.len()).flat_map(|index| [Mark::Start(index), Mark::End(index)]);
    let only_marks = Totals {
        total_blocks: 2 * OPERATIONS.len() as u64,
        total_bytes: marks.map(Mark::bytes).sum(),
        ..Totals::default()
    };
    ensure!(
        rest == only_marks,
        "blocks of no operation: {rest}, of which the marks are {only_marks}"
    );

    let mut mismatches = Vec::new();
    for (operation, ours) in ours {
        let theirs = twice
            .of(operation)
            .per_round(&once.of(operation), ROUNDS)
            .context(operation.name)?;
        mismatches.extend(ours.compare_totals(operation, &theirs));
    }
    Ok(mismatches)
}
