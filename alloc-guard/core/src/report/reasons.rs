//! Owns the words for what a verdict found, and what a reader should know besides.

use crate::{
    baseline::Change,
    expect::Promise,
    record::Stack,
    registry::Registration,
    report::{Record, bytes, count},
    verdict::Breach,
};

/// `allocations 14 → 15`
pub(super) fn change(change: &Change) -> String {
    let Change {
        what,
        baseline,
        measured,
    } = change;
    format!("{what} {baseline} → {measured}")
}

pub(super) fn reason(breach: &Breach) -> String {
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

pub(super) fn notes(
    record: &mut Record,
    registration: &Registration,
    stacks: &[Stack],
    second: Option<u64>,
) {
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
