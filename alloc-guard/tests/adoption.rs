//! Adoption as a user would: crates outside this workspace, made in a temporary folder, each of
//! which takes alloc-guard in its own way, built and run by cargo. All must reach the same verdicts.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

/// What each test in `adopters/hot.rs` must come out as.
const EXPECTED: [(&str, &str); 11] = [
    ("counts_every_thread", "FAILED"),
    ("free", "ok"),
    ("ignored", "ignored"),
    ("over_its_budget", "FAILED"),
    ("panics", "FAILED"),
    ("panics_as_it_should", "ok"),
    ("polled", "ok"),
    ("regresses_in_the_library", "FAILED"),
    ("regresses_in_the_library_too", "FAILED"),
    ("returns_an_error", "FAILED"),
    ("within_its_budget", "ok"),
];

const LIBRARY: &str = include_str!("adopters/adopter.rs");
const HOT: &str = include_str!("adopters/hot.rs");

/// A box that an optimising compiler makes do without.
const ELIDED: &str = "
#[alloc_free]
fn boxes_a_number() {
    let three = Box::new(3_u64);
    assert_eq!(*three, 3);
}
";

/// One way to adopt alloc-guard.
struct Adopter {
    name: &'static str,
    edition: &'static str,
    /// Lines of its manifest below `[package]`.
    manifest: &'static str,
    library: String,
    /// `tests/hot.rs`.
    tests: Option<String>,
}

const IMPORTS: &str =
    "use alloc_guard::{alloc_free, allocates};\nuse std::{future::ready, hint::black_box};\n";
const DEPENDENCY: &str = "[dev-dependencies]\nalloc-guard = { path = \"ALLOC_GUARD\" }\n";

impl Adopter {
    fn new(name: &'static str, edition: &'static str) -> Self {
        Self {
            name,
            edition,
            manifest: DEPENDENCY,
            library: LIBRARY.to_owned(),
            tests: Some(format!(
                "{IMPORTS}use {}::grow;\n{HOT}",
                name.replace('-', "_")
            )),
        }
    }

    fn write(&self, workspace: &Path) {
        let folder = workspace.join(self.name);
        let library = Path::new(env!("CARGO_MANIFEST_DIR"));
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"{}\"\n\n{}",
            self.name, self.edition, self.manifest
        )
        .replace(
            "ALLOC_GUARD",
            &library.display().to_string().replace('\\', "/"),
        );
        write(&folder.join("Cargo.toml"), &manifest);
        write(&folder.join("src/lib.rs"), &self.library);
        if let Some(tests) = &self.tests {
            write(&folder.join("tests/hot.rs"), tests);
        }
    }
}

/// Every way, by name.
fn adopters() -> Vec<Adopter> {
    vec![
        Adopter::new("edition-2018", "2018"),
        Adopter::new("edition-2021", "2021"),
        Adopter::new("edition-2024", "2024"),
        Adopter {
            manifest: "[[test]]\nname = \"hot\"\nharness = false\n\n[dev-dependencies]\nalloc-guard = { path = \"ALLOC_GUARD\" }\n",
            tests: Some(format!(
                "{IMPORTS}use own_runner::grow;\nalloc_guard::main!();\n{HOT}"
            )),
            ..Adopter::new("own-runner", "2021")
        },
        Adopter {
            library: format!(
                "#![forbid(unsafe_code)]\n{LIBRARY}\n#[cfg(test)]\nmod tests {{\n    use super::grow;\n    {IMPORTS}{HOT}}}\n"
            ),
            tests: None,
            ..Adopter::new("inside-forbid-unsafe", "2024")
        },
        Adopter {
            manifest: "[dev-dependencies]\nalloc-guard-core = { path = \"ALLOC_GUARD/core\" }\nmimalloc = \"0.1\"\n",
            tests: Some(format!(
                "use alloc_guard_core::{{Guard, alloc_free, allocates}};\nuse std::{{future::ready, hint::black_box}};\n\
                 #[global_allocator]\nstatic GLOBAL: Guard<mimalloc::MiMalloc> = Guard::new(mimalloc::MiMalloc);\n\
                 use own_allocator::grow;\n{HOT}"
            )),
            ..Adopter::new("own-allocator", "2024")
        },
        Adopter {
            manifest: "[dev-dependencies]\nguard = { path = \"ALLOC_GUARD\", package = \"alloc-guard\" }\n",
            tests: Some(
                format!(
                    "{}use renamed::grow;\n{HOT}",
                    IMPORTS.replace("alloc_guard", "guard")
                )
                .replace("#[alloc_free]", "#[alloc_free(crate = guard)]")
                .replace("#[alloc_free(scope", "#[alloc_free(crate = guard, scope")
                .replace("#[allocates(", "#[allocates(crate = guard, "),
            ),
            ..Adopter::new("renamed", "2021")
        },
        Adopter {
            tests: Some(format!("use alloc_guard::alloc_free;\n{ELIDED}")),
            ..Adopter::new("elided", "2024")
        },
        Adopter {
            manifest: "[dev-dependencies]\nalloc-guard-core = { path = \"ALLOC_GUARD/core\" }\n",
            tests: Some(format!(
                "use alloc_guard_core::{{alloc_free, allocates}};\nuse std::{{future::ready, hint::black_box}};\nuse unguarded::grow;\n{HOT}"
            )),
            ..Adopter::new("unguarded", "2024")
        },
    ]
}

/// Writes a file whole, unless it is as it should be already: another process may be making the same
/// workspace, and cargo builds again what is newer. Returns whether it did.
fn write(path: &Path, text: &str) -> bool {
    if fs::read_to_string(path).is_ok_and(|found| found == text) {
        return false;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let temporary = path.with_extension(format!("{}.new", std::process::id()));
    fs::write(&temporary, text).unwrap();
    fs::rename(temporary, path).unwrap();
    true
}

/// Makes the workspace with every adopter, once, and builds all of it in one go: an allocator of a
/// member's own and the default one must not meet.
fn workspace() -> &'static Path {
    static WORKSPACE: OnceLock<PathBuf> = OnceLock::new();
    WORKSPACE.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("adopters");
        let adopters = adopters();
        let members: Vec<_> = adopters.iter().map(|adopter| format!("{:?}", adopter.name)).collect();
        let manifest = format!(
            "[workspace]\nresolver = \"2\"\nmembers = [{}]\n\n[profile.release]\ndebug = \"line-tables-only\"\n",
            members.join(", ")
        );
        write(&folder.join("Cargo.toml"), &manifest);
        // The versions that this workspace has downloaded, so that no network is needed.
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
        let lock = fs::read_to_string(lock).unwrap();
        if write(&folder.join("Cargo.lock.origin"), &lock) {
            write(&folder.join("Cargo.lock"), &lock);
        }
        for adopter in &adopters {
            adopter.write(&folder);
        }
        let output = cargo(&folder, &["test", "--workspace", "--no-run"]).output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
        folder
    })
}

fn cargo(workspace: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(workspace)
        .args(arguments)
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .env_remove("RUST_BACKTRACE");
    // What the harness around this test says of itself is not meant for the one inside.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("NEXTEST") || name.starts_with("ALLOC_GUARD") {
            command.env_remove(&variable);
        }
    }
    command
}

fn text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]]
        .map(String::from_utf8_lossy)
        .concat()
}

/// The verdicts in libtest's lines: `test NAME ... ok`.
fn verdicts(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| {
            let (name, word) = line.strip_prefix("test ")?.rsplit_once(" ... ")?;
            let name = name.split(" - ").next()?;
            let name = name.strip_prefix("tests::").unwrap_or(name);
            Some((name.to_owned(), word.split(',').next()?.to_owned()))
        })
        .collect()
}

fn expected() -> BTreeMap<String, String> {
    EXPECTED
        .map(|(name, word)| (name.to_owned(), word.to_owned()))
        .into()
}

/// Runs the tests of one adopter under cargo and compares every verdict.
#[track_caller]
fn check(adopter: &str) -> String {
    let mut last = String::new();
    for threads in ["--test-threads=1", "--test-threads=4"] {
        let output = cargo(workspace(), &["test", "-p", adopter, "--", threads])
            .output()
            .unwrap();
        last = text(&output);
        assert_eq!(verdicts(&last), expected(), "{adopter} {threads}:\n{last}");
        assert_eq!(
            output.status.code(),
            Some(101),
            "{adopter} {threads}:\n{last}"
        );
    }
    // The culprit by file and line, for each of the two tests that it breaks.
    let line = LIBRARY
        .lines()
        .position(|line| line.contains("the culprit"))
        .unwrap()
        + 1;
    let inside = adopter.starts_with("inside");
    let place = format!("{adopter}/src/lib.rs:{}:", line + usize::from(inside));
    assert_eq!(last.matches(&place).count(), 2, "{place} in\n{last}");
    last
}

#[test]
fn libtest_in_edition_2018() {
    check("edition-2018");
}

#[test]
fn libtest_in_edition_2021() {
    check("edition-2021");
}

#[test]
fn libtest_in_edition_2024() {
    check("edition-2024");
}

#[test]
fn a_target_with_harness_false() {
    let text = check("own-runner");
    assert!(
        text.contains("test free - ✅ Reads its fixture: 0 allocations ... ok"),
        "{text}"
    );
    assert!(
        text.contains("Error: panics: ❌ alloc-free  panics  PANICKED"),
        "{text}"
    );
    assert!(text.contains("4 passed; 6 failed; 1 ignored"), "{text}");
}

#[test]
fn inside_a_library_that_forbids_unsafe_code() {
    check("inside-forbid-unsafe");
}

#[test]
fn an_allocator_of_one_s_own_beside_members_with_the_default() {
    check("own-allocator");
}

#[test]
fn a_renamed_dependency() {
    check("renamed");
}

#[test]
fn not_installed_is_no_pass_but_a_message_with_the_cure() {
    let output = cargo(workspace(), &["test", "-p", "unguarded"])
        .output()
        .unwrap();
    let text = text(&output);
    let failed = verdicts(&text)
        .values()
        .filter(|word| *word == "FAILED")
        .count();
    assert_eq!(
        failed,
        EXPECTED.len() - 1,
        "all but the ignored one:\n{text}"
    );
    assert!(
        text.contains("NO GUARD") && text.contains("use alloc_guard as _;"),
        "{text}"
    );
}

#[test]
fn three_test_suite_every_test_is_reported_whatever_the_others_do() {
    let filters = ["regresses_in_the_library", "panics", "free"];
    let output = cargo(workspace(), &["test", "-p", "own-runner", "--", "--exact"])
        .args(filters)
        .output()
        .unwrap();
    let found = verdicts(&text(&output));
    let words: Vec<_> = found.values().map(String::as_str).collect();
    assert_eq!(words, ["ok", "FAILED", "FAILED"], "{}", text(&output));
}

/// Where cargo-nextest is installed; a process per test, so the verdicts must hold one by one.
#[test]
fn nextest_reaches_the_same_verdicts() {
    if !Command::new("cargo-nextest")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        eprintln!("NOT CHECKED UNDER NEXTEST: cargo-nextest is not installed");
        assert!(
            std::env::var_os("ALLOC_GUARD_REQUIRE_NEXTEST").is_none(),
            "cargo-nextest is required here"
        );
        return;
    }
    for adopter in ["edition-2024", "own-runner"] {
        let arguments = [
            "nextest",
            "run",
            "-p",
            adopter,
            "--no-fail-fast",
            "--color",
            "never",
            "--retries",
            "0",
        ];
        let output = cargo(workspace(), &arguments).output().unwrap();
        let text = text(&output);
        let found: BTreeMap<String, String> = text
            .lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace();
                let word = match words.next()? {
                    "PASS" => "ok",
                    "FAIL" => "FAILED",
                    _ => return None,
                };
                Some((words.next_back()?.to_owned(), word.to_owned()))
            })
            .collect();
        let mut wanted = expected();
        // Nextest does not run what is ignored, and does not list it either.
        wanted.remove("ignored");
        assert_eq!(found, wanted, "{adopter}:\n{text}");
        assert!(
            text.contains("Error: "),
            "nextest shows the failure's text:\n{text}"
        );
    }
}

/// Where the guard is installed decides what the optimiser elides: in a dependency it elides as it
/// does for everyone, so that what release does not allocate is not counted.
#[test]
fn a_guard_inside_a_dependency_elides_as_without_it() {
    let folder = workspace();
    let run = |profile: &[&str]| {
        let output = cargo(folder, &["test", "-p", "elided", "--test", "hot"])
            .args(profile)
            .output()
            .unwrap();
        (output.status.success(), text(&output))
    };
    let (passed, output) = run(&[]);
    assert!(
        !passed && output.contains("1 allocation · 8 B [debug]"),
        "{output}"
    );
    let (passed, output) = run(&["--release"]);
    assert!(passed, "{output}");
}
