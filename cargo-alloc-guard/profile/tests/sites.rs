//! A stack has the same site here and in the report of guarded tests, whose rule is read from its source: that crate's
//! public interface has no use for it.

#[path = "../../../alloc-guard/core/src/backtrace/site.rs"]
#[expect(dead_code, reason = "only the rule is compared")]
mod site;

use std::{fs, path::Path};

use alloc_guard_profile::read;
use serde_json::json;
use symbolize::Frame;

/// What the rule knows of a frame.
mod symbolize {
    #[derive(Clone, Debug, Default, PartialEq, Eq)]
    pub(crate) struct Frame {
        pub(crate) function: String,
        pub(crate) file: String,
        pub(crate) line: u32,
        pub(crate) column: u32,
    }
}

const STD: &str = "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860/library/alloc/src/vec/mod.rs";
const REGISTRY: &str = "/home/u/.cargo/registry/src/index.crates.io-1949cf8c6b5b557f";

/// The sources of alloc-guard's core, as the rule that is compiled here takes them to be called.
fn core_sources() -> String {
    let here = file!().replace('\\', "/");
    let folder = here.strip_suffix("sites.rs").unwrap();
    format!("{folder}../../../alloc-guard/core/src/")
}

fn frame((function, file): &(&str, String), line: u32) -> Frame {
    Frame {
        function: (*function).to_owned(),
        file: file.clone(),
        line: if file.is_empty() { 0 } else { line },
        column: 0,
    }
}

/// The site that the report names, and the one that a profile has, of a stack from its innermost frame out.
fn both(stack: &[(&str, String)]) -> [Option<String>; 2] {
    let frames: Vec<Frame> = (1..).zip(stack).map(|(line, of)| frame(of, line)).collect();
    let reported = site::locate(&frames).site.map(|site| site.function);
    let texts = (1..).zip(stack).map(|(line, (function, file))| {
        let place = match file.as_str() {
            "" => "in app".to_owned(),
            file => format!("{file}:{line}"),
        };
        format!("0x{line}: {function} ({place})")
    });
    let texts: Vec<String> = texts.collect();
    let document = json!({
        "dhatFileVersion": 2, "mode": "heap", "tu": "ns", "te": 1, "ftbl": texts,
        "pps": [{ "tb": 1, "tbk": 1, "fs": (0..stack.len()).collect::<Vec<_>>() }],
    });
    let profile = read(document.to_string().as_bytes()).unwrap();
    let innermost = profile.stacks.ids().last().unwrap();
    let site = profile.stacks.site(innermost);
    let name = |frame| profile.strings.get(profile.stacks.get(frame).function);
    [reported, site.map(|frame| name(frame).to_owned())]
}

#[test]
fn a_stack_has_the_site_that_the_report_names() {
    let core = |module: &str| format!("/home/u/{}{module}", core_sources());
    let registry = |file: &str| format!("{REGISTRY}/{file}");
    let user = || ("app::ring::push", "/home/u/app/src/ring.rs".to_owned());
    let entry = || ("hot::push", "/home/u/app/tests/hot.rs".to_owned());
    let std = || ("alloc::vec::Vec<T,A>::push", STD.to_owned());
    let bare = |name: &'static str| (name, String::new());
    let harness = || ("alloc_guard_core::trial::run", core("trial.rs"));
    let shim = || ("__rustc::__rust_alloc", "/home/u/guard/lib.rs".to_owned());
    let dependency = || ("serde_json::parse", registry("serde_json-1.0.1/src/de.rs"));
    let capture = || ("trace", registry("backtrace-0.3.77/src/lib.rs"));
    let vendored = || ("v::f", "/home/u/app/vendor/v/src/lib.rs".to_owned());
    let libc = || ("start_thread", "./nptl/pthread_create.c".to_owned());
    for (stack, expected) in [
        (
            vec![std(), user(), harness(), entry()],
            Some("app::ring::push"),
        ),
        (
            vec![shim(), std(), user(), entry()],
            Some("app::ring::push"),
        ),
        (
            vec![capture(), shim(), std(), user()],
            Some("app::ring::push"),
        ),
        (vec![std(), dependency(), user()], Some("app::ring::push")),
        (
            vec![std(), dependency(), harness(), entry()],
            Some("serde_json::parse"),
        ),
        (vec![std(), vendored(), libc()], Some("v::f")),
        (vec![std(), harness(), entry()], None),
        (vec![std(), libc()], None),
        (vec![std(), bare("app::main"), libc()], Some("app::main")),
        (vec![std(), bare("main")], None),
        (
            vec![bare("alloc::vec::Vec<T>::push"), bare("a::b")],
            Some("a::b"),
        ),
        (
            vec![std(), bare("alloc_guard_core::trial::run"), bare("a::b")],
            None,
        ),
        (
            vec![bare("alloc_guard_core::phase::hook"), bare("a::b")],
            Some("a::b"),
        ),
        (vec![bare("")], None),
    ] {
        let [reported, recorded] = both(&stack);
        assert_eq!(reported.as_deref(), expected, "{stack:?}");
        assert_eq!(recorded, reported, "{stack:?}");
    }
}

#[test]
fn the_same_modules_are_beneath_the_allocator_and_the_same_run_tests() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../alloc-guard/core/src");
    let mut run = 0;
    for entry in fs::read_dir(sources).unwrap() {
        // A file, or a folder of them.
        let module = entry.unwrap().file_name().into_string().unwrap();
        // Where it is on the stack the report looks at no stack.
        if module == "recorder" {
            continue;
        }
        let stack = [
            ("f", format!("/home/u/{}{module}", core_sources())),
            ("alloc::vec::Vec<T,A>::push", STD.to_owned()),
            ("app::ring::push", "/home/u/app/src/ring.rs".to_owned()),
        ];
        let [reported, recorded] = both(&stack);
        assert_eq!(recorded, reported, "{module}");
        run += usize::from(recorded.is_none());
    }
    assert!(run > 5, "{run}");
}
