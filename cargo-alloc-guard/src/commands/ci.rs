//! `ci`: runs a job of the workflow Memory Analysis.

use std::{env, io::Write, num::NonZeroUsize, path::Path};

use alloc_guard_core::report::Gate;
use anyhow::Result;

use crate::{
    arguments::{
        CiCommand, CiJobArguments, CiProfileArguments, CiSummaryArguments, CiVerifyArguments,
    },
    cargo::{Variables, Workspace},
    ci::{self, Artifacts, Base, ProfileJob, SummaryJob, VerifyJob},
    format::github,
    settings::{CargoSettings, IgnoredTests, Progress, RunSettings, Runner, Sites, TestSettings},
    status::Status,
};

/// Runs the command.
///
/// # Errors
/// If the job could not be run.
pub(crate) fn run(job: CiCommand, out: &mut dyn Write) -> Result<Status> {
    match job {
        CiCommand::Verify(arguments) => ci::verify(&verify_job(arguments), out),
        CiCommand::Profile(arguments) => ci::profile(&profile_job(arguments), out),
        CiCommand::Summary(arguments) => ci::summary(&summary_job(arguments)?, out),
        CiCommand::Attach(arguments) => {
            ci::attach(&arguments.plan, &arguments.binary)?;
            Ok(Status::AsExpected)
        }
    }
}

fn verify_job(arguments: CiVerifyArguments) -> VerifyJob {
    let mut gate = Gate::from_environment();
    gate.strict |= arguments.strict;
    // What would fail there fails here: that is what the command is for.
    gate.ci = true;
    VerifyJob {
        run: RunSettings {
            cargo: CargoSettings::new(arguments.cargo),
            tests: TestSettings::new(arguments.tests),
            gate,
            runner: Runner::Direct,
            variables: Variables::Needed(arguments.job.variables.clone()),
            repeat: NonZeroUsize::MIN,
            sites: Sites::OfRegressions,
            progress: Progress::of_stderr(),
        },
        base: base(&arguments.job),
        output: arguments.job.output,
        github: github::Settings::from_environment(),
    }
}

fn profile_job(arguments: CiProfileArguments) -> ProfileJob {
    let named = |variable| {
        let value = env::var_os(variable);
        value.filter(|value| !value.is_empty())
    };
    let hash = || named("BYTEHOUND_SHA256").map(|hash| hash.to_string_lossy().into_owned());
    let mut cargo = arguments.cargo;
    cargo.release |= cargo.profile.is_none();
    ProfileJob {
        cargo: CargoSettings::new(cargo),
        tests: TestSettings {
            filters: arguments.filters,
            ignored: IgnoredTests::LeftOut,
            threads: Some(NonZeroUsize::MIN),
        },
        variables: Variables::Needed(arguments.job.variables.clone()),
        bytehound: arguments
            .bytehound
            .or_else(|| named("BYTEHOUND_LIBRARY").map(Into::into)),
        bytehound_sha256: arguments.bytehound_sha256.or_else(hash).unwrap_or_default(),
        base: base(&arguments.job),
        output: arguments.job.output,
        github: github::Settings::from_environment(),
    }
}

fn summary_job(arguments: CiSummaryArguments) -> Result<SummaryJob> {
    // Cargo is asked only where nobody says where the artifacts are.
    let artifacts = if let Some(folder) = arguments.artifacts {
        Artifacts::new(Some(&folder), Path::new(""))
    } else {
        let cargo = CargoSettings::of_workspace(None, None);
        Artifacts::new(None, &Workspace::read(&cargo)?.target)
    };
    Ok(SummaryJob {
        artifacts,
        verify: arguments.verify,
        profile: arguments.profile,
        github: github::Settings::from_environment(),
    })
}

fn base(arguments: &CiJobArguments) -> Option<Base> {
    Base::new(arguments.base.clone(), |variable| env::var(variable).ok())
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;
    use crate::arguments::{Arguments, Command};

    fn job(line: &str) -> CiCommand {
        let words = ["x", "ci"].into_iter().chain(line.split_whitespace());
        match Arguments::read(words.map(OsString::from))
            .unwrap()
            .command()
        {
            Command::Ci(arguments) => arguments.job,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_profiled_is_optimised_unless_a_profile_is_named() {
        for (line, expected) in [
            ("profile", &["--workspace", "--release"][..]),
            ("profile --release -p a", &["--package", "a", "--release"]),
            (
                "profile --profile dev",
                &["--profile", "dev", "--workspace"],
            ),
        ] {
            let CiCommand::Profile(arguments) = job(line) else {
                panic!("{line}");
            };
            let job = profile_job(arguments);
            assert_eq!(job.cargo.for_test(), expected, "{line}");
            assert_eq!(job.tests.threads, Some(NonZeroUsize::MIN));
        }
    }

    #[test]
    fn what_is_verified_is_judged_as_in_ci_and_given_only_what_is_named() {
        let CiCommand::Verify(arguments) = job("verify --strict --env A --env B") else {
            panic!();
        };
        let run = verify_job(arguments).run;
        assert!(run.gate.ci && run.gate.strict);
        let named = vec!["A".to_owned(), "B".to_owned()];
        assert_eq!(run.variables, Variables::Needed(named));
    }
}
