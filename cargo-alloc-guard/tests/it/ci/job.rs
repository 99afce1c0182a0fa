//! Owns a job's step: the files that GitHub gives it, and a folder for its artifacts.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use crate::workspace::{Ran, ran};

/// A step of a job.
pub(crate) struct Step {
    folder: TempDir,
}

impl Step {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// The folder for artifacts.
    pub(crate) fn artifacts(&self) -> PathBuf {
        self.folder.path().join("artifacts")
    }

    /// A file in an artifact.
    #[track_caller]
    pub(crate) fn text(&self, path: &str) -> String {
        let path = self.artifacts().join(path);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// What was appended to the summary.
    pub(crate) fn summary(&self) -> String {
        fs::read_to_string(self.folder.path().join("summary.md")).unwrap_or_default()
    }

    /// The outputs, line by line.
    pub(crate) fn outputs(&self) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join("output")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// Every file that was written, artifacts or not.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut open = vec![self.folder.path().to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    files.push(path);
                }
            }
        }
        files.sort();
        files
    }

    /// The names of the files in an artifact, sorted.
    pub(crate) fn names(&self, artifact: &str) -> Vec<String> {
        let folder = self.artifacts().join(artifact);
        let of = |path: PathBuf| {
            let below = path.strip_prefix(&folder).ok()?;
            Some(below.to_str().unwrap().replace('\\', "/"))
        };
        self.files().into_iter().filter_map(of).collect()
    }

    /// Runs a command of `ci` with GitHub's files.
    pub(crate) fn run(&self, command: &mut Command) -> Ran {
        ran(self.given(command))
    }

    /// A command of `ci`, with GitHub's files.
    pub(crate) fn given<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command
            .env("GITHUB_STEP_SUMMARY", self.folder.path().join("summary.md"))
            .env("GITHUB_OUTPUT", self.folder.path().join("output"))
    }
}

/// The arguments of a job, with its folder for artifacts.
pub(crate) fn line(job: &str, artifacts: &Path, rest: &str) -> Vec<String> {
    let mut words = vec!["ci".to_owned(), job.to_owned()];
    words.push("--output".to_owned());
    words.push(artifacts.to_str().unwrap().to_owned());
    words.extend(rest.split_whitespace().map(str::to_owned));
    words
}
