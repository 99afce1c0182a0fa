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

    /// One that is made anew for each test that asks for it by a name of its own.
    pub(crate) fn fresh(name: &str, files: &[(&str, &str)]) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("fresh")
            .join(name);
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        // Or the clone that is tested would be taken for the project's repository.
        fs::create_dir_all(root.join(".git")).unwrap();
        let project = Self { root };
        for (path, text) in files {
            write(&project.root.join(path), &with_repository(text));
        }
        project.lock();
        project
    }

    /// What a file holds.
    pub(crate) fn text(&self, path: &str) -> String {
        let path = self.root.join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Every file, without what cargo and these tests made, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut open = vec![self.root.clone()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(&self.root).unwrap().to_str().unwrap();
                let name = name.replace('\\', "/");
                if path.is_dir() {
                    open.push(path);
                } else if name != "Cargo.lock" && !name.starts_with("target/") {
                    files.push(name);
                }
            }
        }
        files.sort();
        files
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
