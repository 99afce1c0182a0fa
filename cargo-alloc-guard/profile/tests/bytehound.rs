//! What is read from ByteHound's files is what ByteHound's own server says of them, to the last allocation.

use std::{collections::HashMap, fs, path::PathBuf};

use alloc_guard_profile::{Amount, Event, Kind, Origin, Profile, StackId, Sums, Warning, open};
use serde_json::Value;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/bytehound")
        .join(name)
}

fn json(name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(file(name)).unwrap()).unwrap()
}

fn profile(name: &str) -> Profile {
    open(&file(&format!("{name}.dat"))).unwrap()
}

fn amount(count: u64, bytes: u64) -> Amount {
    Amount { count, bytes }
}

const NAMES: [&str; 3] = ["decoded-base", "decoded-regressed", "raw-base"];

#[test]
fn totals_are_the_servers() {
    for name in NAMES {
        let truth = json(&format!("truth-{name}.json"));
        let number = |path: &str| truth.pointer(path).unwrap().as_u64().unwrap();
        let profile = profile(name);
        let totals = profile.totals();
        let all = "/totals/all_including_reallocs";
        assert_eq!(
            totals.allocations,
            amount(
                number(&format!("{all}/count")),
                number(&format!("{all}/requested_bytes"))
            ),
            "{name}"
        );
        assert_eq!(
            totals.grows.unwrap() + totals.shrinks.unwrap(),
            number("/totals/of_which_realloc_results")
        );
        assert_eq!(
            totals.leaked,
            amount(
                number("/totals/leaked/count"),
                number("/totals/leaked/requested_bytes")
            )
        );
        assert_eq!(totals.peak.bytes, number("/timeline_peak/allocated_size"));
        assert_eq!(
            totals.deallocations,
            Some(
                totals.allocations.count
                    - totals.leaked.count
                    - totals.grows.unwrap()
                    - totals.shrinks.unwrap()
            )
        );
        assert_eq!(profile.origin, Origin::Bytehound);
        assert_eq!(profile.target, "x86_64");
        assert!(
            profile.program.ends_with("toy-base") || profile.program.ends_with("toy-regressed")
        );
    }
}

#[test]
fn threads_have_the_sums_that_the_server_gives_them() {
    for name in NAMES {
        let truth = json(&format!("truth-{name}.json"));
        let profile = profile(name);
        let threads = truth
            .pointer("/totals/by_thread")
            .unwrap()
            .as_object()
            .unwrap();
        assert_eq!(profile.threads.len(), threads.len());
        for (thread, sums) in profile.threads.iter().zip(profile.thread_sums()) {
            let truth = &threads[&thread.id.to_string()];
            assert_eq!(
                sums.allocations.count, truth["count"],
                "{name} {}",
                thread.id
            );
            assert_eq!(sums.allocations.bytes, truth["requested_bytes"]);
        }
    }
}

/// A row of a table of allocations: ByteHound's, or ours in the same form.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    thread: usize,
    us: u64,
    size: u64,
    lifetime_us: Option<u64>,
    position_in_chain: u64,
    length_of_chain: u64,
}

fn rows(name: &str) -> Vec<(Row, u64)> {
    let text = fs::read_to_string(file(&format!("allocations-{name}.csv"))).unwrap();
    text.lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            let number = |index: usize| fields[index].parse::<u64>().unwrap();
            let row = Row {
                thread: fields[1].parse().unwrap(),
                us: number(2),
                size: number(3),
                lifetime_us: fields[5].parse().ok(),
                position_in_chain: number(6),
                length_of_chain: number(7),
            };
            (row, number(8))
        })
        .collect()
}

#[test]
fn every_allocation_is_the_servers() {
    for name in NAMES {
        let profile = profile(name);
        let allocations = profile.allocations().unwrap();
        let predecessors: Vec<Option<usize>> = allocations
            .iter()
            .map(|(_, allocation)| Some(allocation.predecessor?.index()))
            .collect();
        let mut positions: Vec<u64> = Vec::new();
        for predecessor in &predecessors {
            positions.push(predecessor.map_or(0, |index| positions[index] + 1));
        }
        // Each allocation's chain is as long as that of the last in it.
        let mut lengths: Vec<u64> = positions.iter().map(|position| position + 1).collect();
        for (index, predecessor) in predecessors.iter().enumerate().rev() {
            if let Some(predecessor) = predecessor {
                lengths[*predecessor] = lengths[index];
            }
        }
        // The server numbers threads in the order of their ids.
        let mut threads: Vec<u64> = profile.threads.iter().map(|thread| thread.id).collect();
        threads.sort_unstable();
        let truth = rows(name);
        assert_eq!(allocations.len(), truth.len());
        let mut stacks: HashMap<u64, StackId> = HashMap::new();
        for ((id, allocation), (row, backtrace)) in allocations.iter().zip(truth) {
            let ours = Row {
                thread: threads
                    .binary_search(&profile.threads[allocation.thread.0 as usize].id)
                    .unwrap(),
                us: allocation.time_ns / 1000,
                size: allocation.size,
                lifetime_us: allocation
                    .end_ns
                    .map(|end| (end - allocation.time_ns) / 1000),
                position_in_chain: positions[id.index()],
                length_of_chain: lengths[id.index()],
            };
            assert_eq!(ours, row, "{name} {id:?}");
            assert_eq!(
                *stacks.entry(backtrace).or_insert(allocation.stack),
                allocation.stack
            );
            assert_eq!(
                allocation.predecessor.is_some(),
                matches!(allocation.kind, Kind::Grow | Kind::Shrink)
            );
        }
    }
}

#[test]
fn stacks_are_the_servers() {
    for name in ["decoded-base", "decoded-regressed"] {
        let profile = profile(name);
        let truth = json(&format!("truth-{name}.json"));
        let allocations = profile.allocations().unwrap();
        let mut of_backtrace = HashMap::new();
        for ((_, allocation), (_, backtrace)) in allocations.iter().zip(rows(name)) {
            of_backtrace.insert(backtrace, allocation.stack);
        }
        for group in truth["groups"].as_array().unwrap() {
            let stack = of_backtrace[&group["backtrace_id"].as_u64().unwrap()];
            let ours: Vec<(String, u64, bool)> = profile
                .stacks
                .walk(stack)
                .map(|frame| {
                    let frame = profile.stacks.get(frame);
                    (
                        // The server's answer names the program's folder otherwise than the file.
                        profile
                            .strings
                            .get(frame.file)
                            .replace("/tmp/bh-toy/", "toy/"),
                        frame.line.into(),
                        frame.inlined,
                    )
                })
                .collect();
            let server: Vec<(String, u64, bool)> = group["root_first"]
                .as_array()
                .unwrap()
                .iter()
                .rev()
                .map(|index| &truth["frames"][usize::try_from(index.as_u64().unwrap()).unwrap()])
                .filter(|frame| frame["library"] != "libbytehound.so")
                .map(|frame| {
                    (
                        frame["source"].as_str().unwrap_or("").to_owned(),
                        frame["line"].as_u64().unwrap_or(0),
                        frame["is_inline"].as_bool().unwrap(),
                    )
                })
                .collect();
            assert_eq!(ours, server);
        }
    }
}

/// ByteHound's timeline, as its server makes it: at each point the most that was live in the step that ends there.
#[test]
fn the_timeline_is_the_servers() {
    // The length of its steps in microseconds, which the answer does not say.
    for (name, step) in [("decoded-base", 447), ("decoded-regressed", 441)] {
        let truth = json(&format!("timeline-{name}.json"));
        let truth = |key: &str| -> Vec<u64> {
            truth[key]
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v.as_u64().unwrap())
                .collect()
        };
        let sizes = truth("allocated_size");
        let profile = profile(name);
        let allocations = profile.allocations().unwrap();
        // The server's steps are those of the time of day.
        let wall_us = u64::try_from(profile.started.unwrap().as_micros()).unwrap();
        let mut points: Vec<(u64, u64)> = Vec::new();
        let (mut live, mut step_max, mut at) = (amount(0, 0), amount(0, 0), 0);
        for event in allocations.events() {
            let now = (wall_us + allocations.time_ns(event) / 1000) / step;
            at = if at == 0 { now } else { at };
            if at != now {
                while at < now {
                    points.push((step_max.bytes, step_max.count));
                    at += 1;
                }
                step_max = amount(0, 0);
            }
            match event {
                Event::Allocated(id) => live += amount(1, allocations.get(id).size),
                Event::Freed(id) => live -= amount(1, allocations.get(id).size),
                // The server sees one event where a block is replaced.
                Event::Replaced(id) => {
                    live -= amount(1, allocations.get(id).size);
                    continue;
                }
            }
            step_max = amount(
                step_max.count.max(live.count),
                step_max.bytes.max(live.bytes),
            );
        }
        points.push((step_max.bytes, step_max.count));
        points.push((live.bytes, live.count));
        assert_eq!(
            points.iter().map(|point| point.0).collect::<Vec<_>>(),
            sizes,
            "{name}"
        );
        assert_eq!(
            points.iter().map(|point| point.1).collect::<Vec<_>>(),
            truth("allocated_count")
        );
    }
}

/// The sums of all stacks on which there is a function of this name, or a closure in it.
fn function(profile: &Profile, name: &str) -> Sums {
    let mut all = Sums::default();
    for (stack, sums) in profile.stacks.ids().zip(profile.stack_sums()) {
        let on_it = profile.stacks.walk(stack).any(|frame| {
            let function = profile.stacks.get(frame).function;
            profile.strings.get(function).contains(name)
        });
        if on_it {
            all += sums;
        }
    }
    all
}

/// What each function of the program allocates, as counted by hand from its source.
#[test]
fn functions_have_the_sums_that_the_program_says() {
    let same = [
        ("toy::phase_sha2", 2, 65_568, 0, 0),
        ("toy::phase_ed25519", 207, 38_512, 0, 0),
        ("toy::phase_vec_growth", 16, 2_097_120, 0, 0),
        ("toy::deliberate_leak", 100, 409_600, 100, 409_600),
        ("toy::worker", 1_008, 128_960, 0, 0),
        ("toy::phase_threads", 1_026, 130_142, 2, 640),
    ];
    let base = [
        ("toy::phase_wasm", 912, 79_796, 0, 0),
        ("toy::describe_section", 20, 160, 0, 0),
    ];
    let regressed = [
        ("toy::phase_wasm", 3_862, 247_976, 0, 0),
        ("toy::describe_section", 2_970, 168_340, 0, 0),
    ];
    for (name, differing) in [("decoded-base", base), ("decoded-regressed", regressed)] {
        let profile = profile(name);
        for (function_name, count, bytes, leaked, leaked_bytes) in same.into_iter().chain(differing)
        {
            let sums = function(&profile, function_name);
            assert_eq!(
                sums.allocations,
                amount(count, bytes),
                "{name} {function_name}"
            );
            assert_eq!(
                sums.leaked,
                amount(leaked, leaked_bytes),
                "{name} {function_name}"
            );
        }
    }
}

#[test]
fn sums_of_parts_are_the_totals() {
    for name in NAMES {
        let profile = profile(name);
        let totals = profile.totals();
        let sum = |parts: Vec<Sums>| {
            let mut all = Sums::default();
            for part in parts {
                all += part;
            }
            all
        };
        let stacks = sum(profile.stack_sums());
        assert_eq!(stacks, sum(profile.thread_sums()));
        assert_eq!(
            stacks,
            sum(profile
                .context_sums()
                .into_iter()
                .map(|(_, sums)| sums)
                .collect())
        );
        assert_eq!(stacks.allocations, totals.allocations);
        assert_eq!(stacks.at_peak, totals.peak);
        assert_eq!(stacks.leaked, totals.leaked);
        assert_eq!(Some(stacks.temporary), totals.temporary);

        let timeline = profile.timeline(100).unwrap();
        assert_eq!(timeline.steps.len(), 100);
        let most = timeline
            .steps
            .iter()
            .map(|step| step.high_water.bytes)
            .max();
        assert_eq!(most, Some(totals.peak.bytes));
        assert_eq!(timeline.steps.last().unwrap().live, totals.leaked);
    }
}

#[test]
fn an_environment_in_the_file_is_said() {
    for name in NAMES {
        assert!(profile(name).warnings.contains(&Warning::EnvironmentInFile));
    }
}

#[test]
fn a_file_that_is_cut_off_gives_what_is_there() {
    let whole = fs::read(file("decoded-regressed.dat")).unwrap();
    let mut chunks = vec![0];
    while let Some(header) = whole
        .get(chunks[chunks.len() - 1]..)
        .filter(|rest| !rest.is_empty())
    {
        let length = u32::from_le_bytes(header[1..5].try_into().unwrap());
        chunks.push(chunks[chunks.len() - 1] + 5 + length as usize);
    }
    assert_eq!(chunks.len(), 4);
    for length in [chunks[2], chunks[2] + 3, chunks[2] + 100, whole.len() - 1] {
        let profile = alloc_guard_profile::read(&whole[..length]).unwrap();
        let cut_off = Warning::Truncated {
            offset: length as u64,
        };
        assert!(profile.warnings.contains(&cut_off), "{length}");
        let count = profile.totals().allocations.count;
        assert!((1..5_235).contains(&count), "{length}: {count}");
    }
    assert!(alloc_guard_profile::read(&whole[..3]).is_err());
}

/// Older events, rare ones and those that say nothing of allocations: each once.
#[test]
fn every_event_is_read() {
    let events = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds/bytehound/every-event");
    let events = fs::read(events).unwrap();
    let mut file = vec![2];
    file.extend(u32::try_from(events.len()).unwrap().to_le_bytes());
    file.extend(events);
    let profile = alloc_guard_profile::read(&file[..]).unwrap();
    let totals = profile.totals();
    assert_eq!(totals.allocations, amount(4, 4 * 64));
    assert_eq!((totals.zeroed, totals.grows), (Some(2), Some(2)));
    assert_eq!(totals.deallocations, Some(2));
    assert_eq!(
        profile.warnings,
        [Warning::EnvironmentInFile, Warning::Stripped(3)]
    );
}
