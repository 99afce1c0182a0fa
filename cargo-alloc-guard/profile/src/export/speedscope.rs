//! speedscope's JSON: a sampled profile for each metric, over one table of frames.

use std::io::{self, Write};

use serde::Serialize;

use super::{
    metric::Metric,
    names::{NO_STACK, name},
    rows::{self, Rows},
};
use crate::model::{Frame, Profile, StackId, Sums};

const SCHEMA: &str = "https://www.speedscope.app/file-format-schema.json";

/// What is written, its name there, and its unit.
const PROFILES: [(Metric, &str, &str); 5] = [
    (Metric::Bytes, "bytes", "bytes"),
    (Metric::Allocations, "allocations", "none"),
    (Metric::Peak, "peak", "bytes"),
    (Metric::Leaked, "leaked", "bytes"),
    (Metric::Temporary, "temporary allocations", "none"),
];

#[derive(Serialize)]
struct File<'a, F, P> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    name: &'a str,
    exporter: &'static str,
    #[serde(rename = "activeProfileIndex")]
    active: u32,
    shared: Shared<F>,
    profiles: P,
}

#[derive(Serialize)]
struct Shared<F> {
    frames: F,
}

#[derive(Serialize)]
struct FrameRow<'a> {
    name: std::borrow::Cow<'a, str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    file: &'a str,
    #[serde(skip_serializing_if = "is_unknown")]
    line: u32,
    #[serde(skip_serializing_if = "is_unknown")]
    col: u32,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde's way of calling it"
)]
fn is_unknown(number: &u32) -> bool {
    *number == 0
}

#[derive(Serialize)]
struct Sampled<S, W> {
    r#type: &'static str,
    name: &'static str,
    unit: &'static str,
    #[serde(rename = "startValue")]
    start: u64,
    #[serde(rename = "endValue")]
    end: u64,
    samples: S,
    weights: W,
}

/// Writes `profile` for speedscope: bytes, allocations, what was live at the peak, what leaked, and temporary allocations.
/// What there is none of is left out.
///
/// # Errors
/// If `out` cannot be written to.
pub fn speedscope(profile: &Profile, out: impl Write) -> io::Result<()> {
    let sums = profile.stack_sums();
    let own = profile.stacks.frames();
    let frames = || {
        let no_stack = FrameRow {
            name: NO_STACK.into(),
            file: "",
            line: 0,
            col: 0,
        };
        own.iter()
            .map(|frame| row(profile, *frame))
            .chain([no_stack])
    };
    let profiles = || {
        let sums = &sums;
        PROFILES
            .into_iter()
            .filter_map(move |(metric, name, unit)| {
                let end = sums
                    .iter()
                    .fold(0, |end: u64, sums| end.saturating_add(metric.of(sums)));
                let samples =
                    move || measured(profile, sums, metric).map(|(stack, _)| path(profile, stack));
                let weights = move || measured(profile, sums, metric).map(|(_, weight)| weight);
                // A viewer without any profile has nothing to say.
                (end > 0 || metric == Metric::Bytes).then_some(Sampled {
                    r#type: "sampled",
                    name,
                    unit,
                    start: 0,
                    end,
                    samples: Rows(samples),
                    weights: Rows(weights),
                })
            })
    };
    let file = File {
        schema: SCHEMA,
        name: &profile.program,
        exporter: concat!("alloc-guard ", env!("CARGO_PKG_VERSION")),
        active: 0,
        shared: Shared {
            frames: Rows(frames),
        },
        profiles: Rows(profiles),
    };
    rows::write(&file, out)
}

/// The stacks that have some of `metric`.
fn measured<'a>(
    profile: &'a Profile,
    sums: &'a [Sums],
    metric: Metric,
) -> impl Iterator<Item = (StackId, u64)> + 'a {
    let stacks = profile.stacks.ids().zip(sums);
    stacks
        .map(move |(stack, sums)| (stack, metric.of(sums)))
        .filter(|(_, weight)| *weight > 0)
}

/// The places of a stack's frames in the table, outermost first.
fn path(profile: &Profile, stack: StackId) -> Vec<usize> {
    let mut path: Vec<_> = profile
        .stacks
        .walk(stack)
        .map(crate::FrameId::index)
        .collect();
    path.reverse();
    if path.is_empty() {
        path.push(profile.stacks.frames().len());
    }
    path
}

fn row(profile: &Profile, frame: Frame) -> FrameRow<'_> {
    let file = profile.strings.get(frame.file);
    FrameRow {
        name: name(profile, frame),
        file,
        line: frame.line,
        col: frame.column,
    }
}
