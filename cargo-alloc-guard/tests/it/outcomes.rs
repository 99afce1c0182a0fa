//! Each way for a test to come out: the rows, the texts below them, and the exit status.

use crate::workspace::{command, line_of, ran, run};

#[test]
fn a_run_in_which_all_is_as_expected_exits_with_0() {
    let ran = run("-p ring -p beta -- --lib --test expected --test own");
    ran.says(
        0,
        &[
            "beta · own  [debug]\n",
            "✅ alloc-free  On every thread  0 allocations\n",
            "✅ alloc-free  Nothing at all   0 allocations\n",
            "✅ allocates   One box          1 allocation · 4 B · peak 4 B\n",
            "⏩             Much of it       ignored, takes a day\n",
            "\nring · ring  [debug]\n",
            "✅ alloc-free  Unit: sum        0 allocations\n",
            "\nring · expected  [debug]\n",
            "✅ alloc-free  What cargo sets  0 allocations\n",
            "✅ allocates   Doubling         1 allocation · 24 B · peak 24 B\n",
            "⏩             slow             ignored, takes an hour\n",
            "✅ alloc-free  Sum of a slice   0 allocations\n",
        ],
    );
    assert_eq!(
        ran.summary(),
        "9 operations: 7 as expected, 2 ignored",
        "{ran}"
    );
    assert!(!ran.stdout.contains("inside_a_function"), "{ran}");
    assert!(!ran.stdout.contains('\u{1b}'), "{ran}");
}

#[test]
fn a_regression_is_shown_with_its_place_and_its_source_beside_every_other_test() {
    let ran = run("-p ring -- --test regressed --test expected");
    let line = line_of("ring/src/lib.rs", "value * 2");
    let place = format!("  --> ring/src/lib.rs:{line}:42\n");
    let source = format!("{line} |     values.iter().map(|value| value * 2).collect()\n");
    let caller = format!(
        "called from doubled (ring/tests/regressed.rs:{})\n",
        line_of("ring/tests/regressed.rs", "ring::doubled")
    );
    ran.says(
        2,
        &[
            "❌ alloc-free  Doubling for nothing  REGRESSED: 1 allocation · 24 B\n",
            "✅ alloc-free  Sum beside it         0 allocations\n",
            "✅ alloc-free  Sum of a slice        0 allocations\n",
            "── ring · doubled (debug)\nerror: allocation in a locked phase\n",
            &place,
            &source,
            &caller,
        ],
    );
    assert_eq!(
        ran.summary(),
        "10 operations: 5 as expected, 1 regressed, 3 failed, 1 ignored",
        "{ran}"
    );
}

#[test]
fn a_panic_and_an_error_are_failures_that_say_what_happened() {
    let ran = run("panics fails -p ring -- --test regressed");
    let place = format!(
        "panicked: out of paper\n  --> ring/tests/regressed.rs:{}:5\n",
        line_of("ring/tests/regressed.rs", "panic!(\"out of paper\")")
    );
    ran.says(
        2,
        &[
            "❌ alloc-free  Error  FAILED: \"out of ink\"\n",
            "❌ alloc-free  Panic  PANICKED: out of paper\n",
            &place,
        ],
    );
    assert_eq!(
        ran.summary(),
        "2 operations: 0 as expected, 2 failed",
        "{ran}"
    );
}

#[test]
fn an_improvement_exits_with_4_where_strictness_is_asked_for_and_with_0_elsewhere() {
    let row =
        "✅ allocates   Parsing   IMPROVED: now allocation-free: promote it to `#[alloc_free]`\n";
    let arguments = ["-p", "beta", "--", "--test", "improved"];
    ran(&mut command(arguments)).says(0, &[row]);
    ran(&mut command(["--strict"].iter().chain(&arguments))).says(4, &[row]);
    ran(command(arguments).env("ALLOC_GUARD_STRICT", "1")).says(4, &[row]);
    ran(command(arguments).env("ALLOC_GUARD_STRICT", "0")).says(0, &[row]);
}

#[test]
fn a_binary_without_the_guard_counts_nothing_and_fails() {
    let ran = run("-p bare");
    ran.says(
        2,
        &[
            "❌ alloc-free  nothing  NO GUARD: nothing could be counted\n",
            "error: no guard is installed in this binary",
        ],
    );
    assert_eq!(
        ran.summary(),
        "1 operation: 0 as expected, 1 without a guard",
        "{ran}"
    );
}

#[cfg(unix)]
#[test]
fn a_test_that_ends_the_process_fails_with_all_that_could_not_report() {
    let ran = run("--test-threads 1 -p ring -- --test aborted");
    ran.says(
        2,
        &[
            "✅ alloc-free  a_before  0 allocations\n",
            "❌             b_aborts  DID NOT REPORT: the process ended with signal 6 (SIGABRT) before 2 tests had reported\n",
            "❌             c_after   DID NOT REPORT: the process ended with signal 6 (SIGABRT) before 2 tests had reported\n",
            "error: the process ended with signal 6 (SIGABRT) before 2 tests had reported\n",
        ],
    );
    assert_eq!(
        ran.summary(),
        "3 operations: 1 as expected, 2 failed",
        "{ran}"
    );
}

#[test]
fn a_test_in_a_process_of_its_own_that_dies_is_the_only_one_to_fail() {
    let ran = run("alone -p ring -- --test regressed");
    let row = "❌             dies_alone  DID NOT REPORT: its own process ended with ";
    ran.says(2, &["✅ alloc-free  Alone       0 allocations\n", row]);
    assert_eq!(
        ran.summary(),
        "2 operations: 1 as expected, 1 failed",
        "{ran}"
    );
}

#[cfg(unix)]
#[test]
fn what_the_last_moments_of_a_process_left_on_standard_error_is_shown() {
    run("-p beta -- --test aborted").says(
        2,
        &[
            "❌             aborts  DID NOT REPORT: the process ended with signal 6 (SIGABRT) before 1 test had reported\n",
            "   | about to abort\n",
        ],
    );
}
