//! What the data of a page are, of small profiles.

use std::{collections::BTreeSet, io::Read};

use serde_json::Value;

use super::{
    Operation, Page, Shown, Sources,
    data::{MAX_EVENTS, PageData},
    page,
};
use crate::{
    Allocation, Allocations, Class, Context, ContextId, Data, Frame, Kind, OperationId, Phase,
    Profile, StackId, Sums, Thread, ThreadId,
};

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
    profile.data = Data::Allocations(Box::new(allocations));
    profile
}

fn json(shown: &Shown<'_>) -> Value {
    let text = serde_json::to_vec(&PageData::new(&[shown], &Sources::none())).expect("it is data");
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
        let data = json(&Shown::new("t", &profile));
        assert_eq!(data["events"].is_object(), listed, "{count} {weight}");
    }
}

#[test]
fn a_file_of_sums_has_no_times_threads_or_temporary_ones() {
    let mut profile = profile(0, 1);
    profile.data = Data::Sums(vec![(StackId::EMPTY, Sums::default())]);
    let data = json(&Shown::new("t", &profile));
    assert_eq!(data["timeline"], Value::Null);
    assert_eq!(data["events"], Value::Null);
    assert_eq!(data["threads"], serde_json::json!([]));
    assert_eq!(data["totals"]["temporary"], Value::Null);
}

#[test]
fn a_stack_is_listed_in_the_page_under_what_the_summary_lists_it_under() {
    let mut profile = profile(1, 1);
    let frame = |class, line| Frame {
        line,
        class,
        ..Frame::default()
    };
    let mut stack = StackId::EMPTY;
    for (line, class) in (1..).zip([Class::Workspace, Class::Dependency, Class::Std]) {
        let frame = profile.stacks.frame(frame(class, line));
        stack = profile.stacks.call(stack, frame);
    }
    let listed: Vec<_> = profile
        .listed_sites()
        .into_iter()
        .map(|site| site.map(crate::FrameId::index))
        .collect();
    assert_eq!(listed, [None, Some(0), Some(1), Some(1), Some(1)]);
    let data = json(&Shown::new("t", &profile));
    assert_eq!(data["stacks"]["site"], serde_json::json!(listed));
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
    page(&Page::One(shown), &Sources::none(), &mut out).expect("a vector takes all");
    let text = String::from_utf8(out).expect("it is text");
    let (_, rest) = text.split_once("id=\"data\">").expect("it starts");
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
    let text = serde_json::to_vec(&PageData::new(&shown, &Sources::none())).expect("it is data");
    let data: Value = serde_json::from_slice(&text).expect("it is JSON");
    let same = |side: usize| {
        let profile = &data["profiles"][side];
        let text = profile["frames"]["same"][0].as_u64().expect("a number");
        profile["strings"][usize::try_from(text).expect("a small one")].clone()
    };
    assert_eq!(same(0), "a::b\nsrc/a.rs");
    assert_eq!(same(1), same(0));
}
