//! Owns what is wrong with the packages' baselines: what cannot be read, what holds for no test any
//! more, and what a gate would look for in vain.

use std::{fs, path::Path};

use alloc_guard_core::baseline::{Baseline, FILE_NAME, profile_of};

use super::{
    finding::Finding,
    gate::{self, Gate},
    graph::{Graph, Package},
};
use crate::baselines::{Baselines, Extent, Known, Stale};

/// What can be told of the baselines of these packages without building anything.
pub(super) fn examine(graph: &Graph, packages: &[&Package]) -> Vec<Finding> {
    let gate = gate::in_release(&graph.root);
    let mut findings = Vec::new();
    for package in packages {
        let path = package.folder().join(FILE_NAME);
        // Without a baseline, there is nothing to look for in one.
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        let path = graph.shown(&path);
        match Baseline::parse(&text) {
            Ok(baseline) => {
                let gate = gate.as_ref();
                findings.extend(gate.and_then(|gate| only_debug(graph, path, &baseline, gate)));
            }
            Err(error) => findings.push(Finding::unread_baseline(
                path,
                line(error.line),
                error.to_string(),
            )),
        }
    }
    findings
}

/// The entries that hold for no test of these binaries.
pub(crate) fn stale(
    baselines: &Baselines,
    known: &Known,
    extent: Extent,
    root: &Path,
) -> Vec<Finding> {
    let stale = baselines.stale(known, extent).into_iter();
    stale
        .map(
            |Stale {
                 path,
                 line: number,
                 binary,
                 name,
             }| {
                let path = path.strip_prefix(root).unwrap_or(&path);
                let path = path.to_string_lossy().replace('\\', "/");
                Finding::stale_entry(path, line(number), &binary, &name)
            },
        )
        .collect()
}

fn only_debug(graph: &Graph, path: String, baseline: &Baseline, gate: &Gate) -> Option<Finding> {
    let first = first_of_only_debug(baseline)?;
    let gate = format!("{}:{}", graph.shown_in_repository(&gate.path), gate.line);
    Some(Finding::only_debug(path, line(first), &gate))
}

/// The line of the first entry, if there are entries of debug builds and of no release build.
fn first_of_only_debug(baseline: &Baseline) -> Option<u32> {
    let is_of = |key: &String, profile: &str| profile_of(key) == profile;
    let entries = || baseline.tests.values().flat_map(|tests| tests.values());
    let has =
        |profile: &str| entries().any(|entry| entry.counts.keys().any(|key| is_of(key, profile)));
    if !has("debug") || has("release") {
        return None;
    }
    entries().map(|entry| entry.line).min()
}

fn line(number: u32) -> usize {
    usize::try_from(number).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_baseline_of_debug_builds_alone_lacks_what_a_gate_looks_for() {
        for (keys, expected) in [
            (&["debug"][..], Some(3)),
            (&["debug@x86_64-pc-windows-msvc"], Some(3)),
            (&["debug", "release"], None),
            (&["debug", "release@aarch64-apple-darwin"], None),
            (&["release"], None),
            (&[], None),
        ] {
            let mut text = "version = 1\n\n".to_owned();
            for test in ["b.later", "a.sooner"] {
                text.push_str(&format!("[test.{test}]\n"));
                for key in keys {
                    let counts = "{ allocations = 1, bytes = 1, peak_bytes = 1 }";
                    text.push_str(&format!("\"{key}\" = {counts}\n"));
                }
            }
            let baseline = Baseline::parse(&text).unwrap();
            assert_eq!(first_of_only_debug(&baseline), expected, "{text}");
        }
    }
}
