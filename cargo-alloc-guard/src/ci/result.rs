//! Owns what a job came to, as it writes it for the job that puts all together: `result.json`.

use std::{fs, io::ErrorKind, path::Path};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use super::artifacts::write;
use crate::status::Status;

/// The name of the file in a job's artifact.
pub(super) const RESULT: &str = "result.json";

const VERSION: u32 = 1;

/// What a job came to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) struct JobResult {
    version: u32,
    pub(super) verdict: Verdict,
    /// In one line.
    pub(super) headline: String,
    /// The tests that fail, worst first.
    #[serde(default)]
    pub(super) findings: Vec<Finding>,
    /// What came of ByteHound, in one line, where it was asked for.
    #[serde(default)]
    pub(super) bytehound: Option<String>,
    /// What changed since the base, in one line.
    #[serde(default)]
    pub(super) change: Option<String>,
}

/// How a job came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Verdict {
    Passed,
    /// Nothing that is relevant changed, so nothing was run.
    NotRelevant,
    Failed,
    /// A test improved, where that fails.
    Improved,
    CouldNotRun,
}

/// A test that fails.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Finding {
    pub(super) title: String,
    /// The test's name, which selects it.
    pub(super) test: String,
    pub(super) why: String,
    /// Where it allocates, worst first.
    pub(super) places: Vec<Place>,
}

/// A line of source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub(super) struct Place {
    /// `src/ring.rs:7`
    pub(super) line: String,
    /// The function there; empty for the test itself.
    pub(super) function: String,
}

impl Verdict {
    /// The verdict on tests that came to this status.
    pub(super) const fn of(status: Status) -> Self {
        match status {
            Status::AsExpected => Self::Passed,
            Status::Failed => Self::Failed,
            Status::Improved => Self::Improved,
            Status::CouldNotRun | Status::WrongUsage => Self::CouldNotRun,
        }
    }

    /// What the step's output says.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotRelevant => "not-relevant",
            Self::Failed => "failed",
            Self::Improved => "improved",
            Self::CouldNotRun => "could-not-run",
        }
    }

    pub(super) const fn passes(self) -> bool {
        matches!(self, Self::Passed | Self::NotRelevant)
    }
}

impl JobResult {
    pub(super) fn new(verdict: Verdict, headline: String) -> Self {
        Self {
            version: VERSION,
            verdict,
            headline,
            findings: Vec::new(),
            bytehound: None,
            change: None,
        }
    }

    /// Writes it into the folder of an artifact.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn write(&self, folder: &Path) -> Result<()> {
        write(&folder.join(RESULT), |out| {
            serde_json::to_writer_pretty(&mut *out, self)?;
            Ok(writeln!(out)?)
        })
    }

    /// Reads it from the folder of an artifact; `None` if the job left none.
    ///
    /// # Errors
    /// If the file cannot be read or is none of these.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>> {
        let path = folder.join(RESULT);
        let reading = || format!("failed to read {}", path.display());
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            text => text.with_context(reading)?,
        };
        let result: Self = serde_json::from_str(&text).with_context(reading)?;
        if result.version != VERSION {
            bail!(
                "failed to read {}: it has version {}, and this command reads version {VERSION}",
                path.display(),
                result.version
            );
        }
        Ok(Some(result))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_nothing_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(JobResult::read(folder.path()).unwrap(), None);
        let mut result = JobResult::new(Verdict::NotRelevant, "nothing".to_owned());
        result.findings = vec![Finding {
            places: vec![Place {
                line: "src/a.rs:7".to_owned(),
                ..Place::default()
            }],
            ..Finding::default()
        }];
        result.write(folder.path()).unwrap();
        assert_eq!(JobResult::read(folder.path()).unwrap(), Some(result));
    }

    #[test]
    fn a_damaged_or_a_newer_file_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for (text, why) in [
            ("{", "result.json: EOF"),
            (
                r#"{"version":2,"verdict":"passed","headline":""}"#,
                "it has version 2",
            ),
        ] {
            fs::write(folder.path().join(RESULT), text).unwrap();
            let error = format!("{:#}", JobResult::read(folder.path()).unwrap_err());
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn a_file_that_is_there_and_cannot_be_read_is_not_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join(RESULT)).unwrap();
        let error = JobResult::read(folder.path()).unwrap_err().to_string();
        assert!(error.starts_with("failed to read "), "{error}");
    }

    #[test]
    fn only_what_passed_or_was_not_needed_passes() {
        for (verdict, passes) in [
            (Verdict::of(Status::AsExpected), true),
            (Verdict::NotRelevant, true),
            (Verdict::of(Status::Failed), false),
            (Verdict::of(Status::Improved), false),
            (Verdict::of(Status::CouldNotRun), false),
        ] {
            assert_eq!(verdict.passes(), passes, "{}", verdict.word());
        }
    }
}
