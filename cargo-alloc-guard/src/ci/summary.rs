//! The job 📋 Summary: what both others came to, what to do next, and the gate.

use std::io::Write;

use alloc_guard_core::report::count;
use anyhow::{Context as _, Result};

use super::{
    artifacts::{Artifacts, LOG, PROFILES, TEST_LOGS},
    profile,
    result::{JobResult, Verdict},
    verify,
};
use crate::{
    arguments::JobEnd,
    format::{
        github,
        markdown::{code, prose, text},
    },
    status::Status,
};

/// The heading of the job's summary.
const HEADING: &str = "📋 Summary";

/// How many lines of a test are named: of one that may allocate, any may be the new one.
const MOST_PLACES: usize = 5;

/// What the job is to do.
#[derive(Debug)]
pub(crate) struct SummaryJob {
    pub(crate) artifacts: Artifacts,
    /// How the other jobs ended, where somebody knows.
    pub(crate) verify: Option<JobEnd>,
    pub(crate) profile: Option<JobEnd>,
    pub(crate) github: github::Settings,
}

/// One of the other jobs.
struct Job {
    heading: &'static str,
    end: Option<JobEnd>,
    result: Option<JobResult>,
}

/// Runs the job.
///
/// # Errors
/// If an artifact cannot be read, or a file cannot be written.
pub(crate) fn summary(job: &SummaryJob, out: &mut dyn Write) -> Result<Status> {
    let verify = Job {
        heading: verify::HEADING,
        end: job.verify,
        result: JobResult::read(&job.artifacts.folder(LOG))?,
    };
    let profile = Job {
        heading: profile::HEADING,
        end: job.profile,
        result: of_profile(&job.artifacts)?,
    };
    let is_open = verify.passes() && profile.passes();
    let document = document(&verify, &profile, is_open);
    github::say(&job.github, &document, out).context("failed to write the summary")?;
    if let Some(path) = &job.github.summary {
        github::append(path, |room, out| {
            Ok(out.write_all(github::fitting(&document, room).as_bytes())?)
        })?;
    }
    if let Some(path) = &job.github.output {
        github::outputs(path, &[("gate", if is_open { "open" } else { "closed" })])?;
    }
    Ok(if is_open {
        Status::AsExpected
    } else {
        Status::Failed
    })
}

/// What `ci profile` came to. It says so in both of its artifacts, of which one may be large.
fn of_profile(artifacts: &Artifacts) -> Result<Option<JobResult>> {
    let result = JobResult::read(&artifacts.folder(PROFILES))?;
    match result {
        Some(result) => Ok(Some(result)),
        None => JobResult::read(&artifacts.folder(TEST_LOGS)),
    }
}

impl Job {
    /// Whether the job ran to its end and nothing in it is against the change. What is not known does not pass.
    fn passes(&self) -> bool {
        let ended_well = self.end.is_none_or(|end| end == JobEnd::Success);
        ended_well && self.result.as_ref().is_some_and(|r| r.verdict.passes())
    }

    fn is_relevant(&self) -> bool {
        let verdict = self.result.as_ref().map(|result| result.verdict);
        verdict != Some(Verdict::NotRelevant)
    }

    /// What came of it, in a word and a line.
    fn outcome(&self) -> (&'static str, String) {
        match (&self.result, self.end) {
            (Some(result), Some(JobEnd::Failure)) if result.verdict.passes() => (
                "❌ failed",
                "a step besides the command failed: its log says which".to_owned(),
            ),
            (_, Some(JobEnd::Cancelled)) => (
                "❌ cancelled",
                "somebody stopped it, or its time was up".to_owned(),
            ),
            (_, Some(JobEnd::Skipped)) => ("❌ skipped", "it did not run".to_owned()),
            (Some(result), _) => (word(result.verdict), result.headline.clone()),
            (None, _) => (
                "❌ no result",
                "it ended before it could say anything: its log says why".to_owned(),
            ),
        }
    }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "✅ passed",
        Verdict::NotRelevant => "✅ not needed",
        Verdict::Failed => "❌ regressed",
        Verdict::Improved => "❌ improved",
        Verdict::CouldNotRun => "❌ could not run",
    }
}

fn document(verify: &Job, profile: &Job, is_open: bool) -> String {
    let gate = if is_open {
        "### ✅ The gate is open"
    } else {
        "### ❌ The gate is closed"
    };
    let mut document =
        format!("## {HEADING}\n\n{gate}\n\n| Job | Outcome | In short |\n| --- | --- | --- |\n");
    for job in [verify, profile] {
        let (outcome, line) = job.outcome();
        document.push_str(&format!(
            "| {} | {outcome} | {} |\n",
            job.heading,
            prose(&line)
        ));
    }
    let results = [verify, profile].map(|job| job.result.as_ref());
    for (what, line) in [
        ("ByteHound", results[1].and_then(|r| r.bytehound.as_ref())),
        (
            "Against the base",
            results[1].and_then(|r| r.change.as_ref()),
        ),
    ] {
        if let Some(line) = line {
            document.push_str(&format!("\n**{what}:** {}\n", prose(line)));
        }
    }
    if let Some(result) = results[0] {
        document.push_str(&findings(result));
    }
    document.push_str("\n#### What to do next\n\n");
    for step in next(verify, profile) {
        document.push_str(&format!("- {step}\n"));
    }
    document
}

/// The tests that fail, with the guilty lines.
fn findings(result: &JobResult) -> String {
    if result.findings.is_empty() {
        return String::new();
    }
    let mut lines = format!(
        "\n#### {} against the change\n\n",
        count(result.findings.len() as u64, "operation")
    );
    for finding in &result.findings {
        lines.push_str(&format!("- ❌ **{}**", text(&finding.title)));
        if !finding.why.is_empty() {
            lines.push_str(&format!(": {}", text(&finding.why)));
        }
        for (at, place) in finding.places.iter().take(MOST_PLACES).enumerate() {
            let before = if at == 0 { ", at" } else { "," };
            lines.push_str(&format!("{before} {}", code(&place.line)));
            if !place.function.is_empty() {
                lines.push_str(&format!(" in {}", code(&place.function)));
            }
        }
        let more = finding.places.len().saturating_sub(MOST_PLACES);
        if more > 0 {
            lines.push_str(&format!(" and {more} more"));
        }
        lines.push('\n');
    }
    lines
}

/// What a reader can do about it, most urgent first.
fn next(verify: &Job, profile: &Job) -> Vec<String> {
    let mut steps = Vec::new();
    match verify.result.as_ref() {
        Some(result) if matches!(result.verdict, Verdict::Failed | Verdict::Improved) => {
            let test = result.findings.first().map(|finding| finding.test.clone());
            let command = match test.as_deref() {
                None | Some("") => "cargo alloc-guard".to_owned(),
                Some(test) => format!("cargo alloc-guard {test}"),
            };
            steps.push(format!("{} shows it on your machine.", code(&command)));
            steps.push(
                "If the allocation is not meant, take it out of the line above; if it is, `cargo alloc-guard accept` \
                 takes what was measured over into `alloc-guard.toml`, or the attribute is given a budget, and the \
                 diff says so to the reviewer."
                    .to_owned(),
            );
            steps.push(format!(
                "The artifact `{LOG}` has every failure with its source."
            ));
        }
        Some(result) if result.verdict.passes() => {}
        _ => steps.push(format!("See the log of {}.", verify.heading)),
    }
    if !profile.passes() {
        steps.push(format!(
            "See the log of {}, and the artifact `{TEST_LOGS}`.",
            profile.heading
        ));
    } else if profile.is_relevant() {
        steps.push(format!(
            "The artifact `{PROFILES}` has `report.html`, which opens in any browser: flame graph, timeline, leaks."
        ));
    }
    if steps.is_empty() {
        steps.push("Nothing.".to_owned());
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::{
        super::result::{Finding, Place},
        *,
    };

    fn job(end: Option<JobEnd>, verdict: Option<Verdict>) -> Job {
        Job {
            heading: "a job",
            end,
            result: verdict.map(|verdict| JobResult::new(verdict, "in short".to_owned())),
        }
    }

    #[test]
    fn what_is_not_known_to_have_passed_does_not() {
        use JobEnd::{Cancelled, Failure, Skipped, Success};
        for (end, verdict, passes, outcome) in [
            (None, Some(Verdict::Passed), true, "✅ passed"),
            (Some(Success), Some(Verdict::Passed), true, "✅ passed"),
            (
                Some(Success),
                Some(Verdict::NotRelevant),
                true,
                "✅ not needed",
            ),
            (Some(Failure), Some(Verdict::Failed), false, "❌ regressed"),
            (Some(Failure), Some(Verdict::Passed), false, "❌ failed"),
            (Some(Success), Some(Verdict::Failed), false, "❌ regressed"),
            (Some(Success), None, false, "❌ no result"),
            (None, None, false, "❌ no result"),
            (
                Some(Cancelled),
                Some(Verdict::Passed),
                false,
                "❌ cancelled",
            ),
            (Some(Skipped), None, false, "❌ skipped"),
        ] {
            let job = job(end, verdict);
            assert_eq!(job.passes(), passes, "{end:?} {verdict:?}");
            assert_eq!(job.outcome().0, outcome, "{end:?} {verdict:?}");
        }
    }

    #[test]
    fn a_finding_stands_with_its_line_and_commands_nobody() {
        let mut verify = job(None, Some(Verdict::Failed));
        verify.result.as_mut().unwrap().findings = vec![Finding {
            title: "Keys|<img>".to_owned(),
            test: "keys".to_owned(),
            why: "2 allocations".to_owned(),
            places: (88..94)
                .map(|line| Place {
                    line: format!("src/keys.rs:{line}"),
                    function: if line == 88 { "Keys::find" } else { "" }.to_owned(),
                })
                .collect(),
        }];
        let document = document(&verify, &job(None, Some(Verdict::Passed)), false);
        for text in [
            "### ❌ The gate is closed\n",
            "- ❌ **Keys&#124;&lt;img&gt;**: 2 allocations, at `src/keys.rs:88` in `Keys::find`, `src/keys.rs:89`, `src/keys.rs:90`, `src/keys.rs:91`, `src/keys.rs:92` and 1 more\n",
            "- `cargo alloc-guard keys` shows it on your machine.\n",
        ] {
            assert!(
                document.contains(text),
                "{text:?} is missing in\n{document}"
            );
        }
    }

    #[test]
    fn where_tests_could_not_run_or_nobody_knows_the_log_says_why() {
        let passed = job(None, Some(Verdict::NotRelevant));
        for verdict in [Some(Verdict::CouldNotRun), None] {
            let steps = next(&job(None, verdict), &passed);
            assert_eq!(steps, ["See the log of a job."], "{verdict:?}");
        }
    }

    #[test]
    fn where_all_is_well_and_nothing_was_needed_there_is_nothing_to_do() {
        let nothing = || job(None, Some(Verdict::NotRelevant));
        let document = document(&nothing(), &nothing(), true);
        assert!(document.ends_with("next\n\n- Nothing.\n"), "{document}");
        assert!(document.contains("### ✅ The gate is open\n"), "{document}");
    }
}
