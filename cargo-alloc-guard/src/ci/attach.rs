//! Owns what cargo starts test binaries with while ByteHound profiles them: its setting `runner` gives each test
//! binary to this. A preload on cargo itself would profile cargo, and one that child processes inherit crashes the
//! compiler.

use std::{
    ffi::OsStr,
    fs::{self, OpenOptions},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, ExitStatus},
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};

use crate::{recording::print_to, run::how};

/// What is to be started for which test binary.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Plan {
    pub(super) library: PathBuf,
    /// Where to say how processes ended.
    pub(super) ends: PathBuf,
    pub(super) processes: Vec<Process>,
}

/// A process of a test binary, with all that it is given.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Process {
    pub(super) executable: PathBuf,
    pub(super) arguments: Vec<String>,
    /// All of its environment.
    pub(super) variables: Vec<(String, String)>,
    pub(super) folder: PathBuf,
    pub(super) log: PathBuf,
    pub(super) profile: PathBuf,
}

/// How a process ended.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Attached {
    /// Its number in the plan.
    pub(super) process: usize,
    pub(super) how: String,
    pub(super) crashed: bool,
}

/// Starts what the plan has for a test binary. Cargo hears of no failure: what came of it is in a file.
///
/// # Errors
/// If the plan cannot be read, a process not started, or a file not written.
pub(crate) fn attach(plan: &Path, binary: &Path) -> Result<()> {
    let text =
        fs::read(plan).with_context(|| format!("failed to read the plan {}", plan.display()))?;
    let plan: Plan = serde_json::from_slice(&text).context("failed to understand the plan")?;
    let binary = canonical(binary);
    for (number, process) in plan.processes.iter().enumerate() {
        if canonical(&process.executable) != binary {
            continue;
        }
        let status = start(process, &plan.library)?;
        let end = Attached {
            process: number,
            how: how(status),
            crashed: is_crash(status),
        };
        let line = serde_json::to_string(&end)? + "\n";
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&plan.ends)
            .and_then(|mut file| file.write_all(line.as_bytes()))
            .with_context(|| format!("failed to write {}", plan.ends.display()))?;
    }
    Ok(())
}

fn start(process: &Process, library: &Path) -> Result<ExitStatus> {
    let mut command = Command::new(&process.executable);
    command
        .args(&process.arguments)
        .env_clear()
        .envs(process.variables.iter().map(|(name, value)| (name, value)))
        .env("LD_PRELOAD", library)
        .env("MEMORY_PROFILER_OUTPUT", &process.profile)
        .current_dir(&process.folder);
    print_to(&mut command, &process.log)?;
    command
        .status()
        .with_context(|| format!("failed to start {}", process.executable.display()))
}

fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Whether a process was ended by a signal.
pub(super) fn is_crash(status: ExitStatus) -> bool {
    status.code().is_none()
}

/// The setting that makes cargo start test binaries with this command, for `--config`.
///
/// # Errors
/// If a path is no text.
pub(super) fn setting(host: &str, plan: &Path) -> Result<String> {
    let program = std::env::current_exe().context("failed to find this program")?;
    let text = |path: &OsStr| -> Result<String> {
        let text = path.to_str();
        Ok(text
            .with_context(|| format!("{} is no text", path.display()))?
            .to_owned())
    };
    let runner: toml_edit::Array = [
        text(program.as_os_str())?,
        "ci".to_owned(),
        "attach".to_owned(),
        text(plan.as_os_str())?,
    ]
    .into_iter()
    .collect();
    Ok(format!("target.{host}.runner={runner}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_is_toml_whatever_the_folder_is_called() {
        let setting = setting("x86_64-unknown-linux-gnu", Path::new("/a \"b\"\\c/plan")).unwrap();
        let parsed: toml_edit::DocumentMut = setting.parse().unwrap();
        let runner = parsed["target"]["x86_64-unknown-linux-gnu"]["runner"]
            .as_array()
            .unwrap();
        let words: Vec<_> = runner.iter().map(|word| word.as_str().unwrap()).collect();
        assert_eq!(words[1..], ["ci", "attach", "/a \"b\"\\c/plan"]);
    }

    #[cfg(unix)]
    #[test]
    fn only_what_the_plan_has_for_a_binary_is_started_with_nothing_but_its_variables() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let process = |executable: &str, log: &str| Process {
            executable: executable.into(),
            arguments: vec!["-c".to_owned(), "env; kill -9 $$".to_owned()],
            variables: vec![("GIVEN".to_owned(), "1".to_owned())],
            folder: folder.path().to_owned(),
            log: at(log),
            profile: at("a.dat"),
        };
        let plan = Plan {
            library: PathBuf::new(),
            ends: at("ends"),
            processes: vec![process("/bin/false", "other"), process("/bin/sh", "log")],
        };
        fs::write(at("plan"), serde_json::to_string(&plan).unwrap()).unwrap();
        attach(&at("plan"), Path::new("/bin/sh")).unwrap();
        let log = fs::read_to_string(at("log")).unwrap();
        assert!(log.contains("GIVEN=1\n"), "{log}");
        assert!(log.contains("MEMORY_PROFILER_OUTPUT="), "{log}");
        assert!(!log.contains("CARGO_"), "{log}");
        assert!(!at("other").exists());
        let ends = fs::read_to_string(at("ends")).unwrap();
        let end: Attached = serde_json::from_str(ends.trim()).unwrap();
        assert!(end.crashed && end.process == 1, "{ends}");
        assert_eq!(end.how, "signal 9 (SIGKILL)");
    }
}
