//! The data of a page. The names, and what they mean, are those of `page/src/contract.js`.

use serde::{Serialize, Serializer};

use super::{
    frames::{FRAMES, FrameRow, frames},
    operations::Operations,
    row::{ROWS, Row},
    rows::Reduced,
    shown::Shown,
    source::Sources,
    table::{Cell, Table},
    texts::Texts,
    threads,
};
use crate::{
    Step,
    model::{
        Allocation, Allocations, Amount, BuildProfile, FrameId, Kind, Phase, Profile, StackId,
    },
};

/// More allocations are only summed.
pub(super) const MAX_EVENTS: usize = 50_000;

/// What `#data` holds.
pub(super) struct PageData<'a> {
    profiles: &'a [&'a Shown<'a>],
    sources: &'a Sources,
}

impl<'a> PageData<'a> {
    pub(super) fn new(profiles: &'a [&'a Shown<'a>], sources: &'a Sources) -> Self {
        Self { profiles, sources }
    }
}

impl Serialize for PageData<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Head<P> {
            version: u32,
            generator: &'static str,
            profiles: P,
        }
        let profiles = self.profiles.iter().map(|shown| OneProfile {
            shown,
            sources: self.sources,
            paired: self.profiles.len() > 1,
        });
        Head {
            version: 1,
            generator: concat!("alloc-guard ", env!("CARGO_PKG_VERSION")),
            profiles: profiles.collect::<Vec<_>>(),
        }
        .serialize(serializer)
    }
}

/// Made when it is written, so that one of two profiles is in memory as rows at a time.
struct OneProfile<'a> {
    shown: &'a Shown<'a>,
    sources: &'a Sources,
    /// There is another one to compare it with.
    paired: bool,
}

impl Serialize for OneProfile<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let profile = self.shown.profile;
        let mut texts = Texts::default();
        let frames = frames(profile, &mut texts, self.sources, self.paired);
        let stacks = stacks(profile);
        let rows = Reduced::of(profile);
        let timed = rows.timeline.is_some();
        let events = events(profile);
        Data {
            title: self.shown.title,
            source: profile.origin.to_string(),
            started_ms: profile.started.map_or(0, |since| since.as_millis()),
            duration_ns: profile.duration_ns,
            program: &profile.program,
            target: &profile.target,
            build: match profile.build_profile {
                Some(BuildProfile::Debug) => "debug",
                Some(BuildProfile::Release) => "release",
                None => "",
            },
            warnings: profile.warnings.iter().map(ToString::to_string).collect(),
            strings: texts.all().collect(),
            frames: Table(&frames, FRAMES),
            stacks: Table(&stacks, STACKS),
            threads: if timed {
                threads::names(profile)
            } else {
                Vec::new()
            },
            operations: Operations::of(self.shown),
            contexts: Table(&contexts(profile), CONTEXTS),
            totals: totals(profile),
            timeline: rows.timeline.as_ref().map(|timeline| Times {
                step_ns: timeline.step_ns,
                columns: Table(&timeline.steps, STEPS),
            }),
            rows: Table(&rows.rows, ROWS),
            whole: rows.whole.as_deref().map(|whole| Table(whole, ROWS)),
            events: events.as_deref().map(|events| Table(events, EVENTS)),
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct Data<'a> {
    title: &'a str,
    source: String,
    started_ms: u128,
    duration_ns: u64,
    program: &'a str,
    target: &'a str,
    build: &'static str,
    warnings: Vec<String>,
    strings: Vec<&'a str>,
    frames: Table<'a, FrameRow>,
    stacks: Table<'a, StackRow>,
    threads: Vec<String>,
    operations: Operations<'a>,
    contexts: Table<'a, (usize, Phase)>,
    totals: TotalsRow,
    timeline: Option<Times<'a>>,
    rows: Table<'a, Row>,
    whole: Option<Table<'a, Row>>,
    events: Option<Table<'a, Allocation>>,
}

struct StackRow {
    caller: StackId,
    frame: Option<FrameId>,
    site: Option<FrameId>,
}

const STACKS: &[(&str, Cell<StackRow>)] = &[
    ("parent", |row| Some(row.caller.index() as u64)),
    ("frame", |row| {
        Some(row.frame.map_or(0, FrameId::index) as u64)
    }),
    ("site", |row| row.site.map(|frame| frame.index() as u64)),
];

const CONTEXTS: &[(&str, Cell<(usize, Phase)>)] = &[
    ("operation", |(operation, _)| Some(*operation as u64)),
    ("phase", |(_, phase)| {
        Some(match phase {
            Phase::Outside => 0,
            Phase::Init => 1,
            Phase::Locked => 2,
            Phase::After => 3,
            Phase::WarmUp => 4,
        })
    }),
];

const STEPS: &[(&str, Cell<Step>)] = &[
    ("live_bytes", |step| Some(step.live.bytes)),
    ("live_allocations", |step| Some(step.live.count)),
    ("high_bytes", |step| Some(step.high_water.bytes)),
];

const EVENTS: &[(&str, Cell<Allocation>)] = &[
    ("time_ns", |allocation| Some(allocation.time_ns)),
    ("end_ns", |allocation| allocation.end_ns),
    ("size", |allocation| Some(allocation.size)),
    ("stack", |allocation| Some(allocation.stack.index() as u64)),
    ("thread", |allocation| {
        Some(threads::shown(allocation.thread).0.into())
    }),
    ("context", |allocation| Some(allocation.context.0.into())),
    ("kind", |allocation| {
        Some(match allocation.kind {
            Kind::Plain => 0,
            Kind::Zeroed => 1,
            Kind::Grow => 2,
            Kind::Shrink => 3,
        })
    }),
];

#[derive(Serialize)]
struct Times<'a> {
    step_ns: u64,
    #[serde(flatten)]
    columns: Table<'a, Step>,
}

#[derive(Serialize)]
struct TotalsRow {
    allocations: u64,
    bytes: u64,
    deallocations: u64,
    peak_bytes: u64,
    peak_allocations: u64,
    peak_ns: u64,
    leaked: u64,
    leaked_bytes: u64,
    temporary: Option<u64>,
    temporary_bytes: Option<u64>,
}

fn totals(profile: &Profile) -> TotalsRow {
    let totals = profile.totals();
    TotalsRow {
        allocations: totals.allocations.count,
        bytes: totals.allocations.bytes,
        deallocations: totals.deallocations.unwrap_or(0),
        peak_bytes: totals.peak.bytes,
        peak_allocations: totals.peak.count,
        peak_ns: totals.peak_ns.unwrap_or(0),
        leaked: totals.leaked.count,
        leaked_bytes: totals.leaked.bytes,
        temporary: totals.temporary.map(|Amount { count, .. }| count),
        temporary_bytes: totals.temporary.map(|Amount { bytes, .. }| bytes),
    }
}

fn stacks(profile: &Profile) -> Vec<StackRow> {
    let sites = profile.listed_sites();
    let stacks = profile.stacks.ids().zip(sites).map(|(stack, site)| {
        let (caller, frame) = profile.stacks.node(stack).unzip();
        StackRow {
            caller: caller.unwrap_or_default(),
            frame,
            site,
        }
    });
    stacks.collect()
}

fn contexts(profile: &Profile) -> Vec<(usize, Phase)> {
    let number = |context: &crate::Context| context.operation.map_or(0, |id| id.0 as usize + 1);
    profile
        .contexts
        .iter()
        .map(|context| (number(context), context.phase))
        .collect()
}

/// Each allocation, if there are few enough and each stands for one.
fn events(profile: &Profile) -> Option<Vec<Allocation>> {
    let allocations: &Allocations = profile.allocations()?;
    if allocations.len() > MAX_EVENTS {
        return None;
    }
    let events: Vec<_> = allocations
        .iter()
        .map(|(_, allocation)| allocation)
        .collect();
    events
        .iter()
        .all(|allocation| allocation.weight == 1)
        .then_some(events)
}
