//! Test targets that cargo leaves out, because a feature that they need is off.

use std::sync::LazyLock;

use crate::{
    project::Project,
    workspace::{Ran, ran},
};

const MANIFEST: &str = r#"
[features]
extra = []

[[test]]
name = "hot"
required-features = ["extra"]

[dev-dependencies]
alloc-guard = { path = "{repository}/alloc-guard", default-features = false }
"#;

const GUARDED: &str = "#[alloc_guard::alloc_free]\nfn guarded() {}\n";

static PROJECT: LazyLock<Project> = LazyLock::new(|| {
    let manifest = |name: &str| {
        format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{MANIFEST}")
    };
    Project::lasting(
        "left-out",
        &[
            (
                "Cargo.toml",
                "[workspace]\nresolver = \"3\"\nmembers = [\"all\", \"some\"]\n",
            ),
            ("all/Cargo.toml", &manifest("all")),
            ("all/src/lib.rs", ""),
            ("all/tests/hot.rs", GUARDED),
            ("some/Cargo.toml", &manifest("some")),
            ("some/src/lib.rs", ""),
            ("some/tests/hot.rs", GUARDED),
            ("some/tests/others.rs", GUARDED),
        ],
    )
});

fn check(arguments: &str) -> Ran {
    ran(&mut PROJECT.command(arguments))
}

#[test]
fn a_target_that_needs_a_feature_is_named_beside_those_that_ran() {
    let said =
        "warning: some/tests/hot.rs was left out: it needs what `-- --features extra` turns on\n";
    let without = check("-p some");
    without.says(0, &["✅ alloc-free  guarded"]);
    assert_eq!(without.summary(), "1 operation: 1 as expected", "{without}");
    assert!(without.stderr.contains(said), "{without}");

    let with = check("-p some -- --features extra");
    assert_eq!(with.summary(), "2 operations: 2 as expected", "{with}");
    assert!(!with.stderr.contains("left out"), "{with}");
}

#[test]
fn where_that_leaves_no_guarded_test_the_command_could_not_run() {
    let without = check("-p all");
    without.says(1, &[]);
    let said = "error: no guarded test was built: all/tests/hot.rs was left out: it needs what `-- --features extra` \
                turns on\n";
    assert!(without.stderr.contains(said), "{without}");
    check("-p all -- --features extra").says(0, &["✅ alloc-free  guarded"]);
}
