//! Owns what can be told of a workspace without building it: its manifests and its source, target by
//! target.

use std::{collections::BTreeSet, io, thread};

use anyhow::{Context as _, Result, anyhow};

use super::{
    allocators::{self, Libraries},
    baseline,
    cfg::Cfg,
    depth,
    finding::Finding,
    graph::{Graph, Linked, Package},
    harm::{self, Runner},
    modules::Tree,
    scan::{Found, scan},
    targets::{Harness, targets},
};

/// The packages whose crates hold the attributes.
const OURS: [&str; 2] = ["alloc-guard", "alloc-guard-core"];

/// A workspace that is looked through.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) graph: Graph,
    pub(crate) cfg: Cfg,
}

impl Workspace {
    /// What is wrong with these packages, or with all members if none is named. Sorted.
    ///
    /// # Errors
    /// If a manifest cannot be read.
    pub(crate) fn findings(&self, packages: &[String]) -> Result<BTreeSet<Finding>> {
        on_large_stack(|| {
            let libraries = Libraries::new(&self.graph, &self.cfg);
            let mut findings = BTreeSet::new();
            let mut chosen = self.graph.members();
            chosen.retain(|package| {
                packages.is_empty() || packages.iter().any(|spec| package.is_meant_by(spec))
            });
            findings.extend(baseline::examine(&self.graph, &chosen));
            chosen.retain(|package| self.knows_us(package));
            for package in chosen {
                for (target, harness) in targets(package)? {
                    let tree = Tree::read(&target.src_path);
                    findings.extend(self.of_tests(package, &tree, harness));
                    findings.extend(libraries.conflicts(package, &target.src_path, &tree));
                }
            }
            Ok(findings)
        })
    }

    /// The place of an allocator that a first test of a package would meet besides the guard's.
    ///
    /// # Errors
    /// If the source cannot be looked through.
    pub(crate) fn allocator_of(&self, package: &Package) -> Result<Option<String>> {
        on_large_stack(|| {
            let declared = allocators::of_library(&self.graph, &self.cfg, package);
            Ok(declared.map(|one| format!("{}:{}", self.graph.shown(&one.path), one.line)))
        })
    }

    /// Whether an attribute of ours can stand in a package, its own or through another's macro.
    fn knows_us(&self, package: &Package) -> bool {
        let mut seen = BTreeSet::new();
        let mut open: Vec<_> = self.dependencies(package, Linked::ForTests);
        while let Some(next) = open.pop() {
            if OURS.contains(&next.name.as_str()) {
                return true;
            }
            if seen.insert(&next.id) {
                open.extend(self.dependencies(next, Linked::Normal));
            }
        }
        false
    }

    fn dependencies(&self, package: &Package, linked: Linked) -> Vec<&Package> {
        let all = self.graph.dependencies(package, linked);
        all.map(|(_, dependency)| dependency).collect()
    }

    fn of_tests(&self, package: &Package, tree: &Tree, harness: Harness) -> Vec<Finding> {
        let crates: Vec<_> = self
            .graph
            .dependencies(package, Linked::ForTests)
            .filter(|(_, dependency)| OURS.contains(&dependency.name.as_str()))
            .map(|(name, _)| name)
            .collect();
        let files: Vec<(String, Found)> = tree
            .files
            .iter()
            .map(|file| (self.graph.shown(&file.path), scan(file)))
            .collect();
        let Some((_, root)) = files.first() else {
            return self.unread(tree);
        };
        let runner = Runner::new(harness, root, &crates);
        let mut findings = self.unread(tree);
        for (path, found) in &files {
            for test in &found.tests {
                findings.extend(harm::examine(path, test, runner));
            }
        }
        findings
    }

    fn unread(&self, tree: &Tree) -> Vec<Finding> {
        let unread = tree.unread.iter();
        unread
            .map(|(path, reason)| Finding::unread(self.graph.shown(path), reason))
            .collect()
    }
}

/// Source is read on a stack of its own, which is as large as the deepest source needs.
fn on_large_stack<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    let starting = |error: io::Error| anyhow!(error).context("failed to start a thread");
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(depth::STACK);
        let thread = builder.spawn_scoped(scope, work).map_err(starting)?;
        thread
            .join()
            .map_err(|_| anyhow!("the thread that reads the source has panicked"))
            .context("failed to look through the source")?
    })
}

#[cfg(test)]
mod tests {
    use crate::doctor::fixture::{Made, workspace};

    const FRONT: Made<'_> = Made {
        name: "alloc-guard",
        is_member: false,
        depends_on: &[],
        library: "",
        tests: &[],
    };
    const BROKEN: &[(&str, &str)] = &[("broken", "fn fn() {}")];

    fn places(packages: &[Made<'_>], named: &[String]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let findings = workspace(folder.path(), packages).findings(named).unwrap();
        findings.into_iter().map(|finding| finding.path).collect()
    }

    #[test]
    fn packages_that_know_us_are_looked_through_however_they_come_to_it() {
        let packages = [
            FRONT,
            Made {
                name: "direct",
                depends_on: &["dev:alloc-guard"],
                tests: BROKEN,
                ..Made::default()
            },
            Made {
                name: "indirect",
                // Two ways, and a circle, as tests may have one.
                depends_on: &["dev:other", "helper", "dev:indirect"],
                tests: BROKEN,
                ..Made::default()
            },
            Made {
                name: "helper",
                depends_on: &["other", "alloc-guard"],
                ..Made::default()
            },
            Made {
                name: "other",
                tests: BROKEN,
                ..Made::default()
            },
        ];
        let (direct, indirect) = ("direct/tests/broken.rs", "indirect/tests/broken.rs");
        assert_eq!(places(&packages, &[]), [direct, indirect]);
        assert_eq!(places(&packages, &["indirect".to_owned()]), [indirect]);
        assert_eq!(places(&packages, &["other".to_owned()]), [""; 0]);
    }

    #[test]
    fn a_library_with_an_allocator_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let made = |library| Made {
            name: "app",
            library,
            ..Made::default()
        };
        let of = |library| {
            let workspace = workspace(folder.path(), &[made(library)]);
            let members = workspace.graph.members();
            workspace.allocator_of(members[0]).unwrap()
        };
        let declared = "\n#[global_allocator]\nstatic A: S = S;";
        assert_eq!(of(declared).as_deref(), Some("app/src/lib.rs:3"));
        assert_eq!(of("static A: S = S;"), None);
        assert_eq!(of(&format!("#[cfg(test)]{declared}")), None);
    }
}
