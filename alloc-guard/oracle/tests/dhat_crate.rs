//! alloc-guard's counts equal those of the crate `dhat`, and cover every kind of call.

use std::path::Path;

use alloc_guard_oracle::{Counts, OPERATIONS, Operation, Totals, describe, run_all};

fn ours() -> Vec<(&'static Operation, Counts)> {
    run_all(Path::new(env!("CARGO_BIN_EXE_with_guard"))).unwrap()
}

#[test]
fn counts_equal_those_of_the_crate_dhat() {
    let theirs: Vec<(_, Totals)> = run_all(Path::new(env!("CARGO_BIN_EXE_with_dhat"))).unwrap();
    let mismatches: Vec<_> = ours()
        .iter()
        .zip(&theirs)
        .flat_map(|((operation, ours), (_, theirs))| {
            assert!(theirs.peak_bytes.is_some());
            ours.compare_totals(operation, theirs)
        })
        .collect();
    assert!(mismatches.is_empty(), "{}", describe(&mismatches));
}

/// Equality of nothing with nothing would prove nothing.
#[test]
fn the_operations_make_every_kind_of_call() {
    let ours = ours();
    let operations =
        |does: fn(&Counts) -> bool| ours.iter().filter(|(_, counts)| does(counts)).count();
    let covered = [
        ("operations", OPERATIONS.len(), 24),
        ("alloc", operations(|counts| counts.allocs > 0), 40),
        ("zeroed", operations(|counts| counts.zeroed > 0), 4),
        ("grow", operations(|counts| counts.grows > 0), 15),
        ("shrink", operations(|counts| counts.shrinks > 0), 8),
        ("dealloc", operations(|counts| counts.deallocs > 0), 40),
        (
            "retained",
            operations(|counts| counts.retained_bytes > 0),
            4,
        ),
        (
            "alloc-free",
            operations(|counts| counts.allocations() == 0),
            3,
        ),
        (
            "a peak above what is retained",
            operations(Counts::has_crest),
            40,
        ),
    ];
    let too_few: Vec<_> = covered
        .iter()
        .filter(|(_, have, want)| have < want)
        .collect();
    assert!(too_few.is_empty(), "(what, have, want): {too_few:?}");
}
