use std::{
    fs,
    io::ErrorKind,
    path::Path,
    process::{Command, Output},
};

use alloc_guard_profile::{Allocations, Data, Profile, export};

use crate::{
    sample::{self, Expected},
    tool,
};

fn heaptrack_print(file: &Path, options: &[&str]) -> Output {
    let output = Command::new("heaptrack_print")
        .arg("--file")
        .arg(file)
        .args(["--disable-builtin-suppressions", "--shorten-templates=0"])
        .args(options)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    output
}

/// What heaptrack itself puts into its folded stacks of one kind of cost, and their sum.
fn folded(file: &Path, cost: &str) -> (String, u64) {
    let stacks = file.with_extension("folded");
    let stacks_path = stacks.to_str().unwrap();
    heaptrack_print(
        file,
        &[
            "--flamegraph-cost-type",
            cost,
            "--print-flamegraph",
            stacks_path,
        ],
    );
    let text = fs::read_to_string(&stacks).unwrap();
    let value = |line: &str| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap();
    let sum = text.lines().map(value).sum();
    (text, sum)
}

/// The bytes of all allocations, by heaptrack's histogram of their sizes.
fn bytes(file: &Path) -> u64 {
    let histogram = file.with_extension("histogram");
    heaptrack_print(file, &["--print-histogram", histogram.to_str().unwrap()]);
    let text = fs::read_to_string(&histogram).unwrap();
    let product = |line: &str| {
        let (size, number) = line.split_once('\t').unwrap();
        size.trim().parse::<u64>().unwrap() * number.trim().parse::<u64>().unwrap()
    };
    text.lines().map(product).sum()
}

fn check(profile: &Profile) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("heaptrack.sample.42");
    export::heaptrack(profile, fs::File::create(&file).unwrap()).unwrap();
    let expected = Expected::of(profile);
    let (text, allocations) = folded(&file, "allocations");
    assert_eq!(allocations, expected.allocations);
    assert_eq!(folded(&file, "peak").1, expected.peak_bytes);
    assert_eq!(folded(&file, "leaked").1, expected.leaked_bytes);
    assert_eq!(bytes(&file), expected.bytes);
    let summary = heaptrack_print(&file, &[]);
    let summary = String::from_utf8_lossy(&summary.stdout).into_owned();
    let calls = format!("calls to allocation functions: {} ", expected.allocations);
    assert!(summary.contains(&calls), "{calls} in\n{summary}");
    text
}

#[test]
fn heaptrack_print_finds_the_same_totals() {
    if !tool::is_here("heaptrack_print", "--version") {
        return;
    }
    let text = check(&sample::hostile());
    for name in [
        "main (a file.rs);<[u64; 16] as Clone>::clone (a file.rs); 4\n",
        "main (a file.rs);</script><img src=x onerror=alert(1)>&amp; (a file.rs); 4\n",
        "main (a file.rs);größe::日本語 12 (a file.rs); 4\n",
        "main (a file.rs);two  lines and a tab (a file.rs); 4\n",
    ] {
        assert!(text.contains(name), "{name} in\n{text}");
    }
}

#[test]
fn heaptrack_print_finds_the_totals_of_a_real_program() {
    if !tool::is_here("heaptrack_print", "--version") {
        return;
    }
    let text = check(&sample::regressed());
    assert!(text.contains(";toy::describe_section (main.rs);"), "{text}");
}

#[test]
fn times_are_in_milliseconds_and_end_with_the_process() {
    let mut out = Vec::new();
    export::heaptrack(&sample::hostile(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let times: Vec<u64> = text
        .lines()
        .filter_map(|line| line.strip_prefix("c "))
        .map(|time| u64::from_str_radix(time, 16).unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    // The first allocation after 1.7 ms, and the end after 250.
    assert_eq!((times.first(), times.last()), (Some(&1), Some(&250)));
}

#[test]
fn heaptrack_print_reads_a_process_that_allocated_nothing() {
    if !tool::is_here("heaptrack_print", "--version") {
        return;
    }
    let mut profile = sample::hostile();
    profile.data = Data::Allocations(Box::default());
    check(&profile);
}

#[test]
fn what_has_no_events_or_weights_is_refused_before_anything_is_written() {
    let mut sampled = sample::hostile();
    let mut allocations = Allocations::default();
    let Data::Allocations(all) = &sampled.data else {
        panic!("allocations");
    };
    for (_, mut allocation) in all.iter() {
        allocation.weight = 3;
        allocations.push(allocation);
    }
    sampled.data = Data::Allocations(Box::new(allocations));
    for profile in [sample::sums(), sampled] {
        let mut out = Vec::new();
        let error = export::heaptrack(&profile, &mut out).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        assert!(out.is_empty());
    }
}
