//! Owns the project that the commands of a guide are run in: one after the other stands in the same folder, so that what they
//! have in common is built once.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::workspace::{REPOSITORY, repository, write};

/// `src`, `tests` and the manifest of the package that most guides are about.
pub(crate) const CODEC: [(&str, &str); 3] = [
    ("Cargo.toml", include_str!("../fixture/guides/package.toml")),
    ("src/lib.rs", include_str!("../fixture/guides/src/lib.rs")),
    (
        "tests/hot_paths.rs",
        include_str!("../fixture/guides/tests/hot_paths.rs"),
    ),
];

/// A package as `cargo init --lib --name hot` makes it, without its code.
pub(crate) const EMPTY: [(&str, &str); 2] = [
    (
        "Cargo.toml",
        "[package]\nname = \"hot\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[dependencies]\n\n[workspace]\n",
    ),
    ("src/lib.rs", ""),
];

static TURN: Mutex<()> = Mutex::new(());

/// A project, for as long as nobody else may have the folder.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) root: PathBuf,
    _turn: MutexGuard<'static, ()>,
    /// Other processes take their turn, too.
    _lock: fs::File,
}

impl Project {
    /// With these files, committed to git.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guides");
        let root = folder.join("project");
        fs::create_dir_all(root.join("target")).unwrap();
        let lock = fs::File::create(folder.join("lock")).unwrap();
        lock.lock().unwrap();
        clear(&root, &["target"]);
        // What was built stays, as what other revisions are built in does.
        clear(&root.join("target/alloc-guard"), &["revisions"]);
        let project = Self {
            root,
            _turn: turn,
            _lock: lock,
        };
        for (path, text) in files {
            project.write(path, text);
        }
        project.write(".gitignore", "/target\n");
        // The same versions as the repository's, which are there without a network.
        let lock = fs::read_to_string(Path::new(REPOSITORY).join("Cargo.lock")).unwrap();
        project.write("Cargo.lock", &lock);
        project.git(&["init", "--quiet", "--initial-branch=main"]);
        project.commit("first");
        project
    }

    /// Writes a file, in which `{repository}` is the clone that is tested.
    pub(crate) fn write(&self, path: &str, text: &str) {
        write(
            &self.root.join(path),
            &text.replace("{repository}", &repository()),
        );
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "."]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    fn git(&self, arguments: &[&str]) {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b.c"])
            .args(arguments)
            .current_dir(&self.root)
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }
}

/// Removes what is in a folder but for `kept`.
fn clear(folder: &Path, kept: &[&str]) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let entry = entry.unwrap();
        if kept.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            fs::remove_dir_all(entry.path()).unwrap();
        } else {
            fs::remove_file(entry.path()).unwrap();
        }
    }
}
