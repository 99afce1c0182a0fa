//! The data of a page. The names, and what they mean, are those of `page/src/contract.js`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, Serializer};

use super::{
    frames::{FRAMES, FrameRow, frames},
    rows::{Reduced, Row},
    source::Sources,
    texts::Texts,
};
use crate::{
    Step,
    model::{Allocation, Allocations, Amount, BuildProfile, Kind, Phase, Profile},
};

/// More allocations are only summed.
const MAX_EVENTS: usize = 50_000;

/// A profile, and what is known of it besides.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Shown<'a> {
    /// What it is called in the page.
    pub title: &'a str,
    /// What was recorded.
    pub profile: &'a Profile,
    /// The results of guarded tests; those that the profile does not name are shown too.
    pub operations: &'a [Operation],
}

impl<'a> Shown<'a> {
    /// A profile of which nothing else is known.
    #[must_use]
    pub fn new(title: &'a str, profile: &'a Profile) -> Self {
        Self {
            title,
            profile,
            operations: &[],
        }
    }

    /// With the results of guarded tests.
    #[must_use]
    pub fn operations(self, operations: &'a [Operation]) -> Self {
        Self { operations, ..self }
    }
}

/// The result of a guarded test. Texts may be empty where they are not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Operation {
    /// As the harness has it: `module::test`.
    pub name: String,
    /// What the test says it does.
    pub title: String,
    /// `no allocations`, `at most 20 allocations`.
    pub expectation: String,
    /// Whether it held; `None` if it is not known.
    pub passed: Option<bool>,
    /// `3 allocations, 96 B`.
    pub measured: String,
}

/// Rows, written as columns: an object with a list for each name.
struct Table<'a, T>(&'a [T], &'a [(&'static str, Cell<T>)]);

/// `None` is written as `null`.
pub(super) type Cell<T> = fn(&T) -> Option<u64>;

struct Column<'a, T>(&'a [T], Cell<T>);

impl<T> Serialize for Table<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.1
                .iter()
                .map(|(name, cell)| (name, Column(self.0, *cell))),
        )
    }
}

impl<T> Serialize for Column<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}

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
        let stacks: Vec<(usize, usize)> = profile
            .stacks
            .ids()
            .map(|stack| {
                profile
                    .stacks
                    .node(stack)
                    .map_or((0, 0), |(caller, frame)| (caller.index(), frame.index()))
            })
            .collect();
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
            threads: if timed { threads(profile) } else { Vec::new() },
            operations: operations(self.shown),
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
    stacks: Table<'a, (usize, usize)>,
    threads: Vec<String>,
    operations: Operations<'a>,
    contexts: Table<'a, (usize, Phase)>,
    totals: TotalsRow,
    timeline: Option<Times<'a>>,
    rows: Table<'a, Row>,
    whole: Option<Table<'a, Row>>,
    events: Option<Table<'a, Allocation>>,
}

const STACKS: &[(&str, Cell<(usize, usize)>)] = &[
    ("parent", |(parent, _)| Some(*parent as u64)),
    ("frame", |(_, frame)| Some(*frame as u64)),
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

const ROWS: &[(&str, Cell<Row>)] = &[
    ("stack", |(key, _)| Some(key.stack.index() as u64)),
    ("thread", |(key, _)| Some(key.thread.0.into())),
    ("context", |(key, _)| Some(key.context.0.into())),
    ("step", |(key, _)| Some(key.step.into())),
    ("class", |(key, _)| Some(key.class.into())),
    ("allocations", |(_, sums)| Some(sums.allocations.count)),
    ("bytes", |(_, sums)| Some(sums.allocations.bytes)),
    ("peak", |(_, sums)| Some(sums.at_peak.count)),
    ("peak_bytes", |(_, sums)| Some(sums.at_peak.bytes)),
    ("leaked", |(_, sums)| Some(sums.leaked.count)),
    ("leaked_bytes", |(_, sums)| Some(sums.leaked.bytes)),
    ("temporary", |(_, sums)| Some(sums.temporary.count)),
    ("temporary_bytes", |(_, sums)| Some(sums.temporary.bytes)),
];

const EVENTS: &[(&str, Cell<Allocation>)] = &[
    ("time_ns", |allocation| Some(allocation.time_ns)),
    ("end_ns", |allocation| allocation.end_ns),
    ("size", |allocation| Some(allocation.size)),
    ("stack", |allocation| Some(allocation.stack.index() as u64)),
    ("thread", |allocation| Some(allocation.thread.0.into())),
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

#[derive(Default, Serialize)]
struct Operations<'a> {
    name: Vec<&'a str>,
    title: Vec<&'a str>,
    expectation: Vec<&'a str>,
    verdict: Vec<&'static str>,
    measured: Vec<&'a str>,
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

fn threads(profile: &Profile) -> Vec<String> {
    let name = |thread: &crate::Thread| match &*thread.name {
        "" => format!("thread {}", thread.id),
        name => name.to_owned(),
    };
    profile.threads.iter().map(name).collect()
}

fn contexts(profile: &Profile) -> Vec<(usize, Phase)> {
    let number = |context: &crate::Context| context.operation.map_or(0, |id| id.0 as usize + 1);
    profile
        .contexts
        .iter()
        .map(|context| (number(context), context.phase))
        .collect()
}

/// Those of the profile in its order, then those that it does not name.
fn operations<'a>(shown: &Shown<'a>) -> Operations<'a> {
    let names: BTreeSet<&str> = shown
        .profile
        .operations
        .iter()
        .map(String::as_str)
        .collect();
    let known: BTreeMap<&str, &Operation> = shown
        .operations
        .iter()
        .map(|operation| (&*operation.name, operation))
        .collect();
    let others = shown
        .operations
        .iter()
        .map(|operation| &*operation.name)
        .filter(|name| !names.contains(name));
    let mut all = Operations::default();
    for name in shown
        .profile
        .operations
        .iter()
        .map(String::as_str)
        .chain(others)
    {
        let operation = known.get(name);
        all.name.push(name);
        all.title
            .push(operation.map_or("", |operation| &operation.title));
        all.expectation
            .push(operation.map_or("", |operation| &operation.expectation));
        all.measured
            .push(operation.map_or("", |operation| &operation.measured));
        all.verdict
            .push(match operation.and_then(|operation| operation.passed) {
                Some(true) => "passed",
                Some(false) => "failed",
                None => "",
            });
    }
    all
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

#[cfg(test)]
mod tests {
    use std::io::Read;

    use serde_json::Value;

    use super::*;
    use crate::{Context, ContextId, Frame, OperationId, StackId, Sums, Thread, ThreadId};

    fn allocation(stack: StackId, weight: u32) -> Allocation {
        Allocation {
            time_ns: 5,
            end_ns: None,
            size: 9,
            stack,
            thread: ThreadId(0),
            context: ContextId(1),
            kind: Kind::Zeroed,
            predecessor: None,
            weight,
        }
    }

    fn profile(count: usize, weight: u32) -> Profile {
        let mut profile = Profile {
            threads: vec![Thread {
                id: 77,
                ..Thread::default()
            }],
            operations: vec!["a::b".to_owned()],
            ..Profile::default()
        };
        profile.contexts.push(Context {
            operation: Some(OperationId(0)),
            phase: Phase::Locked,
        });
        let module = profile.strings.intern("libfoo.so");
        let frame = profile.stacks.frame(Frame {
            module,
            ..Frame::default()
        });
        let stack = profile.stacks.call(StackId::EMPTY, frame);
        let mut allocations = Allocations::default();
        for _ in 0..count {
            allocations.push(allocation(stack, weight));
        }
        profile.data = crate::Data::Allocations(Box::new(allocations));
        profile
    }

    fn json(shown: &Shown<'_>) -> Value {
        let text =
            serde_json::to_vec(&PageData::new(&[shown], &Sources::none())).expect("it is data");
        let mut data: Value = serde_json::from_slice(&text).expect("it is JSON");
        assert_eq!(data["version"], 1);
        data["profiles"][0].take()
    }

    /// The names that `page/src/contract.js` gives a type.
    fn contract(of: &str) -> BTreeSet<&'static str> {
        let text = include_str!("../../page/src/contract.js");
        let start = text
            .find(&format!("@typedef {{object}} {of}\n"))
            .expect("it is there");
        let block = text[start..].split("*/").next().unwrap_or_default();
        let names = block
            .lines()
            .filter_map(|line| line.split_once("@property {"));
        names
            .filter_map(|(_, rest)| {
                rest.rsplit_once("} ")
                    .map(|(_, rest)| rest.split(' ').next().unwrap_or_default())
            })
            .collect()
    }

    #[test]
    fn the_data_have_the_names_of_the_contract_and_whole_columns() {
        let profile = profile(3, 1);
        let data = json(&Shown::new("t", &profile));
        for (part, of) in [
            ("", "ProfileData"),
            ("/frames", "FrameColumns"),
            ("/stacks", "StackColumns"),
            ("/operations", "OperationColumns"),
            ("/contexts", "ContextColumns"),
            ("/totals", "Totals"),
            ("/timeline", "TimelineColumns"),
            ("/rows", "RowColumns"),
            ("/events", "EventColumns"),
        ] {
            let object = data.pointer(part).and_then(Value::as_object).expect(part);
            let names: BTreeSet<&str> = object.keys().map(String::as_str).collect();
            assert_eq!(names, contract(of), "{of}");
            let lengths: BTreeSet<usize> = object
                .values()
                .filter_map(Value::as_array)
                .map(Vec::len)
                .collect();
            assert!(part.is_empty() || lengths.len() <= 1, "{of} {lengths:?}");
        }
        assert_eq!(data["events"]["end_ns"][0], Value::Null);
        assert_eq!(data["threads"][0], "thread 77");
        let function = data["frames"]["function"][0].as_u64().expect("a number");
        let function = usize::try_from(function).expect("a small one");
        assert_eq!(data["strings"][function], "(libfoo.so)");
    }

    #[test]
    fn above_the_limit_and_of_samples_only_sums_are_written() {
        for (count, weight, listed) in [
            (MAX_EVENTS, 1, true),
            (MAX_EVENTS + 1, 1, false),
            (2, 3, false),
        ] {
            let profile = profile(count, weight);
            assert_eq!(events(&profile).is_some(), listed, "{count} {weight}");
        }
    }

    #[test]
    fn a_file_of_sums_has_no_times_threads_or_temporary_ones() {
        let mut profile = profile(0, 1);
        profile.data = crate::Data::Sums(vec![(StackId::EMPTY, Sums::default())]);
        let data = json(&Shown::new("t", &profile));
        assert_eq!(data["timeline"], Value::Null);
        assert_eq!(data["events"], Value::Null);
        assert_eq!(data["threads"], serde_json::json!([]));
        assert_eq!(data["totals"]["temporary"], Value::Null);
    }

    #[test]
    fn results_of_tests_are_shown_also_of_those_that_allocated_nothing() {
        let profile = profile(1, 1);
        let result = |name: &str, passed| Operation {
            name: name.to_owned(),
            passed,
            ..Operation::default()
        };
        let results = [result("z::none", Some(true)), result("a::b", Some(false))];
        let data = json(&Shown::new("t", &profile).operations(&results));
        assert_eq!(
            data["operations"]["name"],
            serde_json::json!(["a::b", "z::none"])
        );
        assert_eq!(
            data["operations"]["verdict"],
            serde_json::json!(["failed", "passed"])
        );
    }

    #[test]
    fn the_page_holds_the_data_packed() {
        let profile = profile(3, 1);
        let shown = Shown::new("packed", &profile);
        let mut out = Vec::new();
        crate::html::page(&crate::html::Page::One(shown), &Sources::none(), &mut out)
            .expect("a vector takes all");
        let page = String::from_utf8(out).expect("it is text");
        let (_, rest) = page.split_once("id=\"data\">").expect("it starts");
        let packed = rest.split('<').next().unwrap_or_default();
        let packed =
            <base64ct::Base64 as base64ct::Encoding>::decode_vec(packed).expect("it is base64");
        let mut text = String::new();
        flate2::read::DeflateDecoder::new(&*packed)
            .read_to_string(&mut text)
            .expect("it is deflated");
        let data: Value = serde_json::from_str(&text).expect("it is JSON");
        assert_eq!(data["profiles"][0], json(&shown));
    }
    #[test]
    fn of_two_profiles_the_same_function_has_the_same_text() {
        let profile = |folder: &str, line| {
            let mut profile = Profile::default();
            let frame = Frame {
                function: profile.strings.intern("a::b"),
                file: profile.strings.intern(&format!("{folder}/src/a.rs")),
                line,
                ..Frame::default()
            };
            profile.stacks.frame(frame);
            profile
        };
        let (base, changed) = (profile("/home/u/app", 3), profile("/ci/app", 4));
        let shown = [&Shown::new("base", &base), &Shown::new("changed", &changed)];
        let text =
            serde_json::to_vec(&PageData::new(&shown, &Sources::none())).expect("it is data");
        let data: Value = serde_json::from_slice(&text).expect("it is JSON");
        let same = |side: usize| {
            let profile = &data["profiles"][side];
            let text = profile["frames"]["same"][0].as_u64().expect("a number");
            profile["strings"][usize::try_from(text).expect("a small one")].clone()
        };
        assert_eq!(same(0), "a::b\nsrc/a.rs");
        assert_eq!(same(1), same(0));
    }
}
