//! Owns a repository of git with one package, as users have it.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::workspace::{Ran, command, ran, repository};

/// `src/lib.rs`.
pub(crate) const LIBRARY: &str = "
pub fn parse(parts: usize) -> usize {
    let mut sum = 0;
    for part in 0..parts {
        sum += *std::hint::black_box(Box::new(part));
    }
    sum
}

pub fn pair(one: usize, other: usize) -> Vec<usize> {
    let mut pair = Vec::new();
    for value in [one, other] {
        pair.reserve_exact(1);
        pair.push(value);
    }
    pair
}

pub fn sum(values: &[usize]) -> usize {
    values.iter().sum()
}
";

/// `tests/hot.rs`.
const TESTS: &str = "
/// Parsing
#[alloc_guard::allocates]
fn parses() { std::hint::black_box(story::parse(3)); }

/// Pairing
#[alloc_guard::allocates]
fn pairs() { std::hint::black_box(story::pair(1, 2)); }

/// Summing
#[alloc_guard::alloc_free]
fn sums() { std::hint::black_box(story::sum(&[1, 2, 3])); }
";

/// A repository of git with one package, in a folder that lasts from run to run: its dependencies need
/// not be built each time.
pub(crate) struct Repository(pub(crate) PathBuf);

impl Repository {
    pub(crate) fn make(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(root.join(".git"));
        let _ = fs::remove_file(root.join("alloc-guard.toml"));
        let made = Self(root);
        made.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"story\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                 [dev-dependencies]\nalloc-guard = {{ path = \"{}/alloc-guard\", default-features = false, features = [\"symbols\"] }}\n\n\
                 [profile.dev]\ndebug = \"line-tables-only\"\n",
                repository()
            ),
        );
        let lock = fs::read_to_string(format!("{}/Cargo.lock", repository())).unwrap();
        made.write("Cargo.lock", &lock);
        made.write(".gitignore", "target\n");
        made.write("src/lib.rs", LIBRARY);
        made.write("tests/hot.rs", TESTS);
        made.git(&["init", "--quiet", "--initial-branch=main"]);
        made.commit("first");
        made
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            fs::write(path, text).unwrap();
        }
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b.c"])
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    /// Leaves the lock file to cargo, which takes out of it what this package does not need.
    pub(crate) fn forget_lock(&self) {
        self.write(".gitignore", "target\nCargo.lock\n");
        self.git(&["rm", "--quiet", "--cached", "Cargo.lock"]);
        self.commit("no lock file");
    }

    /// Runs the command in it.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(&mut self.command(arguments))
    }

    /// The command in it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.join("target"));
        command
    }
}
