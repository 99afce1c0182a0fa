//! Our own JSON: everything that the model holds, in the fields that `docs/profiles.md` describes.

use std::io::{self, Write};

use serde::Serialize;

use super::rows::{self, Rows};
use crate::{
    Totals,
    model::{
        Allocation, AllocationId, Amount, BuildProfile, Class, Data, Frame, FrameId, Kind, Phase,
        Profile, StackId, Sums,
    },
};

/// The version of the document. A field may be added within it.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a, T, F, S, A> {
    version: u32,
    origin: String,
    program: &'a str,
    process_id: u64,
    started_unix_ms: Option<u128>,
    duration_ns: u64,
    target: &'a str,
    build_profile: Option<&'static str>,
    warnings: Vec<String>,
    totals: TotalsRow,
    operations: &'a [String],
    threads: T,
    frames: F,
    stacks: S,
    allocations: Option<A>,
}

#[derive(Serialize)]
struct TotalsRow {
    allocations: u64,
    bytes: u64,
    zeroed: Option<u64>,
    grows: Option<u64>,
    shrinks: Option<u64>,
    deallocations: Option<u64>,
    peak_blocks: u64,
    peak_bytes: u64,
    peak_ns: Option<u64>,
    leaked_blocks: u64,
    leaked_bytes: u64,
    temporary: Option<u64>,
    temporary_bytes: Option<u64>,
}

#[derive(Serialize)]
struct SumsRow {
    allocations: u64,
    bytes: u64,
    peak_blocks: u64,
    peak_bytes: u64,
    leaked_blocks: u64,
    leaked_bytes: u64,
    temporary: Option<u64>,
    temporary_bytes: Option<u64>,
    lifetime: u128,
}

#[derive(Serialize)]
struct ThreadRow<'a> {
    id: u64,
    name: &'a str,
}

#[derive(Serialize)]
struct FrameRow<'a> {
    function: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
    module: &'a str,
    address: u64,
    inlined: bool,
    class: &'static str,
}

#[derive(Serialize)]
struct StackRow {
    /// Innermost first.
    frames: Vec<usize>,
    site: Option<usize>,
    #[serde(flatten)]
    sums: SumsRow,
}

#[derive(Serialize)]
struct AllocationRow {
    time_ns: u64,
    end_ns: Option<u64>,
    size: u64,
    stack: u32,
    thread: u32,
    operation: Option<u32>,
    phase: &'static str,
    kind: &'static str,
    predecessor: Option<usize>,
    weight: u32,
}

/// Writes `profile` as one JSON document: totals, and tables of threads, frames, stacks with their sums, and allocations, one
/// entry a line.
///
/// # Errors
/// If `out` cannot be written to.
pub fn json(profile: &Profile, out: impl Write) -> io::Result<()> {
    let sums = profile.stack_sums();
    // Only stacks that something was allocated on are written, and counted anew.
    let mut numbers = vec![0; sums.len()];
    let mut used: Vec<(StackId, Sums)> = Vec::new();
    for (stack, sums) in profile.stacks.ids().zip(sums) {
        if sums != Sums::default() {
            numbers[stack.index()] = used.len().try_into().unwrap_or(u32::MAX);
            used.push((stack, sums));
        }
    }
    let has_temporary = profile.allocations().is_some();
    let stacks = || {
        used.iter().map(|(stack, sums)| StackRow {
            frames: profile.stacks.walk(*stack).map(FrameId::index).collect(),
            site: profile.stacks.site(*stack).map(FrameId::index),
            sums: sums_row(sums, has_temporary),
        })
    };
    let allocations = match &profile.data {
        Data::Allocations(allocations) => Some(Rows(|| {
            allocations
                .iter()
                .map(|(_, allocation)| row(profile, &allocation, numbers[allocation.stack.index()]))
        })),
        Data::Sums(_) => None,
    };
    let document = Document {
        version: VERSION,
        origin: profile.origin.to_string(),
        program: &profile.program,
        process_id: profile.process_id,
        started_unix_ms: profile.started.map(|since| since.as_millis()),
        duration_ns: profile.duration_ns,
        target: &profile.target,
        build_profile: profile.build_profile.map(|built| match built {
            BuildProfile::Debug => "debug",
            BuildProfile::Release => "release",
        }),
        warnings: profile.warnings.iter().map(ToString::to_string).collect(),
        totals: totals_row(&profile.totals()),
        operations: &profile.operations,
        threads: Rows(|| {
            profile.threads.iter().map(|thread| ThreadRow {
                id: thread.id,
                name: &thread.name,
            })
        }),
        frames: Rows(|| {
            profile
                .stacks
                .frames()
                .iter()
                .map(|frame| frame_row(profile, *frame))
        }),
        stacks: Rows(stacks),
        allocations,
    };
    rows::write(&document, out)
}

fn totals_row(totals: &Totals) -> TotalsRow {
    TotalsRow {
        allocations: totals.allocations.count,
        bytes: totals.allocations.bytes,
        zeroed: totals.zeroed,
        grows: totals.grows,
        shrinks: totals.shrinks,
        deallocations: totals.deallocations,
        peak_blocks: totals.peak.count,
        peak_bytes: totals.peak.bytes,
        peak_ns: totals.peak_ns,
        leaked_blocks: totals.leaked.count,
        leaked_bytes: totals.leaked.bytes,
        temporary: totals.temporary.map(|amount| amount.count),
        temporary_bytes: totals.temporary.map(|amount| amount.bytes),
    }
}

fn sums_row(sums: &Sums, has_temporary: bool) -> SumsRow {
    let temporary = |Amount { count, bytes }| {
        (
            has_temporary.then_some(count),
            has_temporary.then_some(bytes),
        )
    };
    let (temporary, temporary_bytes) = temporary(sums.temporary);
    SumsRow {
        allocations: sums.allocations.count,
        bytes: sums.allocations.bytes,
        peak_blocks: sums.at_peak.count,
        peak_bytes: sums.at_peak.bytes,
        leaked_blocks: sums.leaked.count,
        leaked_bytes: sums.leaked.bytes,
        temporary,
        temporary_bytes,
        lifetime: sums.lifetime,
    }
}

fn frame_row(profile: &Profile, frame: Frame) -> FrameRow<'_> {
    FrameRow {
        function: profile.strings.get(frame.function),
        file: profile.strings.get(frame.file),
        line: frame.line,
        column: frame.column,
        module: profile.strings.get(frame.module),
        address: frame.address,
        inlined: frame.inlined,
        class: match frame.class {
            Class::Workspace => "workspace",
            Class::Dependency => "dependency",
            Class::Std => "std",
            Class::Guard => "guard",
            Class::Harness => "harness",
            Class::System => "system",
            Class::Unknown => "unknown",
        },
    }
}

fn row(profile: &Profile, allocation: &Allocation, stack: u32) -> AllocationRow {
    let context = profile
        .contexts
        .get(allocation.context.0 as usize)
        .copied()
        .unwrap_or_default();
    AllocationRow {
        time_ns: allocation.time_ns,
        end_ns: allocation.end_ns,
        size: allocation.size,
        stack,
        thread: allocation.thread.0,
        operation: context.operation.map(|operation| operation.0),
        phase: match context.phase {
            Phase::Outside => "outside",
            Phase::Init => "init",
            Phase::Locked => "locked",
            Phase::After => "after",
            Phase::WarmUp => "warm_up",
        },
        kind: match allocation.kind {
            Kind::Plain => "plain",
            Kind::Zeroed => "zeroed",
            Kind::Grow => "grow",
            Kind::Shrink => "shrink",
        },
        predecessor: allocation.predecessor.map(AllocationId::index),
        weight: allocation.weight,
    }
}
