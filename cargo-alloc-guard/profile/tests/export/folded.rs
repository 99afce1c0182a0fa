use std::{
    collections::BTreeMap,
    io::{ErrorKind, Write as _},
    process::{Command, Stdio},
};

use alloc_guard_profile::{
    Profile,
    export::{Metric, folded},
};

use crate::{sample, tool};

const METRICS: [Metric; 5] = [
    Metric::Allocations,
    Metric::Bytes,
    Metric::Peak,
    Metric::Leaked,
    Metric::Temporary,
];

fn write(profile: &Profile, metric: Metric) -> String {
    let mut out = Vec::new();
    folded(profile, metric, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn total(profile: &Profile, metric: Metric) -> u64 {
    let sums = profile.stack_sums();
    sums.iter().map(|sums| metric.of(sums)).sum()
}

/// A plain reader: frames, and a number after the last space.
fn parse(text: &str) -> BTreeMap<Vec<&str>, u64> {
    let mut stacks = BTreeMap::new();
    for line in text.lines() {
        let (stack, value) = line.rsplit_once(' ').unwrap();
        let earlier = stacks.insert(stack.split(';').collect(), value.parse().unwrap());
        assert_eq!(earlier, None, "a stack is written once: {stack}");
    }
    stacks
}

#[test]
fn the_lines_add_up_to_the_totals() {
    let profile = sample::hostile();
    let totals = profile.totals();
    for (metric, expected) in [
        (Metric::Allocations, totals.allocations.count),
        (Metric::Bytes, totals.allocations.bytes),
        (Metric::Peak, totals.peak.bytes),
        (Metric::Leaked, totals.leaked.bytes),
        (Metric::Temporary, totals.temporary.unwrap().count),
    ] {
        let text = write(&profile, metric);
        assert_eq!(parse(&text).values().sum::<u64>(), expected, "{metric}");
        assert!(!text.contains('\r') && !text.contains('\t'));
    }
}

#[test]
fn names_stay_whole_and_stacks_begin_outside() {
    let profile = sample::hostile();
    let text = write(&profile, Metric::Allocations);
    let stacks = parse(&text);
    let has = |stack: &[&str]| assert!(stacks.contains_key(stack), "{stack:?} in\n{text}");
    has(&["no stack"]);
    has(&["main"]);
    has(&["main", "<[u64: 16] as Clone>::clone"]);
    has(&[
        "main",
        sample::HOSTILE[1].replace(';', ":").as_str(),
        "0xab",
    ]);
    has(&["main", sample::HOSTILE[3], "unknown in lib <c>.so"]);
    has(&["main", "two  lines and a tab"]);
}

#[test]
fn lines_of_one_function_are_one_frame() {
    let mut profile = sample::sums();
    let text = write(&profile, Metric::Bytes);
    assert_eq!(
        text,
        "main 30\nmain;<[u64: 16] as Clone>::clone 33\nmain;two  lines and a tab 36\n"
    );
    let function = profile.strings.intern("main");
    let frame = profile.stacks.frame(alloc_guard_profile::Frame {
        function,
        line: 77,
        ..alloc_guard_profile::Frame::default()
    });
    let other = profile
        .stacks
        .call(alloc_guard_profile::StackId::EMPTY, frame);
    let alloc_guard_profile::Data::Sums(sums) = &mut profile.data else {
        panic!("sums");
    };
    let more = sums[0].1;
    sums.push((other, more));
    assert!(write(&profile, Metric::Bytes).starts_with("main 60\n"));
}

#[test]
fn what_a_file_of_sums_does_not_say_is_an_error_and_not_nothing() {
    let mut out = Vec::new();
    let error = folded(&sample::sums(), Metric::Temporary, &mut out).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(out.is_empty());
}

#[test]
fn inferno_finds_the_same_total() {
    if !tool::is_here("inferno-flamegraph", "--version") {
        return;
    }
    let profile = sample::hostile();
    for metric in METRICS {
        let mut inferno = Command::new("inferno-flamegraph")
            .args(["--minwidth", "0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let text = write(&profile, metric);
        inferno
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        let output = inferno.wait_with_output().unwrap();
        assert!(output.status.success(), "{metric}");
        let svg = String::from_utf8(output.stdout).unwrap();
        let total = total(&profile, metric);
        assert!(
            svg.contains(&format!("total_samples=\"{total}\"")),
            "{metric}: {total}"
        );
    }
}
