//! alloc-guard's counts equal those of valgrind: DHAT's totals, and the kinds of call in the trace.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use alloc_guard_oracle::{
    Attributed, Counts, DhatProfile, Mark, OPERATIONS, Operation, Totals, describe, rounds, run_all,
};

/// How often the shorter run makes each operation, after a first time; the longer run, twice as often.
const ROUNDS: u32 = 4;

/// Set where valgrind has to be there, so that the proof cannot get lost unseen.
const REQUIRE: &str = "ALLOC_GUARD_REQUIRE_VALGRIND";

/// What one run under valgrind told.
struct Run {
    profile: Attributed,
    trace: String,
}

fn valgrind_is_here() -> bool {
    let here = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !here {
        assert!(
            std::env::var_os(REQUIRE).is_none_or(|value| value != "1"),
            "{REQUIRE}=1, but valgrind is not on PATH"
        );
        // Past the capture of libtest, which would hide it in a test that passes.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"\nNOT CHECKED AGAINST VALGRIND: it is not on PATH; the counts were compared with the crate dhat only\n\n",
        );
    }
    here
}

fn run(directory: &Path, rounds: u32) -> Run {
    let profile = directory.join("profile.json");
    let trace = directory.join("trace.txt");
    let output = Command::new("valgrind")
        .args(["--tool=dhat", "--num-callers=500", "--trace-malloc=yes"])
        .arg(format!("--dhat-out-file={}", profile.display()))
        .arg(format!("--log-file={}", trace.display()))
        .arg(env!("CARGO_BIN_EXE_bare"))
        .arg(rounds.to_string())
        .output()
        .unwrap();
    let trace = fs::read_to_string(trace).unwrap();
    assert!(output.status.success(), "{output:?}\n{trace}");
    Run {
        profile: DhatProfile::read(&fs::read(profile).unwrap())
            .unwrap()
            .attribute()
            .unwrap(),
        trace,
    }
}

fn ours() -> Vec<(&'static Operation, Counts)> {
    run_all(Path::new(env!("CARGO_BIN_EXE_with_guard"))).unwrap()
}

#[test]
fn totals_equal_those_of_valgrinds_dhat() {
    if !valgrind_is_here() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let once = run(directory.path(), ROUNDS);
    let twice = run(directory.path(), 2 * ROUNDS);
    let per_round = |twice: Totals, once: Totals, whose: &str| {
        twice
            .per_round(&once, ROUNDS)
            .unwrap_or_else(|error| panic!("{whose}: {error}"))
    };

    // A block whose stack does not show its operation would be here.
    let rest = per_round(twice.profile.rest(), once.profile.rest(), "the rest");
    let marks = (0..OPERATIONS.len()).flat_map(|index| [Mark::Start(index), Mark::End(index)]);
    let only_marks = Totals {
        total_blocks: 2 * OPERATIONS.len() as u64,
        total_bytes: marks.map(Mark::bytes).sum(),
        ..Totals::default()
    };
    assert_eq!(rest, only_marks);

    let mismatches: Vec<_> = ours()
        .iter()
        .flat_map(|(operation, ours)| {
            let theirs = per_round(
                twice.profile.of(operation),
                once.profile.of(operation),
                operation.name,
            );
            ours.compare_totals(operation, &theirs)
        })
        .collect();
    assert!(mismatches.is_empty(), "{}", describe(&mismatches));
}

#[test]
fn each_kind_of_call_equals_valgrinds_trace_in_every_round() {
    if !valgrind_is_here() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let theirs = rounds(&run(directory.path(), ROUNDS).trace).unwrap();
    assert_eq!(theirs.len(), OPERATIONS.len() * ROUNDS as usize);

    let mut mismatches = Vec::new();
    for ((operation, ours), rounds) in ours().iter().zip(theirs.chunks(ROUNDS as usize)) {
        for (theirs_of, theirs) in rounds {
            assert_eq!(theirs_of.name, operation.name);
            for mismatch in ours.compare_calls(operation, theirs) {
                // All rounds may say the same.
                if !mismatches.contains(&mismatch) {
                    mismatches.push(mismatch);
                }
            }
        }
    }
    assert!(mismatches.is_empty(), "{}", describe(&mismatches));
}
