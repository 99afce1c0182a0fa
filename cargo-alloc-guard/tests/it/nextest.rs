//! The tests run by cargo-nextest, where it is installed.

use crate::workspace::{Ran, has_nextest, run};

/// Runs the command under nextest; `None` where there is none and nobody demands it.
fn under_nextest(arguments: &str) -> Option<Ran> {
    has_nextest().then(|| run(&format!("--runner nextest {arguments}")))
}

#[test]
fn nextest_gives_the_same_table() {
    let arguments = "-p ring -p beta -- --lib --test expected --test own";
    let Some(ran) = under_nextest(arguments) else {
        return;
    };
    assert!(ran.stderr.contains("Nextest run ID"), "{ran}");
    let direct = run(arguments);
    // Why a test is ignored, and what it is called, its harness says when it runs.
    let that_ran = |ran: &Ran| -> Vec<String> {
        let lines = ran.stdout.lines().map(str::to_owned);
        lines.filter(|line| !line.starts_with('⏩')).collect()
    };
    assert_eq!(ran.status, Some(0), "{ran}");
    assert_eq!(that_ran(&ran), that_ran(&direct), "{ran}");
}

#[test]
fn nextest_runs_guarded_tests_only_and_fails_with_them() {
    let arguments = "-p ring -- --test regressed";
    if let Some(ran) = under_nextest(arguments) {
        ran.says(
            2,
            &[
                "❌ alloc-free  Doubling for nothing  REGRESSED: 1 allocation · 24 B\n",
                "✅ alloc-free  Sum beside it         0 allocations\n",
                "6 operations: 2 as expected, 1 regressed, 3 failed\n",
            ],
        );
        assert!(!ran.stderr.contains("a plain test was run"), "{ran}");
    }
}

#[test]
fn a_test_that_ends_its_process_takes_no_other_with_it() {
    if let Some(ran) = under_nextest("-p ring -- --test aborted") {
        ran.says(
            2,
            &[
                "✅ alloc-free  a_before  0 allocations\n",
                "❌             b_aborts  DID NOT REPORT",
                "✅ alloc-free  c_after   0 allocations\n",
            ],
        );
    }
}

#[test]
fn what_nextest_itself_refuses_exits_with_1() {
    if let Some(ran) = under_nextest("-p ring --test-threads 1 -- --test expected --nonsense") {
        assert_eq!(ran.status, Some(1), "{ran}");
    }
}
