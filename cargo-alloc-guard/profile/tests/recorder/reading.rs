//! What is read from the recorder's files is what the program did.

use std::collections::HashMap;

use crate::{
    agprof::{Events, File, Payload},
    program::{self, Counted, caller},
};
use alloc_guard_profile::{
    Amount, BuildProfile, ErrorKind, Origin, Phase, Profile, StackId, Warning, open, read,
};

pub(crate) fn pair(amount: Amount) -> (u64, u64) {
    (amount.count, amount.bytes)
}

/// The depth and the number of each stack's path: the address of each frame is that of one path.
fn path_of(profile: &Profile, stack: StackId) -> u64 {
    let mut walk = profile.stacks.walk(stack);
    let Some(innermost) = walk.next() else {
        return 0;
    };
    let path = |frame| (profile.stacks.get(frame).address + 1 - 0x5000) / 16;
    let innermost = path(innermost);
    let mut expected = caller(innermost);
    for frame in walk {
        assert_eq!(path(frame), expected);
        expected = caller(expected);
    }
    assert_eq!(expected, 0);
    innermost
}

/// What was read, in the form in which the program counted.
fn counted(profile: &Profile) -> Counted {
    let totals = profile.totals();
    let by_thread = profile
        .threads
        .iter()
        .zip(profile.thread_sums())
        .map(|(thread, sums)| (thread.id, pair(sums.allocations)));
    let by_context = profile.context_sums().into_iter().map(|(context, sums)| {
        let operation = context.operation.map_or(0, |operation| {
            let name = &profile.operations[operation.0 as usize];
            name.trim_start_matches("hot::operation_").parse().unwrap()
        });
        let phase = match context.phase {
            Phase::Outside => 0,
            Phase::Init => 1,
            Phase::Locked => 2,
            Phase::After => 3,
            Phase::WarmUp => 4,
        };
        ((operation, phase), pair(sums.allocations))
    });
    let by_stack = profile
        .stacks
        .ids()
        .zip(profile.stack_sums())
        .map(|(stack, sums)| (path_of(profile, stack), pair(sums.allocations)));
    Counted {
        allocations: pair(totals.allocations),
        zeroed: totals.zeroed.unwrap(),
        grows: totals.grows.unwrap(),
        shrinks: totals.shrinks.unwrap(),
        deallocations: totals.deallocations.unwrap(),
        peak: pair(totals.peak),
        peak_ns: totals.peak_ns.unwrap(),
        leaked: pair(totals.leaked),
        temporary: pair(totals.temporary.unwrap()),
        by_thread: non_zero(by_thread),
        by_context: non_zero(by_context),
        by_stack: non_zero(by_stack),
    }
}

fn non_zero<K: std::hash::Hash + Eq>(
    sums: impl Iterator<Item = (K, (u64, u64))>,
) -> HashMap<K, (u64, u64)> {
    sums.filter(|(_, sum)| *sum != (0, 0)).collect()
}

#[test]
fn what_is_read_is_what_the_program_did() {
    for seed in 0..60 {
        let threads = 1 + seed % 7;
        let (file, expected) = program::run(seed, threads, 3_000);
        let profile = read(&file[..]).unwrap();
        assert_eq!(profile.warnings, [], "seed {seed}");
        assert_eq!(counted(&profile), expected, "seed {seed}");
    }
}

#[test]
fn a_profile_says_what_it_is_of() {
    let (file, _) = program::run(1, 1, 100);
    let profile = read(&file[..]).unwrap();
    assert_eq!(profile.origin, Origin::Recorder);
    assert_eq!(
        profile.program,
        "/home/u/app/target/debug/deps/hot-0123456789abcdef"
    );
    assert_eq!(profile.process_id, 4242);
    assert_eq!(profile.target, "x86_64-unknown-linux-gnu");
    assert_eq!(profile.build_profile, Some(BuildProfile::Debug));
    assert_eq!(profile.started.unwrap().as_secs(), 1_700_000_000);
    assert_eq!(profile.threads[0].name, "main");
}

#[test]
fn a_build_profile_is_debug_or_release_or_not_known() {
    for (written, expected) in [
        ("debug", Some(BuildProfile::Debug)),
        ("release", Some(BuildProfile::Release)),
        ("bench", None),
        ("", None),
    ] {
        let mut file = File::new();
        file.process_of(written, 100, 0);
        assert_eq!(read(&file.0[..]).unwrap().build_profile, expected);
    }
}

#[test]
fn a_block_is_as_long_as_the_format_allows_and_no_longer() {
    let mut file = File(recorded(0, |events| {
        events.allocation(110, 0x10, 8, 0, false);
    }));
    // Of a kind to pass over.
    file.block(99, &Payload(vec![0; 1 << 24]));
    let whole = file.0.len() as u64;
    let profile = read(&file.0[..]).unwrap();
    assert_eq!(pair(profile.totals().allocations), (1, 8));
    assert_eq!(profile.warnings, [Warning::Truncated { offset: whole }]);
    file.0.push(99);
    file.0.extend(((1_u32 << 24) + 1).to_le_bytes());
    let error = read(&file.0[..]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Damaged);
    assert_eq!(error.offset(), Some(whole));
}

#[test]
fn a_file_that_is_cut_off_anywhere_gives_what_is_there() {
    let (whole, expected) = program::run(3, 3, 150);
    let mut most = 0;
    for length in 0..whole.len() {
        match read(&whole[..length]) {
            Ok(profile) => {
                let cut_off = |warning: &Warning| matches!(warning, Warning::Truncated { .. });
                assert!(profile.warnings.iter().any(cut_off), "{length}");
                let count = profile.totals().allocations.count;
                assert!(count >= most, "{length}");
                most = count;
            }
            // Only what ends before it says whose it is.
            Err(error) => assert!(length < 200 && most == 0, "{length}: {error}"),
        }
    }
    assert_eq!(most, expected.allocations.0);
}

#[test]
fn a_damaged_byte_is_no_panic_and_the_same_every_time() {
    let (whole, _) = program::run(5, 2, 60);
    for at in 0..whole.len() {
        for bit in [1, 0x80] {
            let mut damaged = whole.clone();
            damaged[at] ^= bit;
            let totals = || read(&damaged[..]).map(|profile| profile.totals());
            match (totals(), totals()) {
                (Ok(first), Ok(second)) => assert_eq!(first, second),
                (Err(first), Err(second)) => assert_eq!(first.to_string(), second.to_string()),
                _ => panic!("byte {at}"),
            }
        }
    }
}

/// A file of one process in which one thread does this.
fn recorded(sampling: u64, events: impl FnOnce(&mut Events)) -> Vec<u8> {
    let mut file = File::new();
    file.process(100, sampling);
    let mut block = Events::new(100, 0, 1, 0, 0);
    events(&mut block);
    file.block(6, &block.payload);
    file.0
}

#[test]
fn a_version_that_is_not_known_is_an_error_that_says_so() {
    let mut file = recorded(0, |_| {});
    file[8] = 3;
    let error = read(&file[..]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Version);
    assert!(error.to_string().contains("version 3"), "{error}");
}

#[test]
fn an_event_that_is_not_known_is_an_error_with_its_place() {
    let file = recorded(0, |events| events.payload.0.push(10));
    let error = read(&file[..]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Damaged);
    assert_eq!(error.offset(), Some(file.len() as u64));
}

#[test]
fn a_deallocation_of_an_unknown_block_and_an_allocation_at_a_live_address_are_said() {
    let file = recorded(0, |events| {
        events.deallocation(110, 0x10, None);
        events.allocation(120, 0x20, 8, 0, false);
        events.allocation(130, 0x20, 16, 0, false);
    });
    let profile = read(&file[..]).unwrap();
    assert!(profile.warnings.contains(&Warning::UnknownFrees(1)));
    assert!(profile.warnings.contains(&Warning::MissedFrees(1)));
    let totals = profile.totals();
    assert_eq!(pair(totals.leaked), (1, 16));
    assert_eq!(totals.deallocations, Some(2));
}

#[test]
fn addresses_are_told_apart_to_the_byte() {
    let addresses = [0x1000, 0x1003, 0x1008];
    let file = recorded(0, |events| {
        for address in addresses {
            events.allocation(110, address, 8, 0, false);
        }
        for address in addresses {
            events.deallocation(120, address, None);
        }
    });
    let profile = read(&file[..]).unwrap();
    assert_eq!(profile.unknown_frees, 0);
    assert_eq!(pair(profile.totals().leaked), (0, 0));
}

#[test]
fn a_reallocation_of_an_unknown_block_is_a_grow_or_shrink_all_the_same() {
    let file = recorded(0, |events| {
        events.reallocation((110, 5), (0x10, 64), (0x20, 8), 0);
    });
    let totals = read(&file[..]).unwrap().totals();
    assert_eq!((totals.grows, totals.shrinks), (Some(0), Some(1)));
    assert_eq!(pair(totals.allocations), (1, 8));
}

#[test]
fn paths_that_call_each_other_or_nobody_end() {
    let mut file = File(recorded(0, |events| {
        events.allocation(110, 0x10, 8, 1, false);
        events.allocation(120, 0x20, 8, 3, false);
        events.allocation(130, 0x30, 8, 9, false);
    }));
    let paths = Payload::default()
        .number(1)
        .number(2)
        .number(0x100)
        .number(2)
        .number(1)
        .number(0x200)
        .number(3)
        .number(77)
        .number(0x300);
    file.block(3, &paths);
    let profile = read(&file.0[..]).unwrap();
    let allocations = profile.allocations().unwrap();
    let depths: Vec<usize> = allocations
        .iter()
        .map(|(_, allocation)| profile.stacks.walk(allocation.stack).count())
        .collect();
    assert_eq!(depths, [3, 2, 1]);
}

#[test]
fn where_callers_were_cut_off_the_stack_says_so() {
    let mut file = File::new();
    file.process(0, 0);
    let paths = Payload::default().number(2).number(1).number(0x5001);
    file.block(3, &paths.number(3).number(9).number(0x6001));
    let mut events = Events::new(0, 0, 1, 0, 0);
    events.allocation(10, 0x1000, 1, 2, false);
    events.allocation(20, 0x2000, 1, 3, false);
    file.block(6, &events.payload);
    let profile = read(&file.0[..]).unwrap();
    let names = |stack| -> Vec<_> {
        let frames = profile.stacks.walk(stack).map(|id| profile.stacks.get(id));
        frames
            .map(|frame| (profile.strings.get(frame.function), frame.address))
            .collect()
    };
    let allocations = profile.allocations().unwrap();
    let stacks: Vec<_> = allocations.iter().map(|(_, of)| names(of.stack)).collect();
    let cut_off = ("(callers beyond the limit were cut off)", 0);
    assert_eq!(stacks[0], [("", 0x5000), cut_off]);
    // Another one that is not defined is only unknown.
    assert_eq!(stacks[1], [("", 0x6000), ("", 0)]);
    let frame = |stack| profile.stacks.site(stack);
    assert!(allocations.iter().all(|(_, of)| frame(of.stack).is_none()));
}

#[test]
fn a_sampled_profile_estimates_and_says_how_well() {
    let file = recorded(1_000, |events| {
        for n in 0..1_000 {
            events.allocation(110 + n, 0x1000 + n * 8, 1_000, 0, false);
        }
    });
    let profile = read(&file[..]).unwrap();
    let totals = profile.totals();
    assert!((1_581..=1_582).contains(&totals.allocations.count));
    assert_eq!(totals.allocations.bytes, totals.allocations.count * 1_000);
    assert_eq!(totals.leaked, totals.allocations);
    // √(n (1−p)) / n
    let sampled = Warning::Sampled {
        mean_bytes: 1_000,
        error_permille: 19,
    };
    assert!(
        profile.warnings.contains(&sampled),
        "{:?}",
        profile.warnings
    );
}

#[test]
fn lost_calls_and_totals_that_differ_are_said() {
    let mut file = File(recorded(0, |events| {
        events.allocation(110, 0x10, 8, 0, false);
    }));
    let mut end = Payload::default();
    for number in [200, 100, 5, 40, 0, 0, 1] {
        end = end.number(number);
    }
    let mut differs = File(file.0.clone());
    differs.block(8, &end);
    let profile = read(&differs.0[..]).unwrap();
    let counted = Warning::CountedOtherwise {
        counted: 5,
        recorded: 1,
    };
    assert_eq!(profile.warnings, [counted]);
    assert_eq!(profile.duration_ns, 100);
    file.block(7, &Payload::default().number(4).number(2));
    file.block(8, &end);
    let profile = read(&file.0[..]).unwrap();
    assert_eq!(
        profile.warnings,
        [Warning::LostCalls(4), Warning::LostStacks(2)]
    );
}

#[test]
fn the_files_of_a_folder_are_one_profile() {
    let folder = tempfile::tempdir().unwrap();
    let error = open(folder.path()).unwrap_err();
    assert!(error.to_string().contains("no .agprof file"), "{error}");
    let (first, counted) = program::run(1, 2, 400);
    let (second, counted_too) = program::run(2, 3, 300);
    std::fs::write(folder.path().join("a-1.agprof"), first).unwrap();
    std::fs::write(folder.path().join("b-2.agprof"), second).unwrap();
    std::fs::write(folder.path().join("c-3.agprof"), "AGPROF").unwrap();
    std::fs::write(folder.path().join("notes.txt"), "nothing").unwrap();
    let profile = open(folder.path()).unwrap();
    let totals = profile.totals();
    assert_eq!(
        totals.allocations.bytes,
        counted.allocations.1 + counted_too.allocations.1
    );
    assert_eq!(totals.leaked.count, counted.leaked.0 + counted_too.leaked.0);
    assert_eq!(
        totals.temporary.unwrap().count,
        counted.temporary.0 + counted_too.temporary.0
    );
    let left_out = profile.warnings.iter().find_map(|warning| match warning {
        Warning::FileLeftOut { error } => Some(error),
        _ => None,
    });
    assert!(left_out.unwrap().contains("c-3.agprof"));
    assert!(
        profile.threads[0]
            .name
            .contains("hot-0123456789abcdef 4242: ")
    );
}
