//! Owns the course of a run: build the tests, find the guarded ones, run them, and run again those whose
//! counts do not hold.

use std::io::{self, Write as _};

use alloc_guard_core::report::{Record, count};
use anyhow::{Result, bail};

use super::{
    again,
    folder::RunFolder,
    guarded::{Chosen, Guarded, nothing_to_run},
    left_out::LeftOut,
    nextest,
    process::Test,
    results,
};
use crate::{
    baselines::{Baselines, Extent, Known},
    cargo::{self, Build, Environment},
    progress::Progress,
    records::order,
    settings::{RunSettings, Runner, Sites},
};

/// What a run came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) build: Build,
    /// Sorted.
    pub(crate) records: Vec<Record>,
    pub(crate) baselines: Baselines,
    /// The guarded tests that were built, whether they ran or not.
    pub(crate) known: Known,
}

impl Ran {
    /// Says on standard error what is wrong and fails no test.
    pub(crate) fn warn(&self, extent: Extent) {
        let root = &self.build.workspace.root;
        let mut warnings = self.baselines.other_features(&self.build);
        if extent == Extent::Whole {
            warnings.extend(LeftOut::of(&self.build).iter().map(LeftOut::text));
        }
        for stale in self.baselines.stale(&self.known, extent) {
            let path = stale.path.strip_prefix(root).unwrap_or(&stale.path);
            warnings.push(format!(
                "{}:{}: there is no test {} in {} any more; `cargo alloc-guard accept` removes its entry",
                path.display(),
                stale.line,
                stale.name,
                stale.binary
            ));
        }
        for warning in warnings {
            // Where nobody reads them, the table and the status are what counts.
            let _ = writeln!(io::stderr(), "warning: {warning}");
        }
    }
}

/// Builds and runs.
///
/// # Errors
/// If the build fails, a baseline cannot be read, there is no guarded test to run, or a process cannot
/// be started.
pub(crate) fn run(settings: &RunSettings) -> Result<Ran> {
    let build = cargo::build(&settings.cargo)?;
    // The tests would each fail by it; one error is enough.
    let baselines = Baselines::read(&build.workspace.packages)?;
    let (records, known) = run_built(settings, &build)?;
    Ok(Ran {
        build,
        records,
        baselines,
        known,
    })
}

fn run_built(settings: &RunSettings, build: &Build) -> Result<(Vec<Record>, Known)> {
    let guarded = Guarded::find(&build.tests, &settings.tests)?;
    let nothing = || nothing_to_run(&settings.tests, guarded.all(), build.tests.len());
    if guarded.chosen.is_empty() {
        let left_out = LeftOut::of(build);
        if guarded.all() == 0 && !left_out.is_empty() {
            let texts: Vec<_> = left_out.iter().map(LeftOut::text).collect();
            bail!("no guarded test was built: {}", texts.join("; "));
        }
        bail!(nothing());
    }
    let folder = RunFolder::create(&build.workspace.target)?;
    let environment = Environment::new(&settings.cargo, build, &settings.variables);
    let runs = Runs {
        settings,
        build,
        environment: &environment,
        folder: &folder,
        progress: &Progress::new(settings.progress),
    };

    let repeated = settings.repeat.get() > 1;
    let sites = if repeated {
        Sites::Always
    } else {
        settings.sites
    };
    let mut records = runs.once(&guarded.chosen, sites, "")?;
    for number in 2..=settings.repeat.get() {
        let next = runs.once(&guarded.chosen, sites, &format!(", run {number}"))?;
        again::compare(&mut records, &next);
    }
    if !repeated {
        let doubtful = again::doubtful(&guarded.chosen, &records);
        if !doubtful.is_empty() {
            let next = runs.once(&doubtful, Sites::Always, ", again")?;
            again::compare(&mut records, &next);
        }
    }
    if records.is_empty() {
        bail!(nothing());
    }
    records.sort_by(order);
    Ok((records, guarded.known))
}

/// What is the same for each time that tests are run.
struct Runs<'a> {
    settings: &'a RunSettings,
    build: &'a Build,
    environment: &'a Environment<'a>,
    folder: &'a RunFolder,
    progress: &'a Progress,
}

impl Runs<'_> {
    fn once(&self, chosen: &[Chosen<'_>], sites: Sites, when: &str) -> Result<Vec<Record>> {
        let test = |binary| Test {
            binary,
            settings: &self.settings.tests,
            gate: self.settings.gate,
            environment: self.environment,
            sites,
        };
        let mut records = Vec::new();
        match self.settings.runner {
            Runner::Direct => {
                for (binary, names) in chosen {
                    let tests = count(names.len() as u64, "guarded test");
                    self.progress
                        .running(&format!("{} ({tests}{when})", binary.source));
                    records.extend(results::run(&test(*binary), names, self.folder)?);
                }
            }
            Runner::Nextest => {
                let folder = self.folder.next()?;
                let said = nextest::run(self.settings, self.build, chosen, sites, &folder)?;
                records.extend(nextest::collate(chosen, &folder, &said, |binary| {
                    test(binary)
                })?);
            }
        }
        Ok(records)
    }
}
