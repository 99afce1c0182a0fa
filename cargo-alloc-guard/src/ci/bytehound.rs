//! Owns the run with ByteHound attached: how it is arranged, and what came of it.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use alloc_guard_profile::scrub;
use anyhow::{Context as _, Result, anyhow};

use super::{
    artifacts::write,
    attach::{Attached, Plan, Process, is_crash, setting},
    library,
    secrets::Secrets,
};
use crate::{
    baselines::Extent,
    cargo::Environment,
    doctor::Platform,
    recording::{End, Selected},
    settings::CargoSettings,
};

/// What came of ByteHound.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The profiles that it left, without the environment, and to how many processes it attached.
    Attached { profiles: Vec<PathBuf>, why: String },
    /// It was not to be used, and why.
    NotUsed(String),
    /// It left nothing that can be read.
    Nothing(String),
    /// A test process did not survive it.
    Crashed(String),
}

impl Outcome {
    /// What the step's output says.
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Attached { .. } => "attached",
            Self::NotUsed(_) => "not-used",
            Self::Nothing(_) => "nothing",
            Self::Crashed(_) => "crashed",
        }
    }

    /// In one line.
    pub(super) fn line(&self) -> String {
        match self {
            Self::Attached { why, .. } => format!("✅ {why}"),
            Self::NotUsed(why) => format!("⚠️ not used: {why}. {STANDS_IN}"),
            Self::Nothing(why) => format!("⚠️ no profile: {why}. {STANDS_IN}"),
            Self::Crashed(why) => format!("⚠️ crashed: {why}. {STANDS_IN}"),
        }
    }
}

const STANDS_IN: &str = "alloc-guard's own profile stands in.";

/// What ByteHound is to profile, and how.
pub(super) struct Attachment<'a> {
    pub(super) library: Option<&'a Path>,
    pub(super) sha256: &'a str,
    pub(super) cargo: &'a CargoSettings,
    pub(super) environment: &'a Environment<'a>,
    pub(super) tests: &'a [Selected<'a>],
    /// How the same processes ended without it.
    pub(super) without: &'a [End<'a>],
    /// Where its profiles go, without the environment.
    pub(super) profiles: &'a Path,
    pub(super) logs: &'a Path,
    /// A folder that goes when all is done: what is in it is not fit to be shown.
    pub(super) scratch: &'a Path,
    pub(super) secrets: &'a Secrets,
}

impl Attachment<'_> {
    /// Runs the tests. That something did not work with ByteHound is no error.
    pub(super) fn run(&self) -> Outcome {
        let library = match library::checked(self.library, self.sha256) {
            Ok(library) => library,
            Err(why) => return Outcome::NotUsed(why),
        };
        match self.secret() {
            Ok(None) => {}
            Ok(Some(why)) => return Outcome::NotUsed(why),
            Err(error) => return Outcome::NotUsed(format!("{error:#}")),
        }
        self.run_with(&library)
            .unwrap_or_else(|error| Outcome::Nothing(format!("{error:#}")))
    }

    /// Why its profiles could not be shown: it copies the binaries into them.
    fn secret(&self) -> Result<Option<String>> {
        for tests in self.tests {
            let binary = &tests.binary.executable;
            let bytes =
                fs::read(binary).with_context(|| format!("failed to read {}", binary.display()))?;
            if let Some(variable) = self.secrets.held_by(&bytes) {
                return Ok(Some(format!(
                    "{} of {} was built with the value of `{variable}` in it, and it copies binaries into its profiles",
                    tests.binary.source, tests.binary.package.name
                )));
            }
        }
        Ok(None)
    }

    fn run_with(&self, library: &[u8]) -> Result<Outcome> {
        let plan = self.plan(library)?;
        let file = self.scratch.join("plan.json");
        let text = serde_json::to_vec(&plan).context("failed to write down what to start")?;
        fs::write(&file, text).with_context(|| format!("failed to write {}", file.display()))?;
        self.start_cargo(&file)?;
        let ends = ends(&plan.ends)?;
        if let Some(crash) = ends.iter().find(|end| end.crashed) {
            return Ok(Outcome::Crashed(self.crash(crash)));
        }
        let mut profiles = Vec::new();
        for process in &plan.processes {
            if process.profile.exists() {
                profiles.push(self.scrubbed(&process.profile)?);
            }
        }
        if profiles.is_empty() {
            return Ok(Outcome::Nothing(nothing(&plan, &ends)));
        }
        let processes = processes(plan.processes.len());
        let why = if profiles.len() == plan.processes.len() {
            format!("attached to {processes}")
        } else {
            format!("attached to {} of {processes}", profiles.len())
        };
        Ok(Outcome::Attached { profiles, why })
    }

    fn plan(&self, library: &[u8]) -> Result<Plan> {
        // What was looked at is what is loaded, whatever becomes of the file meanwhile.
        let copy = self.scratch.join("libbytehound.so");
        fs::write(&copy, library).with_context(|| format!("failed to write {}", copy.display()))?;
        let mut processes = Vec::new();
        for (number, tests) in (1..).zip(self.tests) {
            let command = tests.command(self.environment)?;
            let text = |text: &std::ffi::OsStr| text.to_str().map(str::to_owned);
            let mut arguments: Vec<String> = command.get_args().filter_map(text).collect();
            arguments.push("--test-threads=1".to_owned());
            let variables = command.get_envs().filter_map(|(name, value)| {
                // One that is not text is none that cargo sets.
                Some((text(name)?, text(value?)?))
            });
            let log = tests.log(number, ".bytehound");
            processes.push(Process {
                executable: tests.binary.executable.clone(),
                arguments,
                variables: variables.collect(),
                folder: tests.binary.package.folder().to_owned(),
                profile: self.scratch.join(&log).with_extension("dat"),
                log: self.logs.join(log),
            });
        }
        Ok(Plan {
            library: copy,
            ends: self.scratch.join("ends.jsonl"),
            processes,
        })
    }

    fn start_cargo(&self, plan: &Path) -> Result<()> {
        let host = Platform::of_compiler(&self.cargo.rustc).host;
        let host = host.context("the compiler does not say what it compiles for")?;
        let mut command = Command::new(&self.cargo.program);
        command
            .args(["test", "--no-fail-fast", "--config"])
            .arg(setting(&host, plan)?);
        if self.cargo.extent == Extent::Whole {
            // Doctests would be compiled one by one.
            command.arg("--tests");
        }
        let status = command
            .args(self.cargo.for_test())
            .stdin(Stdio::null())
            .stdout(Stdio::from(io::stderr()))
            .status()
            .with_context(|| format!("failed to start {}", self.cargo.program.display()))?;
        if status.success() {
            return Ok(());
        }
        Err(anyhow!(
            "`cargo test` ended with {}",
            crate::run::how(status)
        ))
    }

    fn crash(&self, crash: &Attached) -> String {
        let Some(tests) = self.tests.get(crash.process) else {
            return crash.how.clone();
        };
        let too = self.without.get(crash.process);
        let too = too.is_some_and(|end| is_crash(end.status));
        format!(
            "{} of {} ended with {} while ByteHound was attached{}",
            tests.binary.source,
            tests.binary.package.name,
            crash.how,
            if too {
                ", and crashes without it, too"
            } else {
                ""
            }
        )
    }

    /// A copy without the environment, where it can be uploaded from.
    fn scrubbed(&self, profile: &Path) -> Result<PathBuf> {
        let name = profile.file_name().unwrap_or_default();
        let to = self.profiles.join(name);
        let reading = || format!("what ByteHound left as {} cannot be read", name.display());
        let file = fs::File::open(profile).with_context(reading)?;
        write(&to, |out| {
            scrub(io::BufReader::new(file), out).with_context(reading)?;
            Ok(())
        })?;
        Ok(to)
    }
}

fn ends(path: &Path) -> Result<Vec<Attached>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text =
        fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
    text.lines()
        .map(|line| serde_json::from_str(line).context("failed to read how processes ended"))
        .collect()
}

/// Why there is no profile.
fn nothing(plan: &Plan, ends: &[Attached]) -> String {
    if ends.is_empty() {
        return "cargo started no test binary".to_owned();
    }
    let mut why = format!(
        "it was preloaded into {}, and left none",
        processes(ends.len())
    );
    let complaint = plan.processes.iter().find_map(|process| {
        let log = fs::read(&process.log).ok()?;
        let log = String::from_utf8_lossy(&log).into_owned();
        let line = log.lines().find(|line| line.contains("LD_PRELOAD"))?;
        Some(line.to_owned())
    });
    if let Some(complaint) = complaint {
        why.push_str(&format!(" (the loader says: {complaint})"));
    }
    why
}

/// `1 process`, `2 processes`
fn processes(number: usize) -> String {
    match number {
        1 => "1 process".to_owned(),
        many => format!("{many} processes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_nothing_was_left_the_loader_s_complaint_says_why() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let plan = Plan {
            processes: vec![Process {
                log: log.clone(),
                ..Process::default()
            }],
            ..Plan::default()
        };
        assert_eq!(nothing(&plan, &[]), "cargo started no test binary");
        let end = Attached {
            process: 0,
            how: String::new(),
            crashed: false,
        };
        let why = "it was preloaded into 1 process, and left none";
        assert_eq!(nothing(&plan, std::slice::from_ref(&end)), why);
        fs::write(&log, "ERROR: ld.so: object 'x' from LD_PRELOAD: ignored.\n").unwrap();
        assert_eq!(
            nothing(&plan, &[end]),
            format!("{why} (the loader says: ERROR: ld.so: object 'x' from LD_PRELOAD: ignored.)")
        );
    }
}
