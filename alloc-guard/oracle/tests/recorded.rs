//! What a process records of itself equals what valgrind's DHAT says of the same program.

mod valgrind;

use std::{collections::HashMap, fs, path::Path, process::Command};

use alloc_guard_oracle::{Mark, OPERATIONS, ROUNDS, Totals, run_under_valgrind};
use alloc_guard_profile::{Allocation, open};

const PROGRAM: &str = env!("CARGO_BIN_EXE_recorded");

/// What a run recorded: of each operation between its marks, and of the whole process.
struct Recorded {
    operations: Vec<Totals>,
    whole: Totals,
}

fn record(directory: &Path, rounds: u32) -> Recorded {
    let folder = directory.join(rounds.to_string());
    let status = Command::new(PROGRAM)
        .arg(rounds.to_string())
        .env("ALLOC_GUARD_PROFILE", &folder)
        .status()
        .unwrap();
    assert!(status.success());
    let file = fs::read_dir(&folder).unwrap().next().unwrap().unwrap();
    let profile = open(&file.path()).unwrap();
    assert_eq!(profile.warnings, []);
    let allocations = profile.allocations().unwrap();

    let marks: HashMap<u64, Mark> = (0..OPERATIONS.len())
        .flat_map(|index| [Mark::Start(index), Mark::End(index)])
        .map(|mark| (mark.bytes(), mark))
        .collect();
    let mut recorded = Recorded {
        operations: vec![Totals::default(); OPERATIONS.len()],
        whole: Totals::default(),
    };
    // What comes before an operation's first mark was made for it: a round may free it.
    let mut current = None;
    let mut made_for_the_next = Totals::default();
    for (_, allocation) in allocations.iter() {
        add(&mut recorded.whole, &allocation);
        match marks.get(&allocation.size) {
            Some(Mark::Start(index)) => {
                let totals = &mut recorded.operations[*index];
                totals.live_blocks += made_for_the_next.live_blocks;
                totals.live_bytes += made_for_the_next.live_bytes;
                made_for_the_next = Totals::default();
                current = Some(*index);
            }
            Some(Mark::End(index)) => {
                assert_eq!(current, Some(*index));
                current = None;
            }
            None => match current {
                Some(index) => add(&mut recorded.operations[index], &allocation),
                None => add(&mut made_for_the_next, &allocation),
            },
        }
    }
    recorded
}

/// Counts one allocation, a resize too, as DHAT does.
fn add(totals: &mut Totals, allocation: &Allocation) {
    totals.total_blocks += 1;
    totals.total_bytes += allocation.size;
    if allocation.end_ns.is_none() {
        totals.live_blocks += 1;
        totals.live_bytes += i64::try_from(allocation.size).unwrap();
    }
}

#[test]
fn what_is_recorded_equals_what_valgrinds_dhat_says() {
    if !valgrind::valgrind_is_here() {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (once, _) = run_under_valgrind(Path::new(PROGRAM), directory.path(), ROUNDS).unwrap();
    let (twice, _) = run_under_valgrind(Path::new(PROGRAM), directory.path(), 2 * ROUNDS).unwrap();
    let our_once = record(directory.path(), ROUNDS);
    let our_twice = record(directory.path(), 2 * ROUNDS);

    let mut sum = Totals::default();
    for (index, operation) in OPERATIONS.iter().enumerate() {
        let theirs = twice.of(operation);
        let theirs = theirs.per_round(&once.of(operation), ROUNDS).unwrap();
        let ours = our_twice.operations[index]
            .per_round(&our_once.operations[index], ROUNDS)
            .unwrap();
        assert_eq!(ours, theirs, "{}", operation.name);
        sum.total_blocks += ours.total_blocks;
        sum.total_bytes += ours.total_bytes;
        sum.live_blocks += ours.live_blocks;
        sum.live_bytes += ours.live_bytes;
    }
    assert!(sum.total_blocks > 1_000, "{sum:?}");

    // The whole is that and the marks.
    let whole = our_twice.whole.per_round(&our_once.whole, ROUNDS).unwrap();
    let marks = (0..OPERATIONS.len()).flat_map(|index| [Mark::Start(index), Mark::End(index)]);
    sum.total_blocks += 2 * OPERATIONS.len() as u64;
    sum.total_bytes += marks.map(Mark::bytes).sum::<u64>();
    assert_eq!(whole, sum);
}
