//! Owns the run that every form is held to: each outcome, and whatever is awkward to show.

use std::path::{Path, PathBuf};

use alloc_guard_core::{
    Promise, Tally,
    baseline::{Circumstances, Counts, Held},
    report::{Gate, Outcome, PermittedCalls, Record, Site, Style, VERSION},
};

use crate::{format::Look, records::order};

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats")
}

pub(super) fn look(root: &Path) -> Look<'_> {
    Look {
        root,
        style: Style::Plain,
        gate: Gate {
            ci: true,
            strict: false,
        },
    }
}

pub(super) fn test(name: &str, outcome: Outcome) -> Record {
    Record {
        version: VERSION,
        name: name.to_owned(),
        title: String::new(),
        package: "ring".to_owned(),
        binary: "hot".to_owned(),
        file: "source/hot.rs".to_owned(),
        line: 7,
        promise: Some(Promise::AllocFree),
        profile: "debug".to_owned(),
        target: "x86_64-unknown-linux-gnu".to_owned(),
        toolchain: "1.96.0".to_owned(),
        scope: "thread".to_owned(),
        outcome,
        nanoseconds: 1_234_567,
        ..Record::default()
    }
}

fn allocated(allocations: u64, bytes: u64) -> Tally {
    Tally {
        allocs: allocations,
        bytes,
        peak_bytes: bytes / 2,
        ..Tally::default()
    }
}

fn held(allocations: u64, bytes: u64, toolchain: &str) -> Held {
    Held {
        counts: Counts {
            allocations,
            bytes,
            peak_bytes: bytes / 2,
        },
        circumstances: Circumstances {
            toolchain: toolchain.to_owned(),
            ..Circumstances::default()
        },
        ..Held::default()
    }
}

pub(super) fn site(line: u32, column: u32) -> Site {
    Site {
        function: "Keyring::ids".to_owned(),
        file: "source/keyring.rs".to_owned(),
        line,
        column,
        via: "Vec::from_iter".to_owned(),
        called_from: "keyring_access (source/hot.rs:7)".to_owned(),
        allocations: 2,
        bytes: 128,
        ..Site::default()
    }
}

/// What nobody would name a test, and what a panic may well say.
const HOSTILE: &str = "\
::error file=x::forged \u{3}\n  ::set-output name=a::b\n##[add-mask]x\n</details>\n```\n# h\n| a | b |\n\
<img src=x onerror=alert(1)> & \"quoted\" 'too' ]]> cc @octocat #1 https://evil.example\n\
\u{1b}[31mred\u{1b}[0m \u{1} \u{8} \u{202e}gnorw \u{fffe} 100%";

/// The run.
pub(super) fn run() -> Vec<Record> {
    let mut run = [as_expected(), broken(), ended(), with_the_compiler()].concat();
    run.sort_by(order);
    run
}

fn as_expected() -> Vec<Record> {
    vec![
        Record {
            title: "SHA-256 hashing".to_owned(),
            nanoseconds: 61_234_567_890,
            ..test("sha256", Outcome::AsExpected)
        },
        Record {
            title: "日本語の題名 · 🔒 · e\u{301}".to_owned(),
            promise: Some(Promise::Allocates),
            locked: allocated(14, 3174),
            baseline: Some(held(14, 3174, "1.96.0")),
            elsewhere: 3,
            ..test("codec::wide", Outcome::AsExpected)
        },
        Record {
            title: format!("A title that {}", "goes on and on and ".repeat(20)),
            locked: allocated(5, 80),
            permitted: vec![PermittedCalls {
                path: "log::enabled".to_owned(),
                reason: "initialises once | per process".to_owned(),
                allocations: 5,
                bytes: 80,
            }],
            profile: "release".to_owned(),
            ..test("permitted", Outcome::AsExpected)
        },
        Record {
            promise: Some(Promise::Allocates),
            locked: allocated(15, 200),
            baseline: Some(Held {
                tolerance: Counts {
                    allocations: 2,
                    bytes: 20,
                    peak_bytes: 20,
                },
                reason: "the table's seed is random".to_owned(),
                ..held(14, 190, "1.96.0")
            }),
            ..test("tolerated", Outcome::AsExpected)
        },
        Record {
            message: "takes an hour | or two".to_owned(),
            promise: None,
            ..test("slow", Outcome::Ignored)
        },
        test("left_out", Outcome::Ignored),
        Record {
            promise: Some(Promise::Allocates),
            locked: allocated(10, 96),
            baseline: Some(held(14, 120, "1.96.0")),
            reasons: vec![
                "allocations 14 → 10".to_owned(),
                "bytes 120 → 96".to_owned(),
            ],
            ..test("fewer", Outcome::Improved)
        },
        Record {
            title: "Parsing".to_owned(),
            promise: Some(Promise::Allocates),
            ..test("no_longer", Outcome::Improved)
        },
        Record {
            promise: Some(Promise::Allocates),
            locked: allocated(3, 24),
            ..test("nobody_knows_it", Outcome::New)
        },
    ]
}

fn broken() -> Vec<Record> {
    let in_dependency = Site {
        function: "serde::de".to_owned(),
        file: "/registry/serde/src/de.rs".to_owned(),
        line: 3,
        in_dependency: true,
        allocations: 9,
        ..Site::default()
    };
    vec![
        Record {
            title: "Pre-loaded keyring access".to_owned(),
            locked: allocated(2, 128),
            reasons: vec!["2 allocations · 128 B".to_owned()],
            sites: vec![in_dependency, site(6, 61), site(7, 47)],
            notes: vec![
                "0 on the second run: first-use initialisation; use `warmup = 1`".to_owned(),
            ],
            init: allocated(1, 8),
            ..test("keyring_access", Outcome::Regressed)
        },
        Record {
            locked: allocated(1, 64),
            reasons: vec!["leaked 1 block · 64 B".to_owned()],
            sites: vec![Site {
                leaked_blocks: 1,
                leaked_bytes: 64,
                ..site(6, 61)
            }],
            promise: Some(Promise::Allocates),
            baseline: Some(held(1, 64, "1.96.0")),
            ..test("leaks", Outcome::Regressed)
        },
        Record {
            title: "Hostile @octocat `code` | <b>bold</b> ##[error]x\n::error::y".to_owned(),
            locked: allocated(21, 99),
            reasons: vec!["max_allocations = 20, measured 21".to_owned()],
            promise: Some(Promise::Allocates),
            ..test("hos`tile|name<T>", Outcome::Regressed)
        },
        Record {
            locked: allocated(3, 30),
            reasons: vec!["allocations 3, 4, 3 in three runs of this binary".to_owned()],
            sites: vec![site(99, 1)],
            ..test("now_and_then", Outcome::Unstable)
        },
    ]
}

fn ended() -> Vec<Record> {
    vec![
        Record {
            message: HOSTILE.to_owned(),
            ..test("panics", Outcome::Panicked)
        },
        Record {
            message: "\"out of ink\"".to_owned(),
            ..test("fails", Outcome::Failed)
        },
        Record {
            message: "it should have panicked, and did not".to_owned(),
            ..test("should_panic", Outcome::DidNotPanic)
        },
        Record {
            package: "bare".to_owned(),
            binary: "unguarded".to_owned(),
            message: "no guard is installed in this binary\n   = help: add `alloc_guard::main!()`".to_owned(),
            ..test("nothing", Outcome::NotInstalled)
        },
        Record {
            message: "the process ended with signal 6 (SIGABRT) before 1 test had reported\n   | about to abort"
                .to_owned(),
            file: String::new(),
            line: 0,
            promise: None,
            target: String::new(),
            toolchain: String::new(),
            nanoseconds: 0,
            ..test("aborts", Outcome::Unreported)
        },
        Record {
            title: "the test binary itself".to_owned(),
            message: "the process ended with exit status 3 after every test had reported".to_owned(),
            file: String::new(),
            promise: None,
            ..test("", Outcome::Failed)
        },
    ]
}

/// Shards of one run, from jobs with other targets and compilers.
pub(super) fn shards() -> Vec<Record> {
    let shard = |target: &str, then, now: &str| Record {
        target: target.to_owned(),
        toolchain: now.to_owned(),
        baseline: Some(held(14, 96, then)),
        ..moved("parse", &["allocations 14 → 15"], Outcome::Regressed)
    };
    let mut run = vec![
        shard("aarch64-apple-darwin", "1.94.0", "1.95.0"),
        shard("x86_64-unknown-linux-gnu", "1.95.0", "1.96.0"),
        Record {
            outcome: Outcome::Improved,
            locked: allocated(10, 80),
            reasons: vec!["allocations 14 → 10".to_owned()],
            ..shard("x86_64-pc-windows-msvc", "1.95.0", "1.97.0")
        },
        Record {
            target: String::new(),
            message: "the process ended with exit status 3 before 1 test had reported".to_owned(),
            ..test("aborts", Outcome::Unreported)
        },
    ];
    run.sort_by(order);
    run
}

fn moved(name: &str, reasons: &[&str], outcome: Outcome) -> Record {
    Record {
        promise: Some(Promise::Allocates),
        locked: allocated(15, 112),
        baseline: Some(held(14, 96, "1.95.0")),
        reasons: reasons.iter().map(|reason| (*reason).to_owned()).collect(),
        sites: vec![site(6, 61)],
        package: "zeta".to_owned(),
        ..test(name, outcome)
    }
}

fn with_the_compiler() -> Vec<Record> {
    vec![
        moved(
            "parse",
            &["allocations 14 → 15", "bytes 96 → 112"],
            Outcome::Regressed,
        ),
        moved("write", &["allocations 14 → 15"], Outcome::Regressed),
        Record {
            locked: Tally::default(),
            ..moved("free_now", &[], Outcome::Improved)
        },
        // Moved, and broke something that no compiler moves.
        moved(
            "moved_and_leaks",
            &["allocations 14 → 15", "leaked 1 block · 16 B"],
            Outcome::Regressed,
        ),
    ]
}
