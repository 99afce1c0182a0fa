//! alloc-guard's counts equal those of valgrind: DHAT's totals, and the kinds of call in the trace.

mod valgrind;

use std::path::Path;

use alloc_guard_oracle::{
    Counts, OPERATIONS, Operation, ROUNDS, describe, mismatched_totals, rounds, run_all,
    run_under_valgrind,
};

use crate::valgrind::valgrind_is_here;

const BARE: &str = env!("CARGO_BIN_EXE_bare");

fn ours() -> Vec<(&'static Operation, Counts)> {
    run_all(Path::new(env!("CARGO_BIN_EXE_with_guard"))).unwrap()
}

#[test]
fn totals_equal_those_of_valgrinds_dhat() {
    if !valgrind_is_here() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let mismatches = mismatched_totals(Path::new(BARE), directory.path(), &ours()).unwrap();
    assert!(mismatches.is_empty(), "{}", describe(&mismatches));
}

#[test]
fn each_kind_of_call_equals_valgrinds_trace_in_every_round() {
    if !valgrind_is_here() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (_, trace) = run_under_valgrind(Path::new(BARE), directory.path(), ROUNDS).unwrap();
    let theirs = rounds(&trace).unwrap();
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
