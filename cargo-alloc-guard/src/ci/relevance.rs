//! Owns the question whether anything that can change a verdict differs from the base.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context as _, Result};

use crate::format::text::one_line;

/// The revision that a change is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base(pub(crate) String);

/// Whether there is anything to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Relevance {
    /// Why.
    Relevant(String),
    /// What did not change.
    NotRelevant(String),
}

/// How much of a file's name is shown.
const LONGEST_PATH: usize = 200;

/// The variable that names the base, beside the option.
const BASE: &str = "ALLOC_GUARD_BASE";

/// Files that can change what a test allocates, whatever folder they are in: sources, what chooses
/// dependencies and features, what chooses the compiler, and what tests are held to.
const RELEVANT: [&str; 5] = [
    "Cargo.toml",
    "Cargo.lock",
    "alloc-guard.toml",
    "rust-toolchain",
    "rust-toolchain.toml",
];

impl Base {
    /// What the option or the environment names. GitHub names the branch of a pull request itself.
    pub(crate) fn new(
        option: Option<String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Option<Self> {
        let of_pull_request = || {
            let branch = variable("GITHUB_BASE_REF").filter(|branch| !branch.is_empty())?;
            Some(format!("origin/{branch}"))
        };
        option
            .or_else(|| variable(BASE))
            .filter(|base| !base.is_empty())
            .or_else(of_pull_request)
            .map(Self)
    }
}

impl Base {
    /// The commit where the history here left that of the base.
    ///
    /// # Errors
    /// If git cannot be started, or knows none.
    pub(super) fn common(&self, workspace: &Path) -> Result<String> {
        common(&self.0, workspace)?
            .with_context(|| format!("git knows no common ancestor with `{}` here", self.0))
    }
}

impl Relevance {
    /// Asks git what differs between the base and the files in the folder now. Where it cannot say, everything
    /// may have changed.
    ///
    /// # Errors
    /// If git cannot be started.
    pub(super) fn of(base: Option<&Base>, workspace: &Path) -> Result<Self> {
        let Some(Base(base)) = base else {
            return Ok(Self::Relevant(
                "there is no base to compare with".to_owned(),
            ));
        };
        let Some(common) = common(base, workspace)? else {
            return Ok(Self::Relevant(format!(
                "git knows no common ancestor with `{base}` here: a shallow clone has too little of the history"
            )));
        };
        let changed = git(
            workspace,
            ["diff", "--name-only", "--no-renames", "-z", &common],
        )?;
        // What is not in the index yet.
        let new = git(
            workspace,
            [
                "ls-files",
                "--others",
                "--exclude-standard",
                "--full-name",
                "-z",
            ],
        )?;
        let (Some(changed), Some(new)) = (said(&changed), said(&new)) else {
            return Ok(Self::Relevant(format!(
                "git cannot say what changed since `{base}`"
            )));
        };
        let files: Vec<&str> = changed
            .split('\0')
            .chain(new.split('\0'))
            .filter(|file| !file.is_empty())
            .collect();
        let workflow = workflow(std::env::var("GITHUB_WORKFLOW_REF").ok().as_deref());
        Ok(
            match files
                .iter()
                .find(|file| is_relevant(file, workflow.as_deref()))
            {
                // A file's name may have lines of its own.
                Some(file) => Self::Relevant(format!(
                    "{} differs from `{base}`",
                    one_line(file, LONGEST_PATH)
                )),
                None => Self::NotRelevant(format!(
                    "no Rust file, manifest, lock file, baseline or workflow differs from `{base}`"
                )),
            },
        )
    }
}

/// The commit where the history here left that of the base; `None` if git knows none.
fn common(base: &str, workspace: &Path) -> Result<Option<String>> {
    let output = git(workspace, ["merge-base", "--end-of-options", base, "HEAD"])?;
    Ok(said(&output).map(|hash| hash.trim().to_owned()))
}

/// The workflow's own file, of `owner/repository/.github/workflows/memory.yml@refs/heads/main`.
fn workflow(reference: Option<&str>) -> Option<PathBuf> {
    let path = reference?.rsplit_once('@')?.0;
    let (_, below) = path.split_once("/.github/")?;
    Some(Path::new(".github").join(below))
}

/// Whether the file at this path, with `/` between its parts, can change a verdict.
fn is_relevant(file: &str, workflow: Option<&Path>) -> bool {
    let path = Path::new(file);
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    let is_cargo_s = || {
        matches!(name, "config.toml" | "config")
            && path
                .parent()
                .is_some_and(|folder| folder.ends_with(".cargo"))
    };
    let is_workflow = || match workflow {
        Some(workflow) => path == workflow,
        // Nobody says which, so any may be it.
        None => path.starts_with(".github/workflows"),
    };
    path.extension() == Some(OsStr::new("rs"))
        || RELEVANT.contains(&name)
        || is_cargo_s()
        || is_workflow()
}

fn git<'a>(folder: &Path, arguments: impl IntoIterator<Item = &'a str>) -> Result<Output> {
    Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .output()
        .context("failed to start git")
}

/// What git printed, unless it failed.
fn said(output: &Output) -> Option<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    output.status.success().then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_is_the_option_s_then_the_variable_s_then_github_s() {
        let base = |option: Option<&str>, named: &str, branch: &str| {
            let variable = |name: &str| match name {
                BASE => Some(named.to_owned()),
                "GITHUB_BASE_REF" => Some(branch.to_owned()),
                _ => None,
            };
            Base::new(option.map(str::to_owned), variable).map(|Base(base)| base)
        };
        assert_eq!(base(Some("v1"), "abc", "main").as_deref(), Some("v1"));
        assert_eq!(base(None, "abc", "main").as_deref(), Some("abc"));
        assert_eq!(base(None, "", "main").as_deref(), Some("origin/main"));
        assert_eq!(base(None, "", ""), None);
        assert_eq!(Base::new(None, |_| None), None);
    }

    #[test]
    fn what_can_change_a_verdict_is_relevant() {
        for (file, expected) in [
            ("src/lib.rs", true),
            ("build.rs", true),
            ("Cargo.toml", true),
            ("deep/in/a/folder/Cargo.lock", true),
            ("codec/alloc-guard.toml", true),
            ("rust-toolchain.toml", true),
            ("codec/.cargo/config.toml", true),
            ("config.toml", false),
            ("README.md", false),
            ("docs/rs", false),
            ("Cargo.toml.orig", false),
            ("", false),
        ] {
            assert_eq!(is_relevant(file, None), expected, "{file}");
        }
    }

    #[test]
    fn of_workflows_only_the_one_that_runs_is_relevant_where_that_is_known() {
        let reference = "owner/repository/.github/workflows/memory.yml@refs/pull/7/merge";
        let known = workflow(Some(reference));
        assert_eq!(
            known.as_deref(),
            Some(Path::new(".github/workflows/memory.yml"))
        );
        for (file, where_known, elsewhere) in [
            (".github/workflows/memory.yml", true, true),
            (".github/workflows/release.yml", false, true),
            (".github/dependabot.yml", false, false),
        ] {
            assert_eq!(is_relevant(file, known.as_deref()), where_known, "{file}");
            assert_eq!(is_relevant(file, None), elsewhere, "{file}");
        }
        for unusual in [None, Some(""), Some("memory.yml"), Some("a@b")] {
            assert_eq!(workflow(unusual), None);
        }
    }
}
