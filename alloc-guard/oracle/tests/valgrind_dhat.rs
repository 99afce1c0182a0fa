//! alloc-guard's counts equal those of valgrind: DHAT's totals, and the kinds of call in the trace.

mod valgrind;

use std::path::Path;

use alloc_guard_oracle::{
    Attributed, Counts, Mark, OPERATIONS, Operation, Totals, describe, rounds, run_all,
};

use crate::valgrind::valgrind_is_here;

/// How often the shorter run makes each operation, after a first time; the longer run, twice as often.
const ROUNDS: u32 = 4;

fn run(directory: &Path, rounds: u32) -> (Attributed, String) {
    valgrind::run(env!("CARGO_BIN_EXE_bare"), directory, rounds)
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
    let (once, _) = run(directory.path(), ROUNDS);
    let (twice, _) = run(directory.path(), 2 * ROUNDS);
    let per_round = |twice: Totals, once: Totals, whose: &str| {
        twice
            .per_round(&once, ROUNDS)
            .unwrap_or_else(|error| panic!("{whose}: {error}"))
    };

    // A block whose stack does not show its operation would be here.
    let rest = per_round(twice.rest(), once.rest(), "the rest");
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
            let theirs = per_round(twice.of(operation), once.of(operation), operation.name);
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
    let theirs = rounds(&run(directory.path(), ROUNDS).1).unwrap();
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
