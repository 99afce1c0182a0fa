//! The job 📊 ByteHound Memory Profile: the guarded tests recorded in release, by our own recorder and by
//! ByteHound, and what changed since the base.

use std::{
    fs,
    io::Write,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use alloc_guard_profile::{Profile, export};
use anyhow::{Context as _, Result, anyhow, bail};

use super::{
    artifacts::{Artifacts, PROFILES, TEST_LOGS, write},
    bytehound::{Attachment, Outcome},
    document::{Form, Shown, document},
    relevance::{Base, Relevance},
    result::{JobResult, Verdict},
    secrets::Secrets,
};
use crate::{
    arguments::PlaceArguments,
    cargo::{self, Build, Environment, Variables, Workspace},
    diff::Sources,
    format::{github, markdown::prose},
    profiles::{self, Comparison, Input},
    progress::Progress,
    recording::{self, End, Options, Printed, Recorder, Selected},
    run::{self, Guarded, chunks, nothing_to_run},
    settings::{self, CargoSettings, TestSettings},
    status::Status,
};

/// The heading of the job's summary.
pub(super) const HEADING: &str = "📊 ByteHound Memory Profile";

/// What the job is to do.
#[derive(Debug)]
pub(crate) struct ProfileJob {
    pub(crate) cargo: CargoSettings,
    pub(crate) tests: TestSettings,
    pub(crate) variables: Variables,
    /// ByteHound's library, and the hash that it must have.
    pub(crate) bytehound: Option<PathBuf>,
    pub(crate) bytehound_sha256: String,
    pub(crate) base: Option<Base>,
    pub(crate) output: Option<PathBuf>,
    pub(crate) github: github::Settings,
}

/// Where the job's files go.
struct Folders {
    profiles: PathBuf,
    logs: PathBuf,
}

/// Runs the job.
///
/// # Errors
/// If the tests do not build, none is guarded, nothing could be recorded, or a file cannot be written. What could
/// be said of it is in the summary and the artifact then.
pub(crate) fn profile(job: &ProfileJob, out: &mut dyn Write) -> Result<Status> {
    let workspace = Workspace::read(&job.cargo)?;
    let artifacts = Artifacts::new(job.output.as_deref(), &workspace.target);
    let folders = Folders {
        profiles: artifacts.fresh(PROFILES)?,
        logs: artifacts.fresh(TEST_LOGS)?,
    };
    let printing = "failed to write what was profiled";
    writeln!(out, "{HEADING}\n").context(printing)?;
    // Cargo and the tests write to the terminal themselves.
    out.flush().context(printing)?;
    let mut bytehound = None;
    let (result, document, failed) = match Relevance::of(job.base.as_ref(), &workspace.root)? {
        Relevance::NotRelevant(why) => {
            let said = format!("✅ Nothing to profile: {why}.\n");
            github::say(&job.github, &said, out).context(printing)?;
            let line = format!("✅ Nothing to profile: {}.", prose(&why));
            (JobResult::new(Verdict::NotRelevant, why), line, None)
        }
        Relevance::Relevant(why) => {
            let said = format!("Everything is run: {why}.\n\n");
            github::say(&job.github, &said, out).context(printing)?;
            let secrets = Secrets::of_environment(&job.variables);
            let profiled = profile_all(job, &workspace, &folders, &secrets);
            secrets.mask_files(&folders.logs)?;
            secrets.mask_files(&folders.profiles)?;
            match profiled {
                Ok(profiled) => {
                    let shown = profiled.shown(&folders, &workspace.root)?;
                    let said = document(&shown, Form::Human)?;
                    github::say(&job.github, &said, out).context(printing)?;
                    bytehound = Some(profiled.bytehound.word());
                    (profiled.result(), document(&shown, Form::Markdown)?, None)
                }
                Err(error) => {
                    let said = secrets.masked(&format!("{error:#}"));
                    let line = format!("❌ Could not run: {}", prose(&said));
                    (
                        JobResult::new(Verdict::CouldNotRun, said),
                        line,
                        Some(error),
                    )
                }
            }
        }
    };
    result.write(&folders.profiles)?;
    // For the last job, which need not wait for the profiles.
    result.write(&folders.logs)?;
    publish(job, &result, bytehound, &document)?;
    failed.map_or(Ok(Status::AsExpected), Err)
}

fn publish(
    job: &ProfileJob,
    result: &JobResult,
    bytehound: Option<&str>,
    document: &str,
) -> Result<()> {
    if let Some(path) = &job.github.summary {
        let document = format!("## {HEADING}\n\n{document}\n");
        github::append(path, |room, out| {
            Ok(out.write_all(github::fitting(&document, room).as_bytes())?)
        })?;
    }
    if let Some(path) = &job.github.output {
        let is_relevant = result.verdict != Verdict::NotRelevant;
        let mut outputs = vec![
            ("relevant", if is_relevant { "true" } else { "false" }),
            ("verdict", result.verdict.word()),
        ];
        outputs.extend(bytehound.map(|word| ("bytehound", word)));
        github::outputs(path, &outputs)?;
    }
    Ok(())
}

/// What was profiled.
struct Profiled {
    own: Input,
    /// What is to be said of test processes that did not end well.
    ends: Vec<String>,
    bytehound: Outcome,
    /// ByteHound's own, where it attached.
    attached: Option<Profile>,
    change: Result<Change, String>,
}

/// What changed since the base.
struct Change {
    base: String,
    comparison: Comparison,
}

fn profile_all(
    job: &ProfileJob,
    workspace: &Workspace,
    folders: &Folders,
    secrets: &Secrets,
) -> Result<Profiled> {
    let cargo = with_lines(&job.cargo);
    let build = cargo::build(&cargo)?;
    let selected = select(&build, &job.tests)?;
    let environment = Environment::new(&cargo, &build, &job.variables);
    let without = record(&environment, &selected, &folders.profiles, &folders.logs)?;
    let input = profiles::read(
        std::slice::from_ref(&folders.profiles),
        &PlaceArguments::default(),
    )?;
    write(&folders.profiles.join("report.html"), |out| {
        profiles::write_page(&input, Some(&workspace.root), out)
    })?;
    write(&folders.profiles.join("allocations.json"), |out| {
        Ok(export::json(&input.profile, out)?)
    })?;
    let scratch = scratch(workspace)?;
    let mut bytehound = Attachment {
        library: job.bytehound.as_deref(),
        sha256: &job.bytehound_sha256,
        cargo: &cargo,
        environment: &environment,
        tests: &selected,
        without: &without,
        profiles: &folders.profiles,
        logs: &folders.logs,
        scratch: scratch.path(),
        secrets,
    }
    .run();
    let attached = match &bytehound {
        Outcome::Attached { profiles, .. } => match merged(profiles) {
            Ok(profile) => Some(profile),
            Err(error) => {
                bytehound = Outcome::Nothing(format!("what it left cannot be read: {error:#}"));
                None
            }
        },
        _ => None,
    };
    let change = change(job, &cargo, workspace, (&input.profile, &folders.profiles));
    Ok(Profiled {
        own: input,
        ends: without.iter().filter_map(ended).collect(),
        bytehound,
        attached,
        change: change.map_err(|error| format!("{error:#}")),
    })
}

/// How a process ended that did not end well. A test that fails is the other job's affair, but its profile is short.
fn ended(end: &End<'_>) -> Option<String> {
    let binary = end.binary;
    let how = run::how(end.status);
    (!end.status.success()).then(|| {
        format!(
            "{} of {} ended with {how}: see the artifact `{TEST_LOGS}`",
            binary.source, binary.package.name
        )
    })
}

/// A folder that goes when it is dropped, and, where this command is killed, with a later run.
fn scratch(workspace: &Workspace) -> Result<tempfile::TempDir> {
    let folder = crate::store::folder(&workspace.target);
    fs::create_dir_all(&folder)
        .and_then(|()| {
            tempfile::Builder::new()
                .prefix("run-ci-")
                .tempdir_in(&folder)
        })
        .with_context(|| format!("failed to make a folder in {}", folder.display()))
}

/// A profile without lines names functions only.
fn with_lines(cargo: &CargoSettings) -> CargoSettings {
    let profile = cargo.profile.as_deref().unwrap_or("release");
    let mut cargo = cargo.clone();
    let lines = format!("profile.{profile}.debug=\"line-tables-only\"");
    cargo.options.splice(..0, ["--config".into(), lines.into()]);
    cargo
}

/// The guarded tests, and no others of their binaries.
fn select<'a>(build: &'a Build, tests: &TestSettings) -> Result<Vec<Selected<'a>>> {
    let guarded = Guarded::find(&build.tests, tests)?;
    if guarded.chosen.is_empty() {
        bail!(nothing_to_run(tests, guarded.all(), build.tests.len()));
    }
    let mut selected = Vec::new();
    for (binary, names) in guarded.chosen {
        for names in chunks(&names).into_iter().map(|range| &names[range]) {
            // A harness that keeps what tests print allocates for it, and loses it where a process dies.
            let options = ["--exact".into(), "--nocapture".into()].into_iter();
            selected.push(Selected {
                binary,
                arguments: options.chain(names.iter().map(Into::into)).collect(),
            });
        }
    }
    Ok(selected)
}

fn record<'a>(
    environment: &Environment<'_>,
    selected: &[Selected<'a>],
    folder: &Path,
    logs: &Path,
) -> Result<Vec<End<'a>>> {
    recording::empty(folder)?;
    let recorder = Recorder {
        environment,
        options: Options {
            threads: Some(NonZeroUsize::MIN),
            ..Options::default()
        },
        folder,
        printed: Printed::ToFolder(logs),
    };
    let progress = Progress::new(settings::Progress::of_stderr());
    let ends = recorder.run(selected, &progress)?;
    drop(progress);
    if recording::recordings(folder)?.is_empty() {
        bail!(
            "no profiling data: no test binary that ran links the guard: add `alloc-guard` to `[dev-dependencies]`"
        );
    }
    Ok(ends)
}

fn merged(files: &[PathBuf]) -> Result<Profile> {
    let mut profiles = Vec::new();
    for file in files {
        profiles.push(profiles::open(file)?);
    }
    Ok(Profile::merge(profiles)?)
}

/// Records the same tests of the base, and compares.
fn change(
    job: &ProfileJob,
    cargo: &CargoSettings,
    workspace: &Workspace,
    (own, folder): (&Profile, &Path),
) -> Result<Change> {
    let base = job.base.as_ref();
    let base = base.ok_or_else(|| anyhow!("there is no base to compare with"))?;
    let commit = base.common(&workspace.root)?;
    let sources = Sources::of(&commit, workspace)?;
    let cargo = sources.cargo(cargo);
    let build = cargo::build(&cargo)
        .with_context(|| format!("{} of `{}` was not profiled", sources.short(), base.0))?;
    let selected = select(&build, &job.tests)?;
    let environment = Environment::new(&cargo, &build, &job.variables);
    let scratch = scratch(workspace)?;
    // Beside other folders, as its name is that of the base in the page.
    let before = scratch.path().join("base");
    record(&environment, &selected, &before, scratch.path())?;
    let profile = profiles::open(&before)?;
    write(&folder.join("diff.html"), |out| {
        let sides = [(before.as_path(), &profile), (Path::new("change"), own)];
        profiles::write_diff(sides, Some(&workspace.root), out)
    })?;
    Ok(Change {
        base: format!("{} ({})", base.0, sources.short()),
        comparison: Comparison::new(alloc_guard_profile::diff(&profile, own), 0),
    })
}

impl Profiled {
    fn shown<'a>(&'a self, folders: &Folders, root: &'a Path) -> Result<Shown<'a>> {
        Ok(Shown {
            files: files(&folders.profiles)?,
            bytehound: self.bytehound.line(),
            ends: &self.ends,
            profile: self.attached.as_ref().unwrap_or(&self.own.profile),
            operations: &self.own,
            root,
            change: match &self.change {
                Ok(change) => Ok((&change.base, &change.comparison)),
                Err(why) => Err(why),
            },
        })
    }

    fn result(&self) -> JobResult {
        let mut result = JobResult::new(Verdict::Passed, profiles::in_short(&self.own.profile));
        result.bytehound = Some(self.bytehound.line());
        result.change = Some(match &self.change {
            Ok(change) => change.comparison.summary(),
            Err(why) => format!("not compared: {why}"),
        });
        result
    }
}

/// The files for readers, with their sizes.
fn files(folder: &Path) -> Result<Vec<(String, u64)>> {
    let reading = || format!("failed to read the folder {}", folder.display());
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).with_context(reading)? {
        let entry = entry.with_context(reading)?;
        let metadata = entry.metadata().with_context(reading)?;
        if metadata.is_file() {
            let name = entry.file_name().to_string_lossy().into_owned();
            files.push((name, metadata.len()));
        }
    }
    files.sort();
    Ok(files)
}
