//! Owns the generated workspace, and how the command is run in it.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
};

pub(crate) const COMMAND: &str = env!("CARGO_BIN_EXE_cargo-alloc-guard");
pub(crate) const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Variables that mean something to the command or to tests, and are not set for them.
pub(crate) const UNSET: [&str; 14] = [
    "ALLOC_GUARD_BASE",
    "ALLOC_GUARD_STRICT",
    "ALLOC_GUARD_DIR",
    "BYTEHOUND_LIBRARY",
    "BYTEHOUND_SHA256",
    "CI",
    "GITHUB_ACTIONS",
    "GITHUB_BASE_REF",
    "GITHUB_OUTPUT",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_WORKFLOW_REF",
    "RUST_BACKTRACE",
    "RUST_TEST_THREADS",
    "RUSTFLAGS",
];

macro_rules! files {
    ($($to:literal from $from:literal,)*) => {
        [$(($to, include_str!(concat!("../fixture/", $from))),)*]
    };
}

const FILES: [(&str, &str); 22] = files! {
    "Cargo.toml" from "workspace.toml",
    "bare/Cargo.toml" from "bare/package.toml",
    "bare/src/lib.rs" from "bare/src/lib.rs",
    "bare/tests/unguarded.rs" from "bare/tests/unguarded.rs",
    "beta/Cargo.toml" from "beta/package.toml",
    "beta/src/lib.rs" from "beta/src/lib.rs",
    "beta/tests/aborted.rs" from "beta/tests/aborted.rs",
    "beta/tests/improved.rs" from "beta/tests/improved.rs",
    "beta/tests/own.rs" from "beta/tests/own.rs",
    "gate/Cargo.toml" from "gate/package.toml",
    "gate/alloc-guard.toml" from "gate/alloc-guard.toml",
    "gate/src/lib.rs" from "gate/src/lib.rs",
    "gate/tests/flickering.rs" from "gate/tests/flickering.rs",
    "gate/tests/held.rs" from "gate/tests/held.rs",
    "plain/Cargo.toml" from "plain/package.toml",
    "plain/src/lib.rs" from "plain/src/lib.rs",
    "ring/Cargo.toml" from "ring/package.toml",
    "ring/src/lib.rs" from "ring/src/lib.rs",
    "ring/src/tool.rs" from "ring/src/tool.rs",
    "ring/tests/aborted.rs" from "ring/tests/aborted.rs",
    "ring/tests/expected.rs" from "ring/tests/expected.rs",
    "ring/tests/regressed.rs" from "ring/tests/regressed.rs",
};

/// The folder of the repository that is tested, with `/` between its parts.
pub(crate) fn repository() -> String {
    let repository = fs::canonicalize(REPOSITORY).unwrap();
    repository.to_str().unwrap().replace('\\', "/")
}

/// The generated workspace. It stays where it is from run to run, so that what does not change is not
/// built again: a fresh folder each time would leave its build output behind each time.
static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let repository = repository();
    for (path, text) in FILES {
        write(&root.join(path), &text.replace("{repository}", &repository));
    }
    // The same versions as the repository's, which are there without a network. Cargo takes out
    // what this workspace does not need, so the original is kept to compare with.
    let lock = fs::read_to_string(Path::new(REPOSITORY).join("Cargo.lock")).unwrap();
    if write(&root.join("repository.lock"), &lock) || !root.join("Cargo.lock").exists() {
        write(&root.join("Cargo.lock"), &lock);
    }
    root
});

/// The folder of the generated workspace.
pub(crate) fn root() -> &'static Path {
    &ROOT
}

/// Writes a file unless it is there already, whole: another test process may be reading it.
pub(crate) fn write(path: &Path, text: &str) -> bool {
    if fs::read_to_string(path).is_ok_and(|present| present == text) {
        return false;
    }
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let half = path.with_extension(format!("half-{}", std::process::id()));
    fs::write(&half, text).unwrap();
    fs::rename(&half, path).unwrap();
    true
}

/// The line of a fixture, counted from 1, that holds a text.
pub(crate) fn line_of(path: &str, text: &str) -> usize {
    let (_, source) = FILES.iter().find(|(name, _)| *name == path).unwrap();
    1 + source.lines().position(|line| line.contains(text)).unwrap()
}

/// The command, as cargo runs it, in the generated workspace.
pub(crate) fn command<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(COMMAND);
    command
        .arg("alloc-guard")
        .args(arguments)
        .current_dir(root())
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TARGET_DIR", root().join("target"))
        .env("CARGO_TERM_COLOR", "never")
        .stdin(Stdio::null());
    for variable in UNSET {
        command.env_remove(variable);
    }
    command
}

/// What a run of the command printed, and its exit status.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) status: Option<i32>,
}

/// Runs the command with these arguments, which hold no spaces.
pub(crate) fn run(arguments: &str) -> Ran {
    ran(&mut command(arguments.split_whitespace()))
}

/// Runs a command.
pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        status: output.status.code(),
    }
}

impl Ran {
    /// Checks the exit status and that each of the texts was printed.
    #[track_caller]
    pub(crate) fn says(&self, status: i32, texts: &[&str]) {
        assert_eq!(self.status, Some(status), "{self}");
        for text in texts {
            assert!(self.stdout.contains(text), "{text:?} is missing:\n{self}");
        }
        assert!(!self.stdout.contains("a plain test was run"), "{self}");
    }

    /// The last line printed.
    pub(crate) fn summary(&self) -> &str {
        self.stdout.lines().last().unwrap_or_default()
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "status {:?}\n--- stdout\n{}\n--- stderr\n{}",
            self.status, self.stdout, self.stderr
        )
    }
}

/// Whether cargo-nextest is installed. Where it is demanded and is not there, the test fails.
pub(crate) fn has_nextest() -> bool {
    let is_there = Command::new("cargo-nextest")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !is_there {
        eprintln!("NOT CHECKED UNDER NEXTEST: cargo-nextest is not installed");
        assert!(
            std::env::var_os("ALLOC_GUARD_REQUIRE_NEXTEST").is_none(),
            "cargo-nextest is required here"
        );
    }
    is_there
}
