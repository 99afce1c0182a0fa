//! What a run makes of a baseline: targets, tests that are gone, counts that are not sound.

use alloc_guard_core::{
    baseline::Baseline,
    report::{Outcome, Record},
};

use super::{TEXT, accepted, accepted_of, diff, on};
use crate::baseline::{
    accept::{Extent, accept},
    measured::tests::{measured, record},
    present::{Present, tests::present},
};

#[test]
fn a_package_without_held_tests_gets_no_file() {
    let budgeted = Record {
        held: false,
        ..record("b", "t", 3)
    };
    for records in [vec![], vec![budgeted]] {
        let measured = measured(records);
        let accepted = accept("x", None, &measured, &Present::default(), Extent::Whole).unwrap();
        assert_eq!(accepted.text, None);
    }
}

#[test]
fn another_target_has_an_entry_of_its_own_only_where_it_differs() {
    let held = |text: &str, target: &str| {
        let baseline = Baseline::parse(text).unwrap();
        let held = baseline.held("b", "m::print", "debug", target).unwrap();
        held.counts.allocations
    };
    let keys = |text: &str| text.matches("@mac\" =").count();

    let same = accepted(TEXT, vec![on("mac", record("b", "m::print", 3))]);
    assert_eq!(same, TEXT);
    let own = accepted(TEXT, vec![on("mac", record("b", "m::print", 4))]);
    assert_eq!(
        (held(&own, "mac"), held(&own, "linux"), keys(&own)),
        (4, 3, 2),
        "{own}"
    );
    assert!(
        own.contains("\"debug@mac\" = { toolchain = \"1.96.0\", target = \"mac\""),
        "{own}"
    );
    // Not plain, for that is what Linux has.
    let other = accepted(&own, vec![on("mac", record("b", "m::print", 5))]);
    assert_eq!((held(&other, "mac"), held(&other, "linux")), (5, 3));
    assert_eq!(diff(&own, &other).len(), 2, "{other}");
    // Each way for the two to become equal again.
    for records in [
        vec![on("mac", record("b", "m::print", 3))],
        vec![record("b", "m::print", 4)],
        vec![
            record("b", "m::print", 6),
            on("mac", record("b", "m::print", 6)),
        ],
    ] {
        let equal = accepted(&own, records);
        assert_eq!(held(&equal, "mac"), held(&equal, "linux"), "{equal}");
        assert_eq!(keys(&equal), 0, "{equal}");
    }
}

#[test]
fn of_a_first_run_on_many_targets_the_one_with_most_tests_is_plain() {
    let new = accepted(
        "",
        vec![
            on("a", record("b", "t", 1)),
            on("z", record("b", "t", 2)),
            on("z", record("b", "u", 3)),
        ],
    );
    let baseline = Baseline::parse(&new).unwrap();
    assert_eq!(baseline.measured["debug"].target, "z");
    let keys: Vec<_> = baseline.tests["b"]["t"].counts.keys().collect();
    assert_eq!(keys, ["debug", "debug@a"]);
}

#[test]
fn of_targets_with_as_many_tests_the_first_by_name_is_plain() {
    let new = accepted(
        "",
        vec![on("a", record("b", "t", 1)), on("z", record("b", "t", 2))],
    );
    let baseline = Baseline::parse(&new).unwrap();
    assert_eq!(baseline.measured["debug"].target, "a");
}

#[test]
fn tests_that_are_gone_are_taken_out_with_their_comments_and_named() {
    let linux = |tests| present(&[(["b", "debug", "linux"], tests)]);
    let run = || vec![record("b", "m::print", 3)];
    let (new, said) = accepted_of(TEXT, run(), &linux(&["m::print"]), Extent::Whole);
    assert!(
        !new.contains("m::parse") && !new.contains("parser"),
        "{new}"
    );
    assert!(
        new.contains("# The printer.") && new.contains("[test.c.t]"),
        "{new}"
    );
    assert!(
        said.contains("- b · m::parse  there is no such test any more\n"),
        "{said}"
    );
    // What only did not run is there still, and some tests by name say nothing of others.
    for (tests, extent) in [
        (&["m::parse", "m::print"][..], Extent::Whole),
        (&["m::print"], Extent::Chosen),
    ] {
        assert_eq!(accepted_of(TEXT, run(), &linux(tests), extent).0, TEXT);
    }
}

#[test]
fn a_test_whose_attribute_says_now_how_much_needs_no_entry() {
    let promoted = Record {
        held: false,
        ..record("b", "m::print", 3)
    };
    let (new, said) = accepted_of(TEXT, vec![promoted], &Present::default(), Extent::Whole);
    assert!(!new.contains("m::print"), "{new}");
    assert!(
        said.contains("- b · m::print  its attribute says now how much\n"),
        "{said}"
    );
}

#[test]
fn what_has_no_sound_counts_stays_as_it_was_and_is_named() {
    let gone = present(&[(["b", "debug", "linux"], &["m::parse", "m::print"])]);
    for (outcome, why) in [
        (Outcome::Panicked, "it panicked"),
        (Outcome::Ignored, "it was ignored"),
        (
            Outcome::Unstable,
            "its counts differ from run to run: write `tolerance",
        ),
    ] {
        let record = Record {
            outcome,
            ..record("b", "m::print", 9)
        };
        let (new, said) = accepted_of(TEXT, vec![record], &gone, Extent::Whole);
        assert_eq!(new, TEXT);
        let expected = format!("! b · m::print (debug)  left as it was: {why}");
        assert!(said.contains(&expected), "{said}");
    }
    // One that left no record does not say whether it is held: the baseline does.
    let lost = |name| Record {
        promise: None,
        held: false,
        target: String::new(),
        outcome: Outcome::Unreported,
        ..record("b", name, 0)
    };
    let (new, said) = accepted_of(
        TEXT,
        vec![lost("m::print"), lost("u")],
        &gone,
        Extent::Whole,
    );
    assert_eq!(new, TEXT);
    assert!(
        said.contains("m::print (debug)  left") && !said.contains("· u"),
        "{said}"
    );
}

#[test]
fn a_new_compiler_is_one_line_and_some_tests_by_name_say_nothing_of_it() {
    let newer = || {
        vec![Record {
            toolchain: "1.97.0".to_owned(),
            features: None,
            ..record("b", "m::print", 3)
        }]
    };
    let (new, said) = accepted_of(TEXT, newer(), &Present::default(), Extent::Whole);
    assert_eq!(
        diff(TEXT, &new),
        [
            "-debug = { toolchain = \"1.96.0\", target = \"linux\", features = \"\" } # CI's",
            "+debug = { toolchain = \"1.97.0\", target = \"linux\", features = \"\" } # CI's"
        ]
    );
    assert!(
        said.contains("~ measured debug  toolchain 1.96.0 → 1.97.0\n"),
        "{said}"
    );
    let chosen = accepted_of(TEXT, newer(), &Present::default(), Extent::Chosen).0;
    assert_eq!(chosen, TEXT);
}

#[test]
fn what_changed_is_said_line_by_line() {
    let run = vec![
        record("b", "m::parse", 14),
        record("b", "m::print", 2),
        record("c", "new", 1),
    ];
    let (_, said) = accepted_of(TEXT, run, &Present::default(), Extent::Whole);
    assert_eq!(
        said,
        "p · p/x.toml\n\
         ~ b · m::print (debug)  allocations 3 → 2, bytes 24 → 16, peak_bytes 24 → 16\n\
         + c · new (debug)  1 allocation · 8 B · peak 8 B\n\
         = 1 unchanged\n\n"
    );
    // What did not change is not counted where there is none of it.
    let run = vec![
        record("b", "m::parse", 9),
        record("b", "m::print", 2),
        record("c", "new", 1),
        record("c", "newer", 1),
    ];
    let (_, said) = accepted_of(TEXT, run, &Present::default(), Extent::Whole);
    assert!(said.ends_with("· peak 8 B\n\n"), "{said}");
}

#[test]
fn how_many_tests_came_to_what_is_said_in_a_line_unless_there_was_none() {
    let panicked = |name| Record {
        outcome: Outcome::Panicked,
        ..record("b", name, 9)
    };
    let (parse, print) = ("m::parse", "m::print");
    for (run, is_silent, words) in [
        (vec![], true, "nothing to accept"),
        (vec![record("c", "t", 1)], false, "1 unchanged"),
        (vec![panicked(parse)], false, "1 left as it was"),
        (
            vec![panicked(parse), panicked(print)],
            false,
            "2 left as they were",
        ),
        (
            vec![record("b", print, 2), record("c", "new", 1)],
            false,
            "1 new, 1 changed",
        ),
    ] {
        let (run, present) = (measured(run), Present::default());
        let accepted = accept("x", Some(TEXT), &run, &present, Extent::Whole).unwrap();
        let totals = accepted.changes.totals();
        assert_eq!(totals.words(), words);
        assert_eq!(accepted.changes.is_silent(), is_silent, "{words}");
    }
}
