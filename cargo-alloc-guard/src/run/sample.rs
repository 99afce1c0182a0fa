//! Owns the run of one guarded test of each test binary, which is enough to see what holds for all of
//! them.

use alloc_guard_core::report::{Gate, Outcome, Record};
use anyhow::Result;

use super::{folder::RunFolder, guarded::Guarded, process::Test, results};
use crate::{
    baselines::Known,
    cargo::{Build, Environment, TestBinary, Variables},
    progress::Progress,
    settings::{CargoSettings, IgnoredTests, Sites, TestSettings},
};

/// What was seen of all test binaries.
#[derive(Debug)]
pub(crate) struct Samples<'a> {
    /// Of each one with guarded tests.
    pub(crate) samples: Vec<Sample<'a>>,
    /// The guarded tests of each, those without any too.
    pub(crate) known: Known,
}

/// What was seen of a test binary.
#[derive(Debug)]
pub(crate) struct Sample<'a> {
    pub(crate) binary: &'a TestBinary,
    /// What one of them left, if any got as far as that.
    pub(crate) record: Option<Record>,
}

/// Runs a test of each binary that has guarded ones.
///
/// # Errors
/// If a binary cannot be read or started.
pub(crate) fn sample<'a>(
    cargo: &CargoSettings,
    build: &'a Build,
    progress: &Progress,
) -> Result<Samples<'a>> {
    let settings = TestSettings {
        filters: Vec::new(),
        ignored: IgnoredTests::LeftOut,
        threads: None,
    };
    let folder = RunFolder::create(&build.workspace.target)?;
    let variables = Variables::All;
    let environment = Environment::new(cargo, build, &variables);
    let mut samples = Vec::new();
    let guarded = Guarded::find(&build.tests, &settings)?;
    for (binary, names) in guarded.chosen {
        progress.running(&binary.source);
        let test = Test {
            binary,
            settings: &settings,
            gate: Gate::default(),
            environment: &environment,
            sites: Sites::OfRegressions,
        };
        let run = |names: &[String]| -> Result<Option<Record>> {
            let records = results::run(&test, names, &folder)?;
            let has_run = |record: &Record| record.outcome != Outcome::Ignored;
            Ok(records.into_iter().find(has_run))
        };
        // The first may be one that its harness leaves out.
        let record = match run(names.get(..1).unwrap_or_default())? {
            Some(record) => Some(record),
            None => run(&names)?,
        };
        samples.push(Sample { binary, record });
    }
    Ok(Samples {
        samples,
        known: guarded.known,
    })
}
