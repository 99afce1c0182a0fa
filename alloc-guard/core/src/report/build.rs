//! Owns the way from a finding to a record: names the stacks, finds the sites, takes out what is
//! permitted, judges, and says what a reader should know besides.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::OnceLock,
    time::UNIX_EPOCH,
};

use crate::{
    backtrace::{
        site::{Located, locate, relative, short_name, workspace_root},
        symbolize::{Frame, symbolize},
    },
    baseline::{self, Change, Known},
    canary::NOT_INSTALLED,
    expect::{PermittedSite, Promise},
    harness,
    leaks::Block,
    record::{Recorder, Stack},
    registry::Registration,
    report::{
        Outcome, PermittedCalls, Record, Site, Style, VERSION, binary_name, bytes, count, human,
    },
    tally::{Call, Tally},
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

/// `allocations 14 → 15`
fn change(change: &Change) -> String {
    let Change {
        what,
        baseline,
        measured,
    } = change;
    format!("{what} {baseline} → {measured}")
}

fn reason(breach: &Breach) -> String {
    match *breach {
        Breach::Allocated {
            allocations,
            bytes: size,
        } => {
            format!("{} · {}", count(allocations, "allocation"), bytes(size))
        }
        Breach::Failed { calls } => {
            format!("{} that the allocator refused", count(calls, "request"))
        }
        Breach::Deallocated { calls } => format!(
            "{}, denied by `deny(dealloc)`",
            count(calls, "deallocation")
        ),
        Breach::Over {
            budget,
            limit,
            measured,
        } => format!("{budget} = {limit}, measured {measured}"),
        Breach::NotExactly { demanded, measured } => {
            format!("exact_allocations = {demanded}, measured {measured}")
        }
        Breach::OverBaseline(ref over) => change(over),
        Breach::Leaked {
            blocks,
            bytes: size,
        } => {
            format!("leaked {} · {}", count(blocks, "block"), bytes(size))
        }
        Breach::Untracked { blocks } => {
            format!(
                "{} too many to track, so leaks cannot be ruled out",
                count(blocks, "block")
            )
        }
    }
}

fn notes(record: &mut Record, registration: &Registration, stacks: &[Stack], second: Option<u64>) {
    if registration.expectation.promise == Promise::AllocFree
        && let Some(second) = second
        && second != record.locked.allocations()
    {
        record.notes.push(match second {
            0 => "0 on the second run: first-use initialisation; use `warmup = 1`".to_owned(),
            _ => format!(
                "{} on the second run: the body does not do the same each time",
                count(second, "allocation")
            ),
        });
    }
    if record.dropped > 0 {
        record.notes.push(format!(
            "{} came from further call stacks, which are counted but not shown",
            count(record.dropped, "call")
        ));
    }
    if cfg!(not(feature = "symbols")) && !stacks.is_empty() {
        record
            .notes
            .push("places are unknown: the feature `symbols` of alloc-guard is off".to_owned());
    } else if record.sites.iter().any(|site| site.line == 0) {
        record.notes.push(
            "lines are unknown: build with `debug = \"line-tables-only\"` in the profile"
                .to_owned(),
        );
    }
    if record.sites.iter().any(|site| {
        site.frames
            .iter()
            .any(|frame| frame.function.contains("print_to_buffer_if_capture_used"))
    }) {
        record.notes.push(
            "the test harness captures what is printed, which allocates; without capture (`--nocapture`, nextest, \
             `harness = false`) it does not"
                .to_owned(),
        );
    }
    for (variable, what) in [
        ("LLVM_PROFILE_FILE", "coverage"),
        ("ASAN_OPTIONS", "a sanitizer"),
        ("TSAN_OPTIONS", "a sanitizer"),
    ] {
        if std::env::var_os(variable).is_some() {
            record.notes.push(format!(
                "{variable} is set: under {what} the run-time may allocate on its own"
            ));
        }
    }
}

/// A stack with names.
struct Named {
    calls: [u64; Call::COUNT],
    bytes: u64,
    leaked: (u64, u64),
    frames: Vec<Frame>,
}

impl Named {
    fn allocations(&self) -> u64 {
        [Call::Alloc, Call::Zeroed, Call::Grow, Call::Shrink]
            .iter()
            .map(|call| self.calls[*call as usize])
            .sum()
    }
}

fn name(stacks: &[Stack], leaked: &[Block]) -> Vec<Named> {
    let mut known: HashMap<usize, Vec<Frame>> = HashMap::new();
    stacks
        .iter()
        .map(|stack| {
            let mut frames = Vec::new();
            for address in &stack.frames {
                frames.extend_from_slice(
                    known.entry(*address).or_insert_with(|| symbolize(*address)),
                );
            }
            let mine = leaked.iter().filter(|block| block.stack == stack.id);
            Named {
                calls: stack.calls,
                bytes: stack.bytes,
                leaked: mine.fold((0, 0), |(blocks, bytes), block| {
                    (blocks + 1, bytes + block.size as u64)
                }),
                frames,
            }
        })
        .collect()
}

fn take_out_permitted(
    stacks: &mut Vec<Named>,
    sites: &[PermittedSite],
    measured: &mut Measured,
    record: &mut Record,
) {
    record.permitted = sites
        .iter()
        .map(|site| PermittedCalls {
            path: site.path.to_owned(),
            reason: site.reason.to_owned(),
            ..PermittedCalls::default()
        })
        .collect();
    stacks.retain(|stack| {
        let hit = sites.iter().position(|site| {
            stack
                .frames
                .iter()
                .any(|frame| site.matches(&frame.function))
        });
        let Some(permitted) = hit.and_then(|index| record.permitted.get_mut(index)) else {
            return true;
        };
        permitted.allocations += stack.allocations();
        permitted.bytes += stack.bytes;
        measured.permitted += stack.allocations();
        measured.permitted_bytes += stack.bytes;
        measured.permitted_deallocs += stack.calls[Call::Dealloc as usize];
        measured.tally.failed = measured
            .tally
            .failed
            .saturating_sub(stack.calls[Call::Failed as usize]);
        measured.leaked_blocks = measured.leaked_blocks.saturating_sub(stack.leaked.0);
        measured.leaked_bytes = measured.leaked_bytes.saturating_sub(stack.leaked.1);
        false
    });
}

/// Groups stacks by site, worst first. Where no frame is the user's, the site is the test.
fn sites(stacks: Vec<Named>, root: &Path, test: &Frame) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    for stack in stacks {
        let located = locate(&stack.frames);
        let new = describe(&located, root, test);
        let index = sites
            .iter()
            .position(|site| {
                (&site.file, site.line, site.column, &site.function)
                    == (&new.file, new.line, new.column, &new.function)
            })
            .unwrap_or_else(|| {
                sites.push(new);
                sites.len() - 1
            });
        let site = &mut sites[index];
        site.allocations += stack.allocations();
        site.deallocations += stack.calls[Call::Dealloc as usize];
        site.failed += stack.calls[Call::Failed as usize];
        site.bytes += stack.bytes;
        site.leaked_blocks += stack.leaked.0;
        site.leaked_bytes += stack.leaked.1;
    }
    sites.sort_by(|a, b| {
        let weight = |site: &Site| (site.allocations, site.bytes, site.deallocations);
        weight(b)
            .cmp(&weight(a))
            .then_with(|| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)))
    });
    sites
}

fn describe(located: &Located, root: &Path, test: &Frame) -> Site {
    let site = located.site.as_ref().unwrap_or(test);
    Site {
        function: short_name(&site.function),
        file: relative(&site.file, root),
        line: site.line,
        column: site.column,
        via: located.via.clone().unwrap_or_default(),
        called_from: located
            .called_from
            .as_ref()
            // A binary without lines cannot tell two functions of one name apart.
            .filter(|frame| frame.line > 0 || frame.function != site.function)
            .map_or_else(String::new, |frame| {
                let function = short_name(&frame.function);
                match frame.line {
                    0 => function,
                    line => format!("{function} ({}:{line})", relative(&frame.file, root)),
                }
            }),
        in_dependency: located.in_dependency,
        frames: located
            .frames
            .iter()
            .map(|frame| Frame {
                function: frame.function.clone(),
                file: relative(&frame.file, root),
                ..*frame
            })
            .collect(),
        ..Site::default()
    }
}

/// What [`assert_alloc_free`](crate::assert_alloc_free) panics with.
pub(crate) fn describe_violations(tally: &Tally, recorder: &Recorder, caller: &Frame) -> String {
    let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let root = workspace_root(Path::new(&manifest_dir));
    let sites = sites(name(&recorder.stacks(), &[]), &root, caller);
    let mut text = format!(
        "{} in `assert_alloc_free`",
        count(tally.allocations(), "allocation")
    );
    if tally.failed > 0 {
        text.push_str(&format!(
            " and {} that the allocator refused",
            count(tally.failed, "request")
        ));
    }
    for site in &sites {
        text.push('\n');
        text.push_str(&human::site_text(
            site,
            &root,
            Promise::AllocFree,
            Style::Plain,
        ));
    }
    text
}

/// This binary.
fn executable() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| std::env::current_exe().unwrap_or_default())
}
