//! The crates that adopt alloc-guard, and the workspace they are made in.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

pub(crate) const LIBRARY: &str = include_str!("adopter.rs.in");
const HOT: &str = include_str!("hot.rs.in");

/// A box that an optimising compiler makes do without.
const ELIDED: &str = "
#[alloc_free]
fn boxes_a_number() {
    let three = Box::new(3_u64);
    assert_eq!(*three, 3);
}

#[alloc_guard::allocates]
fn boxes_another() {
    let four = Box::new(4_u64);
    assert_eq!(*four, 4);
}
";

/// Tests without a budget, which a baseline holds.
const BOXES: &str = "
use alloc_guard::allocates;

fn boxes(number: u64) {
    for value in 0..number {
        std::hint::black_box(Box::new(value));
    }
}

#[allocates]
fn above() { boxes(3); }
#[allocates]
fn as_accepted() { boxes(2); }
#[allocates]
fn below() { boxes(1); }
#[allocates(max_allocations = 9)]
fn budgeted() { boxes(9); }
#[allocates]
fn of_another_target() { boxes(1); }
#[allocates]
fn tolerated() { boxes(3); }
#[allocates]
fn unknown() { boxes(1); }
";

const BASELINE: &str = "
version = 1
[measured]
debug = { toolchain = \"1.0.0\", target = \"some\" }
[test.hot.above]
debug = { allocations = 2, bytes = 16, peak_bytes = 8 }
[test.hot.as_accepted]
debug = { allocations = 2, bytes = 16, peak_bytes = 8 }
[test.hot.below]
debug = { allocations = 2, bytes = 16, peak_bytes = 8 }
[test.hot.budgeted]
debug = { allocations = 2, bytes = 16, peak_bytes = 8 }
[test.hot.of_another_target]
debug = { allocations = 1, bytes = 8, peak_bytes = 8 }
\"debug@elsewhere\" = { allocations = 0, bytes = 0, peak_bytes = 0 }
[test.hot.tolerated]
tolerance = { allocations = 1, bytes = 8, reason = \"for this test\" }
debug = { allocations = 2, bytes = 16, peak_bytes = 8 }
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
    /// `alloc-guard.toml`.
    baseline: Option<&'static str>,
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
            baseline: None,
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
        if let Some(baseline) = self.baseline {
            write(&folder.join("alloc-guard.toml"), baseline);
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
            tests: Some(
                "#[alloc_guard::allocates]\nfn no_longer() { std::hint::black_box(1); }\n"
                    .to_owned(),
            ),
            ..Adopter::new("improved", "2024")
        },
        Adopter {
            tests: Some(BOXES.to_owned()),
            baseline: Some(BASELINE),
            ..Adopter::new("baseline", "2024")
        },
        Adopter {
            manifest: "[[test]]\nname = \"hot\"\nharness = false\n\n[dev-dependencies]\nalloc-guard = { path = \"ALLOC_GUARD\" }\n",
            tests: Some(format!("alloc_guard::main!();\n{BOXES}")),
            baseline: Some(BASELINE),
            ..Adopter::new("own-runner-baseline", "2024")
        },
        Adopter {
            tests: Some(BOXES.to_owned()),
            baseline: Some("version = 1\n<<<<<<< HEAD\n"),
            ..Adopter::new("conflict", "2024")
        },
        Adopter {
            tests: Some("#[alloc_guard::alloc_free]\nfn recorded() {}\n".to_owned()),
            ..Adopter::new("recorded", "2024")
        },
        Adopter {
            tests: Some(format!("use alloc_guard::alloc_free;\n{ELIDED}")),
            ..Adopter::new("elided", "2024")
        },
        Adopter {
            manifest: "[features]\nown-runner = []\n[dev-dependencies]\nalloc-guard = { path = \"ALLOC_GUARD\", default-features = false }\n",
            tests: Some(format!(
                "#[cfg(feature = \"own-runner\")]\nalloc_guard::main!();\n{IMPORTS}use without_features::grow;\n{HOT}"
            )),
            ..Adopter::new("without-features", "2024")
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
pub(crate) fn workspace() -> &'static Path {
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

pub(crate) fn cargo(workspace: &Path, arguments: &[&str]) -> Command {
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
        if name == "CI" || name.starts_with("NEXTEST") || name.starts_with("ALLOC_GUARD") {
            command.env_remove(&variable);
        }
    }
    command
}

pub(crate) fn text(output: &Output) -> String {
    [&output.stdout[..], &output.stderr[..]]
        .map(String::from_utf8_lossy)
        .concat()
}
