//! What changed between two runs, and between two revisions.

use std::{fs, path::Path, process::Command};

use crate::workspace::{Ran, command, ran, repository};

const LIBRARY: &str = "
pub fn parse(parts: usize) -> usize {
    let mut sum = 0;
    for part in 0..parts {
        sum += *std::hint::black_box(Box::new(part));
    }
    sum
}
";

const TESTS: &str = "
/// Parsing
#[alloc_guard::allocates]
fn parses() { std::hint::black_box(story::parse(3)); }

/// Summing
#[alloc_guard::alloc_free]
fn sums() {}
";

/// A repository of git with one package, in a folder that lasts from run to run: its dependencies need
/// not be built each time.
struct Repository(std::path::PathBuf);

impl Repository {
    fn make(name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(root.join(".git"));
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

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            fs::write(path, text).unwrap();
        }
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b.c"])
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        ran(command(arguments)
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.join("target")))
    }
}

#[test]
fn revisions_are_built_beside_the_checkout_and_compared_with_each_other_and_the_last_run() {
    let repository = Repository::make("revisions");
    repository.write("src/lib.rs", &LIBRARY.replace("0..parts", "0..parts + 1"));
    repository.commit("one box more");
    repository.write("src/lib.rs", "not committed, and not to be touched");

    let worse = repository.run(&["diff", "main~1", "main"]);
    worse.says(
        2,
        &[
            "📈 risen  Parsing  story · hot [debug]  allocations 3 → 4 (+1); bytes 24 → 32 (+8)\n",
            "     = parse (src/lib.rs:5:38): 3 → 4 allocations\n",
            "2 operations: 1 risen, 1 unchanged\n",
        ],
    );
    let better = repository.run(&["diff", "main", "main~1", "--format", "json"]);
    better.says(0, &["\"change\": \"fallen\"", "\"unchanged\": 1"]);
    let same = repository.run(&["diff", "main", "HEAD"]);
    same.says(0, &["2 operations: 2 unchanged\n"]);
    assert_eq!(same.stdout.lines().count(), 1, "{same}");

    let library = fs::read_to_string(repository.0.join("src/lib.rs")).unwrap();
    assert_eq!(library, "not committed, and not to be touched");
    assert_eq!(
        repository.git(&["status", "--porcelain"]),
        " M src/lib.rs\n"
    );

    repository.git(&["checkout", "--quiet", "--force", "main~1"]);
    compared_with_the_last_run(&repository);
}

/// With the first revision checked out.
fn compared_with_the_last_run(repository: &Repository) {
    repository.write("src/lib.rs", &LIBRARY.replace("0..parts", "0..parts - 1"));
    repository.run(&[]).says(0, &[]);
    repository.run(&["diff", "main~1"]).says(
        0,
        &["📉 fallen  Parsing  story · hot [debug]  allocations 3 → 2 (-1); bytes 24 → 16 (-8)\n"],
    );
    let markdown = repository.run(&["diff", "main~1", "--format", "markdown"]);
    markdown.says(
        0,
        &[
            "### ✅ 2 operations: 1 fallen, 1 unchanged\n",
            "| 📉 fallen | `Parsing` | `story::hot::parses [debug]` | `allocations 3 → 2 (-1); bytes 24 → 16 (-8)` |\n",
        ],
    );
    let report = repository.run(&["report"]);
    report.says(
        0,
        &[
            "✅ allocates   Parsing  2 allocations",
            "2 operations: 2 as expected\n",
        ],
    );
}

#[test]
fn what_is_neither_records_nor_a_revision_is_named() {
    let ran = ran(&mut command(["diff", "no-such-thing", "main"]));
    ran.says(1, &[]);
    assert!(
        ran.stderr.contains(
            "error: `no-such-thing` is neither a file nor a folder with records, nor a revision that git knows"
        ),
        "{ran}"
    );
}
