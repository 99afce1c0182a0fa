//! What becomes of the text: its order, its comments, and how few of its lines change.

use alloc_guard_core::{
    baseline::{Baseline, Counts},
    report::Record,
};

use super::{TEXT, accepted, accepted_of, diff, on, optimised};
use crate::baseline::{
    accept::{Extent, accept},
    measured::tests::{measured, record},
    present::{Present, tests::present},
};

#[test]
fn a_new_file_is_sorted_and_says_what_it_is() {
    let measured = measured(vec![
        optimised(record("c", "t", 1)),
        record("b", "m::print", 3),
        record("b", "m::größe", 2),
        record("c", "t", 2),
    ]);
    let accepted = accept("x", None, &measured, &Present::default(), Extent::Whole).unwrap();
    let text = accepted.text.unwrap();
    let body = text.split_once("version = 1\n").unwrap().1;
    assert!(text.starts_with("# What the tests of this package ask"));
    assert_eq!(
        body,
        r#"
[measured]
debug = { toolchain = "1.96.0", target = "linux", features = "" }
release = { toolchain = "1.96.0", target = "linux", features = "" }

[test.b."m::größe"]
debug = { allocations = 2, bytes = 16, peak_bytes = 16 }

[test.b."m::print"]
debug = { allocations = 3, bytes = 24, peak_bytes = 24 }

[test.c.t]
debug = { allocations = 2, bytes = 16, peak_bytes = 16 }
release = { allocations = 1, bytes = 8, peak_bytes = 8 }
"#
    );
    let read = Baseline::parse(&text).unwrap();
    let held = read.held("c", "t", "release", "linux").unwrap();
    assert_eq!(held.counts.allocations, 1);
}

#[test]
fn a_changed_test_is_a_line_less_and_a_line_more_and_comments_stay() {
    let same = || vec![record("b", "m::print", 3), record("c", "t", 1)];
    let with = |record| same().into_iter().chain([record]).collect::<Vec<_>>();
    for (records, expected) in [
        (same(), vec![]),
        // Within its tolerance, in part.
        (
            with(Record {
                locked: alloc_guard_core::Tally {
                    allocs: 16,
                    bytes: 112,
                    peak_bytes: 112,
                    ..alloc_guard_core::Tally::default()
                },
                ..record("b", "m::parse", 0)
            }),
            vec![],
        ),
        (
            with(record("b", "m::parse", 11)),
            vec![
                "-debug = { allocations = 14, bytes = 112, peak_bytes = 112 } # was 20",
                "+debug = { allocations = 11, bytes = 88, peak_bytes = 88 } # was 20",
            ],
        ),
        (
            with(optimised(record("b", "m::parse", 9))),
            vec![
                "+release = { toolchain = \"1.96.0\", target = \"linux\", features = \"\" }",
                "-release = { allocations = 7, bytes = 56, peak_bytes = 56 }",
                "+release = { allocations = 9, bytes = 72, peak_bytes = 72 }",
            ],
        ),
        (
            vec![record("c", "t", 2)],
            vec![
                "-debug = {allocations=1,bytes=8,peak_bytes=8}",
                "+debug = {allocations=2,bytes=16,peak_bytes=16}",
            ],
        ),
        (
            with(record("b", "m::other", 5)),
            vec![
                "+[test.b.\"m::other\"]",
                "+debug = { allocations = 5, bytes = 40, peak_bytes = 40 }",
                "+",
            ],
        ),
        (
            with(record("a", "t", 5)),
            vec![
                "+[test.a.t]",
                "+debug = { allocations = 5, bytes = 40, peak_bytes = 40 }",
                "+",
            ],
        ),
        (
            with(record("d", "t", 5)),
            vec![
                "+[test.d.t]",
                "+debug = { allocations = 5, bytes = 40, peak_bytes = 40 }",
                "+",
            ],
        ),
    ] {
        let new = accepted(TEXT, records);
        let mut found = diff(TEXT, &new);
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{new}");
    }
}

#[test]
fn line_breaks_of_windows_stay() {
    let text = TEXT.replace('\n', "\r\n");
    let new = accepted(&text, vec![record("b", "m::print", 4)]);
    assert_eq!(new.replace("\r\n", "").matches('\n').count(), 0);
    assert_eq!(diff(&text, &new).len(), 2);
}

#[test]
fn new_tests_are_sorted_in_also_where_the_file_is_not() {
    let text = "version = 1\n\n[test.z.t]\n\n[test.a.t]\n";
    let text = text.replace(
        "]\n",
        "]\ndebug = { allocations = 1, bytes = 8, peak_bytes = 8 }\n",
    );
    let new = accepted(&text, vec![record("b", "t", 1), record("zz", "t", 1)]);
    let headers: Vec<_> = new.lines().filter(|line| line.starts_with('[')).collect();
    assert_eq!(
        headers,
        [
            "[measured]",
            "[test.b.t]",
            "[test.z.t]",
            "[test.a.t]",
            "[test.zz.t]"
        ]
    );
}

#[test]
fn a_file_of_comments_keeps_them_on_top() {
    for text in ["# soon\n", "# soon"] {
        let new = accepted(text, vec![record("b", "t", 1)]);
        assert!(
            new.starts_with("# soon\nversion = 1\n\n[measured]\n"),
            "{new}"
        );
    }
    let new = accepted("'version' = 1 # soon\n", vec![record("b", "t", 1)]);
    assert!(
        new.starts_with("'version' = 1 # soon\n\n[measured]\n"),
        "{new}"
    );
    let new = accepted("[measured]\n", vec![record("b", "t", 1)]);
    assert!(new.starts_with("version = 1\n"), "{new}");
}

#[test]
fn a_tolerance_written_before_the_first_run_is_filled_in() {
    let text = "version = 1\n\n[test.b.t]\ntolerance = { bytes = 8, reason = 'hash' }\n";
    let new = accepted(text, vec![record("b", "t", 1)]);
    assert!(
        new.ends_with(
            "[test.b.t]\ntolerance = { bytes = 8, reason = 'hash' }\ndebug = { allocations = 1, bytes = 8, peak_bytes = 8 }\n"
        ),
        "{new}"
    );
}

#[test]
fn the_last_test_of_a_file_takes_nothing_else_with_it() {
    let text = "version = 1\n\n# gone\n[test.b.t]\ndebug = { allocations = 1, bytes = 8, peak_bytes = 8 }\n# end\n";
    let gone = present(&[(["b", "debug", "linux"], &[])]);
    let run = vec![Record {
        held: false,
        ..record("b", "u", 1)
    }];
    let text = text.replace(
        "\n\n#",
        "\n\n[measured]\ndebug = { toolchain = \"1\", target = \"linux\" }\n\n#",
    );
    let (new, _) = accepted_of(&text, run, &gone, Extent::Whole);
    assert_eq!(
        new,
        "version = 1\n\n[measured]\ndebug = { toolchain = \"1\", target = \"linux\" }\n# end\n"
    );
}

#[test]
fn a_baseline_that_cannot_be_read_is_named_with_its_line() {
    let measured = measured(vec![record("b", "t", 1)]);
    for (text, expected) in [
        (
            "version = 1\n<<<<<<< HEAD\n",
            "p/x.toml:2: `<<<<<<<` is the mark of a merge conflict",
        ),
        ("version = 1\n[tests]\n", "p/x.toml:2: an unknown table"),
        ("version = 2\n", "p/x.toml:1: a baseline of version 2"),
        // The tests take it, and TOML does not.
        ("version = 1\n[measured]\n[measured]\n", "p/x.toml:3: "),
    ] {
        let accepted = accept(
            "p/x.toml",
            Some(text),
            &measured,
            &Present::default(),
            Extent::Whole,
        );
        let error = accepted.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn what_is_written_is_read_as_what_was_measured_for_any_mixture_of_runs() {
    // A small generator: the same numbers each time.
    let mut state = 1_u64;
    let mut random = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % below).unwrap()
    };
    let mut text = String::new();
    for _ in 0..200 {
        let mut records = Vec::new();
        for _ in 0..random(12) {
            let (binary, name) = (["b", "c-d"][random(2)], format!("m::t{}", random(6)));
            let one = on(
                ["linux", "mac", "win"][random(3)],
                record(binary, &name, random(4) as u64),
            );
            let one = if random(2) == 0 { one } else { optimised(one) };
            let is_same =
                |other: &Record| crate::records::identity(other) == crate::records::identity(&one);
            if !records.iter().any(is_same) {
                records.push(one);
            }
        }
        text = accepted(&text, records.clone());
        let baseline = Baseline::parse(&text).unwrap();
        for Record {
            binary,
            name,
            profile,
            target,
            ..
        } in &records
        {
            let held = baseline.held(binary, name, profile, target).unwrap();
            let measured = records.iter().find(|record| {
                (
                    &record.binary,
                    &record.name,
                    &record.profile,
                    &record.target,
                ) == (binary, name, profile, target)
            });
            assert_eq!(
                held.counts,
                measured.map_or_else(Counts::default, Record::counts),
                "{text}"
            );
        }
    }
}

#[test]
fn no_damage_to_a_file_is_a_panic_or_written_as_something_else() {
    let measured = measured([record("b", "m::print", 4), record("c", "new", 1)]);
    let pieces = [
        "\n",
        "\r",
        "\t",
        " ",
        "\"",
        "'",
        "[",
        "]",
        "{",
        "}",
        "=",
        ",",
        ".",
        "#",
        "_",
        "0",
        "é",
        "\u{0}",
        "\u{feff}",
        "version = 1\n",
        "[measured]\n",
        "[test.b.t]\n",
        "tolerance",
    ];
    let mut state = 7_u64;
    let mut random = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut written = 0;
    for _ in 0..5_000 {
        let mut text: Vec<char> = TEXT.chars().collect();
        for _ in 0..=random(2) {
            let start = random(text.len());
            let end = (start + random(3)).min(text.len());
            text.splice(start..end, pieces[random(pieces.len())].chars());
        }
        let text: String = text.into_iter().collect();
        match accept(
            "x",
            Some(&text),
            &measured,
            &Present::default(),
            Extent::Whole,
        ) {
            Ok(accepted) => written += usize::from(accepted.text.is_some()),
            Err(error) => assert!(!error.to_string().contains("fault"), "{error}: {text}"),
        }
    }
    assert!(written > 500, "{written}");
}
