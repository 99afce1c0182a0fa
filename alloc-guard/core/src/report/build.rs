//! Owns the way from a finding to a record: judges what was measured, and says how it ended.

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
    time::UNIX_EPOCH,
};

use crate::{
    backtrace::{
        site::{relative, workspace_root},
        symbolize::Frame,
    },
    baseline::{self, Known},
    canary::NOT_INSTALLED,
    harness,
    registry::Registration,
    report::{
        Outcome, Record, VERSION, binary_name,
        reasons::{change, notes, reason},
        stacks::{Named, name, sites, take_out_permitted},
    },
    tally::Tally,
    trial::{Ended, Finding, panic_text},
    verdict::{Breach, Measured, Verdict, judge},
};

/// Set by the command line where it wants the sites of tests that keep their promise, too.
const SITES: &str = "ALLOC_GUARD_SITES";

/// The record of a finding.
pub(crate) fn build(registration: &Registration, finding: &Finding) -> Record {
    let root = workspace_root(Path::new(registration.manifest_dir));
    let mut record = Record {
        version: VERSION,
        name: registration.name().to_owned(),
        title: registration.title.to_owned(),
        module: registration.module().to_owned(),
        package: registration.package.to_owned(),
        binary: binary_name(executable()),
        file: relative(registration.file, &root),
        line: registration.line,
        promise: Some(registration.expectation.promise),
        held: registration.expectation.is_held_to_baseline(),
        profile: if registration.debug {
            "debug"
        } else {
            "release"
        }
        .to_owned(),
        target: env!("ALLOC_GUARD_TARGET").to_owned(),
        toolchain: env!("ALLOC_GUARD_TOOLCHAIN").to_owned(),
        features: None,
        executable: executable().to_string_lossy().into_owned(),
        scope: if registration.process {
            "process"
        } else {
            "thread"
        }
        .to_owned(),
        outcome: Outcome::AsExpected,
        reasons: Vec::new(),
        baseline: None,
        message: String::new(),
        init: Tally::default(),
        locked: Tally::default(),
        sites: Vec::new(),
        permitted: Vec::new(),
        dropped: 0,
        elsewhere: 0,
        notes: Vec::new(),
        nanoseconds: 0,
        unix_milliseconds: UNIX_EPOCH.elapsed().map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        }),
    };
    match finding {
        Finding::NotInstalled => {
            record.outcome = Outcome::NotInstalled;
            NOT_INSTALLED.clone_into(&mut record.message);
        }
        Finding::Impossible(why) => {
            record.outcome = Outcome::Failed;
            record.message.clone_from(why);
        }
        Finding::Ran { first, second } => fill(&mut record, registration, first, *second, &root),
    }
    record
}

/// The record of a trial that was not run.
#[cfg(feature = "runner")]
pub(crate) fn ignored(registration: &Registration) -> Record {
    let mut record = build(registration, &Finding::Impossible(String::new()));
    record.outcome = Outcome::Ignored;
    registration
        .ignored
        .unwrap_or_default()
        .clone_into(&mut record.message);
    record
}

fn fill(
    record: &mut Record,
    registration: &Registration,
    ended: &Ended,
    second: Option<u64>,
    root: &Path,
) {
    record.init = ended.phases.init;
    record.locked = ended.phases.locked;
    record.dropped = ended.phases.dropped;
    record.nanoseconds = u64::try_from(ended.took.as_nanos()).unwrap_or(u64::MAX);

    let expectation = &registration.expectation;
    let mut measured = Measured {
        tally: ended.phases.locked,
        leaked_blocks: ended.leaked.len() as u64,
        leaked_bytes: ended.leaked.iter().map(|block| block.size as u64).sum(),
        untracked_blocks: ended.untracked,
        ..Measured::default()
    };
    let mut stacks: Vec<Named> = Vec::new();
    if !expectation.permitted.is_empty() {
        stacks = name(&ended.phases.stacks, &ended.leaked);
        take_out_permitted(&mut stacks, expectation.permitted, &mut measured, record);
    }
    let known = match known(record, registration) {
        Ok(known) => known,
        Err(error) => {
            record.outcome = Outcome::Failed;
            record.message = error;
            return;
        }
    };
    let verdict = judge(expectation, &measured, &known);
    if let Known::Held(held) = known {
        record.baseline = Some(held);
    }
    // Reading debug information takes longer than most tests, so only where there is something to show.
    let is_shown = matches!(verdict, Verdict::Regressed(_)) || std::env::var_os(SITES).is_some();
    if is_shown && expectation.permitted.is_empty() {
        stacks = name(&ended.phases.stacks, &ended.leaked);
    }
    let leaks_only = matches!(&verdict, Verdict::Regressed(breaches)
        if breaches.iter().all(|breach| matches!(breach, Breach::Leaked { .. } | Breach::Untracked { .. })));
    if leaks_only {
        stacks.retain(|named| named.leaked.0 > 0);
    }

    match &verdict {
        Verdict::AsExpected => {}
        Verdict::AllocFree => record.outcome = Outcome::Improved,
        Verdict::BelowBaseline(changes) => {
            record.outcome = Outcome::Improved;
            record.reasons = changes.iter().map(change).collect();
        }
        Verdict::New => record.outcome = Outcome::New,
        Verdict::Regressed(breaches) => {
            record.outcome = Outcome::Regressed;
            record.reasons = breaches.iter().map(reason).collect();
        }
    }
    if is_shown {
        let test = Frame {
            function: record.name.clone(),
            file: registration.file.to_owned(),
            line: registration.line,
            column: 1,
        };
        record.sites = sites(stacks, root, &test);
    }
    if record.outcome == Outcome::Regressed {
        notes(record, registration, &ended.phases.stacks, second);
    }
    if let Some((then, now)) = record.moved_with_toolchain() {
        let moved = format!("the baseline was measured with Rust {then}, and this is {now}");
        record.notes.push(moved);
    }
    // Where other tests run beside this one, nobody can tell their threads from this test's.
    if !registration.process && harness::is_quiet() {
        record.elsewhere = ended.phases.elsewhere;
    }
    judge_end(record, registration, ended);
}

/// A panic, an error and a missing panic weigh more than a verdict that holds; a regression stands.
fn judge_end(record: &mut Record, registration: &Registration, ended: &Ended) {
    match (&ended.panic, registration.should_panic) {
        (Some(payload), Some(expected)) if panic_text(&**payload).contains(expected) => {
            // Until it panicked the body did what it was to do: an improvement is none.
            if matches!(record.outcome, Outcome::Improved | Outcome::New) {
                record.outcome = Outcome::AsExpected;
            }
        }
        (Some(payload), expected) => {
            record.outcome = Outcome::Panicked;
            panic_text(&**payload).clone_into(&mut record.message);
            if let Some(expected) = expected {
                record.notes.push(format!(
                    "it should have panicked with a text that contains {expected:?}"
                ));
            }
            if !ended.phases.reached_body {
                record.notes.push(
                    "it panicked in the init phase, while the fixtures were built".to_owned(),
                );
            }
        }
        (None, _) if ended.phases.error.is_some() => {
            record.outcome = Outcome::Failed;
            record.message = ended.phases.error.clone().unwrap_or_default();
        }
        (None, Some(_)) if record.outcome != Outcome::Regressed => {
            record.outcome = Outcome::DidNotPanic;
            "it should have panicked, and did not".clone_into(&mut record.message);
        }
        (None, _) => {}
    }
}

/// What the baseline says of the test, if that matters: where the attribute leaves it open.
fn known(record: &Record, registration: &Registration) -> Result<Known, String> {
    if !registration.expectation.is_held_to_baseline() {
        return Ok(Known::NoBaseline);
    }
    baseline::look_up(
        registration.manifest_dir,
        (&record.binary, &record.name),
        (&record.profile, &record.target),
    )
}

/// This binary.
fn executable() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| std::env::current_exe().unwrap_or_default())
}
