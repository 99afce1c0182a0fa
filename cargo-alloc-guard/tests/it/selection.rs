//! Which tests run.

use crate::workspace::run;

#[test]
fn filters_are_parts_of_names_and_any_of_them_will_do() {
    let ran = run("one_ environ --filter nothing -p ring -p beta -- --test expected --test own");
    ran.says(
        0,
        &[
            "✅ alloc-free  Nothing at all   0 allocations\n",
            "✅ allocates   One box          1 allocation",
            "✅ alloc-free  What cargo sets  0 allocations\n",
        ],
    );
    assert_eq!(ran.summary(), "3 operations: 3 as expected", "{ran}");
}

#[test]
fn ignored_tests_run_when_they_are_asked_for() {
    let included =
        run("--include-ignored slow nothing -p ring -p beta -- --test expected --test own");
    included.says(
        0,
        &[
            "✅ alloc-free  Much of it      0 allocations\n",
            "✅ alloc-free  Nothing at all  0 allocations\n",
            "✅ alloc-free  Sum of an hour  0 allocations\n",
        ],
    );
    assert_eq!(
        included.summary(),
        "3 operations: 3 as expected",
        "{included}"
    );

    let only = run("--ignored -p ring -p beta -- --test expected --test own");
    only.says(
        0,
        &[
            "✅ alloc-free  Much of it      0 allocations\n",
            "✅ alloc-free  Sum of an hour  0 allocations\n",
        ],
    );
    assert_eq!(only.summary(), "2 operations: 2 as expected", "{only}");
}

#[test]
fn where_nothing_is_guarded_the_command_could_not_run_and_says_what_to_do() {
    let ran = run("-p plain");
    ran.says(1, &[]);
    assert!(
        ran.stderr.contains(
            "error: no guarded test in 1 test target: add `alloc-guard` to `[dev-dependencies]`"
        ),
        "{ran}"
    );
}

#[test]
fn filters_that_match_nothing_are_named() {
    let ran = run("walrus carpenter -p beta -- --test own");
    ran.says(1, &[]);
    assert!(
        ran.stderr.contains(
            "error: no guarded test has `walrus` or `carpenter` in its name; without filters there are 4"
        ),
        "{ran}"
    );
    let ran = run("--ignored nothing -p beta -- --test own");
    ran.says(1, &[]);
    assert!(
        ran.stderr
            .contains("error: no guarded test has `nothing` in its name and is ignored"),
        "{ran}"
    );
}
