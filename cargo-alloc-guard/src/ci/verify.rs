//! The job 🔒 Allocation-Free Verification: every guarded test, the gate's verdict, and what it leaves for
//! reviewers.

use std::{
    io::Write,
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use alloc_guard_core::report::{Style, summary as totals_in_words};
use anyhow::{Context as _, Result};

use super::{
    artifacts::{Artifacts, LOG, write},
    relevance::{Base, Relevance},
    result::{Finding, JobResult, Place, Verdict},
    secrets::Secrets,
};
use crate::{
    cargo::Workspace,
    format::{
        Format, Look, failing, github,
        markdown::{prose, verification},
        print,
        words::{lines, why},
    },
    records::Records,
    run::{self, Ran},
    settings::RunSettings,
    status::Status,
    store,
};

/// The heading of the job's summary.
pub(super) const HEADING: &str = "🔒 Allocation-Free Verification";

/// How many failing tests the last job repeats.
const MOST_FINDINGS: usize = 20;

/// What the job is to do.
#[derive(Debug)]
pub(crate) struct VerifyJob {
    pub(crate) run: RunSettings,
    pub(crate) base: Option<Base>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) github: github::Settings,
}

/// Runs the job.
///
/// # Errors
/// If the tests do not build, none is guarded, a process cannot be started, or a file cannot be written. What
/// could be said of it is in the summary and the artifact then.
pub(crate) fn verify(job: &VerifyJob, out: &mut dyn Write) -> Result<Status> {
    let workspace = Workspace::read(&job.run.cargo)?;
    let folder = Artifacts::new(job.output.as_deref(), &workspace.target).fresh(LOG)?;
    writeln!(out, "{HEADING}\n").context(PRINTING)?;
    // Cargo and the tests write to the terminal themselves.
    out.flush().context(PRINTING)?;
    let relevance = Relevance::of(job.base.as_ref(), &workspace.root)?;
    let (result, status) = match relevance {
        Relevance::NotRelevant(why) => (nothing_to_do(job, why, &folder, out)?, Status::AsExpected),
        Relevance::Relevant(why) => {
            let said = format!("Everything is run: {why}.\n\n");
            github::say(&job.github, &said, out).context(PRINTING)?;
            let secrets = Secrets::of_environment(&job.run.variables);
            match run::run(&job.run) {
                Ok(mut ran) => {
                    for record in &mut ran.records {
                        secrets.mask(record);
                    }
                    ran_well(job, &ran, &folder, out)?
                }
                Err(error) => {
                    let said = secrets.masked(&format!("{error:#}"));
                    let result = could_not_run(job, &said, &folder)?;
                    finish(job, &result, &folder)?;
                    return Err(error);
                }
            }
        }
    };
    finish(job, &result, &folder)?;
    Ok(status)
}

const PRINTING: &str = "failed to write the table";

fn finish(job: &VerifyJob, result: &JobResult, folder: &Path) -> Result<()> {
    result.write(folder)?;
    let Some(path) = &job.github.output else {
        return Ok(());
    };
    let is_relevant = result.verdict != Verdict::NotRelevant;
    let outputs = [
        ("relevant", if is_relevant { "true" } else { "false" }),
        ("verdict", result.verdict.word()),
    ];
    github::outputs(path, &outputs)
}

fn nothing_to_do(
    job: &VerifyJob,
    why: String,
    folder: &Path,
    out: &mut dyn Write,
) -> Result<JobResult> {
    let line = format!("✅ Nothing to verify: {why}.");
    github::say(&job.github, &format!("{line}\n"), out).context(PRINTING)?;
    let escaped = format!("✅ Nothing to verify: {}.", prose(&why));
    leave(job, folder, &line, &escaped)?;
    Ok(JobResult::new(Verdict::NotRelevant, why))
}

fn could_not_run(job: &VerifyJob, error: &str, folder: &Path) -> Result<JobResult> {
    let line = format!("❌ Could not run: {error}");
    let escaped = format!("❌ Could not run: {}", prose(error));
    leave(job, folder, &line, &escaped)?;
    Ok(JobResult::new(Verdict::CouldNotRun, error.to_owned()))
}

/// Writes what is said where no test ran: the log, the report, and the summary.
fn leave(job: &VerifyJob, folder: &Path, log: &str, markdown: &str) -> Result<()> {
    write(&folder.join("allocation_test.log"), |out| {
        Ok(writeln!(out, "{log}")?)
    })?;
    let report = format!("## {HEADING}\n\n{markdown}\n");
    write(&folder.join("report.md"), |out| {
        Ok(out.write_all(report.as_bytes())?)
    })?;
    if let Some(path) = &job.github.summary {
        github::append(path, |room, out| {
            Ok(out.write_all(github::fitting(&report, room).as_bytes())?)
        })?;
    }
    Ok(())
}

fn ran_well(
    job: &VerifyJob,
    ran: &Ran,
    folder: &Path,
    out: &mut dyn Write,
) -> Result<(JobResult, Status)> {
    let records = &ran.records;
    let look = Look {
        root: &ran.build.workspace.root,
        style: Style::Plain,
        gate: job.run.gate,
    };
    store::keep(records, &ran.build.workspace.target)?;
    github::log(&job.github, Format::Human, records, &look, out).context(PRINTING)?;
    write(&folder.join("allocation_test.log"), |out| {
        print(Format::Human, records, &look, out)
    })?;
    write(&folder.join("report.md"), |out| {
        verification(HEADING, records, &look, None, out)
    })?;
    store::write(records, &folder.join("records.jsonl"))?;
    if let Some(path) = &job.github.summary {
        github::append(path, |room, out| {
            verification(HEADING, records, &look, Some(room), out)
        })?;
    }
    ran.warn(job.run.cargo.extent);
    let totals = records.totals()?;
    let status = Status::of(&totals, job.run.gate);
    let headline = totals_in_words(&totals, Style::Plain);
    let mut result = JobResult::new(Verdict::of(status), headline);
    result.findings = findings(records, &look)?;
    Ok((result, status))
}

/// The tests that fail, worst first.
fn findings(run: &dyn Records, look: &Look<'_>) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    failing(run, look.gate, &mut |record| {
        let places = lines(record).into_iter();
        findings.push(Finding {
            title: record.heading().to_owned(),
            test: record.name.clone(),
            why: why(record),
            places: places
                .map(|(line, function)| Place { line, function })
                .collect(),
        });
        Ok(if findings.len() < MOST_FINDINGS {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        })
    })?;
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use alloc_guard_core::report::{Gate, Outcome, Record};

    use super::*;

    #[test]
    fn of_many_failing_tests_the_first_are_left_for_the_last_job() {
        let look = Look {
            root: Path::new(""),
            style: Style::Plain,
            gate: Gate::default(),
        };
        let of = |failing: usize| {
            let names = (0..failing).map(|number| format!("t{number:02}"));
            let run: Vec<Record> = names
                .map(|name| Record {
                    name,
                    outcome: Outcome::Regressed,
                    ..Record::default()
                })
                .collect();
            let findings = findings(&run, &look).unwrap();
            findings.into_iter().map(|finding| finding.test)
        };
        assert_eq!(of(0).len(), 0);
        assert_eq!(of(3).collect::<Vec<_>>(), ["t00", "t01", "t02"]);
        assert_eq!(of(MOST_FINDINGS + 1).len(), MOST_FINDINGS);
        assert_eq!(of(MOST_FINDINGS + 1).next_back().unwrap(), "t19");
    }
}
