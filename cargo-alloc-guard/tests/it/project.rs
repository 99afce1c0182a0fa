//! Owns the projects that are generated besides the workspace most tests share.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::workspace::{self, REPOSITORY, write};

/// Files, each with the path it is written to.
macro_rules! files {
    ($folder:literal: $($to:literal from $from:literal,)*) => {
        [$(($to, include_str!(concat!("../fixture/", $folder, "/", $from))),)*]
    };
}
pub(crate) use files;

/// A generated project.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) root: PathBuf,
}

impl Project {
    /// One that stays where it is from run to run, with these files.
    pub(crate) fn lasting(name: &str, files: &[(&str, &str)]) -> Self {
        let project = Self {
            root: Path::new(env!("CARGO_TARGET_TMPDIR")).join(name),
        };
        for (path, text) in files {
            write(&project.root.join(path), &with_repository(text));
        }
        project.lock();
        project
    }

    /// The versions of the repository's, which are there without a network.
    pub(crate) fn lock(&self) {
        let lock = fs::read_to_string(Path::new(REPOSITORY).join("Cargo.lock")).unwrap();
        // Cargo takes out what this project does not need, so the original is kept to compare with.
        let is_new = write(&self.root.join("target/repository.lock"), &lock);
        if is_new || !self.root.join("Cargo.lock").exists() {
            write(&self.root.join("Cargo.lock"), &lock);
        }
    }

    /// The command in this project's folder.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = workspace::command(arguments.split_whitespace());
        command.current_dir(&self.root);
        command
    }

    /// Cargo itself in this project's folder, as the command would run it.
    pub(crate) fn cargo(&self, arguments: &str) -> Command {
        let like = self.command("");
        let mut command = Command::new(env!("CARGO"));
        command
            .current_dir(&self.root)
            .args(arguments.split_whitespace());
        for (name, value) in like.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// The line, counted from 1, that holds a text.
    pub(crate) fn line_of(&self, path: &str, text: &str) -> usize {
        let source = fs::read_to_string(self.root.join(path)).unwrap();
        1 + source.lines().position(|line| line.contains(text)).unwrap()
    }
}

/// A text with the place of the clone that is tested.
pub(crate) fn with_repository(text: &str) -> String {
    let repository = fs::canonicalize(REPOSITORY).unwrap();
    let repository = repository.to_str().unwrap().replace('\\', "/");
    text.replace("{repository}", &repository)
}
