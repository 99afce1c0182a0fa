//! Owns the question which test binaries link `alloc-guard`, which declares a `#[global_allocator]`,
//! together with a crate that declares another: the compiler refuses that.
//!
//! A crate is linked if it is a dependency and is named, so each library's words decide which of its
//! dependencies it brings along.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    rc::Rc,
};

use super::{
    cfg::Cfg,
    finding::Finding,
    graph::{Graph, Linked, Package},
    modules::Tree,
    scan::{Allocator, scan},
};

/// The package that installs the guard by being linked.
const FRONT: &str = "alloc-guard";

/// What is known of the libraries that were looked into.
pub(super) struct Libraries<'a> {
    graph: &'a Graph,
    cfg: &'a Cfg,
    known: RefCell<HashMap<String, Rc<Library>>>,
}

/// A library of which the source is the user's.
#[derive(Default)]
struct Library {
    words: HashSet<String>,
    allocators: Vec<Declared>,
}

/// A declaration that is compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    pub(super) path: PathBuf,
    pub(super) line: usize,
}

/// What one binary links.
#[derive(Default)]
struct Linking<'a> {
    /// The name of the package that depends on the front, if it is linked.
    front: Option<&'a str>,
    declared: Vec<Declared>,
}

impl<'a> Libraries<'a> {
    pub(super) fn new(graph: &'a Graph, cfg: &'a Cfg) -> Self {
        Self {
            graph,
            cfg,
            known: RefCell::default(),
        }
    }

    /// What conflicts with the front in the test binary of a target, whose source this is.
    pub(super) fn conflicts(&self, package: &'a Package, root: &Path, tree: &Tree) -> Vec<Finding> {
        let is_library = package
            .library()
            .is_some_and(|library| library.src_path == root);
        let mut linking = self.link(package, is_library, &|word| tree.says(word));
        linking.declared.extend(self.declared(package, tree, true));
        let Some(front) = linking.front else {
            return Vec::new();
        };
        let binary = format!("the test binary of {}", self.graph.shown(root));
        let findings = linking.declared.into_iter().map(|declared| {
            let path = self.graph.shown(&declared.path);
            let front = format!("the package `{front}`");
            Finding::two_allocators(path, declared.line, &binary, &front)
        });
        findings.collect()
    }

    /// Everything that is linked by what names these words, besides its own declarations.
    fn link(
        &self,
        package: &'a Package,
        is_library: bool,
        says: &dyn Fn(&str) -> bool,
    ) -> Linking<'a> {
        let mut linking = Linking::default();
        let mut open: Vec<(&Package, &Package)> = self
            .graph
            .dependencies(package, Linked::ForTests)
            .filter(|(name, _)| says(name))
            .map(|(_, dependency)| (package, dependency))
            .collect();
        if let Some(library) = package.library()
            && !is_library
            && says(&library.name.replace('-', "_"))
        {
            open.push((package, package));
        }
        let mut seen = HashSet::new();
        while let Some((by, linked)) = open.pop() {
            if !seen.insert(linked.id.as_str()) {
                continue;
            }
            if linked.name == FRONT {
                linking.front = Some(&by.name);
                continue;
            }
            let library = self.library(linked);
            linking.declared.extend(library.allocators.iter().cloned());
            let dependencies = self.graph.dependencies(linked, Linked::Normal);
            open.extend(
                dependencies
                    // Of a library from elsewhere the source is not read: it may name them all.
                    .filter(|(name, _)| linked.source.is_some() || library.words.contains(*name))
                    .map(|(_, dependency)| (linked, dependency)),
            );
        }
        linking
    }

    fn library(&self, package: &Package) -> Rc<Library> {
        if let Some(known) = self.known.borrow().get(&package.id) {
            return Rc::clone(known);
        }
        let library = match package.library() {
            Some(target) if package.source.is_none() => {
                let tree = Tree::read(&target.src_path);
                Library {
                    allocators: self.declared(package, &tree, false),
                    words: tree
                        .files
                        .into_iter()
                        .flat_map(|file| file.source.words)
                        .collect(),
                }
            }
            _ => Library::default(),
        };
        let library = Rc::new(library);
        let mut known = self.known.borrow_mut();
        known.insert(package.id.clone(), Rc::clone(&library));
        library
    }

    /// The declarations in a target that are compiled, for its tests or for others to link.
    fn declared(&self, package: &Package, tree: &Tree, for_tests: bool) -> Vec<Declared> {
        let mut cfg = self
            .cfg
            .clone()
            .with_features(&self.graph.features(package));
        if for_tests {
            cfg = cfg.with("test");
        }
        let holds = |allocator: &Allocator| allocator.conditions.iter().all(|one| cfg.holds(one));
        let mut declared = Vec::new();
        for file in &tree.files {
            let allocators = scan(file).allocators;
            declared.extend(
                allocators
                    .iter()
                    .filter(|one| holds(one))
                    .map(|one| Declared {
                        path: file.path.clone(),
                        line: one.line,
                    }),
            );
        }
        declared
    }
}

/// Where an allocator is declared that would conflict with `alloc-guard` in a test of this package which
/// uses the package's library.
pub(super) fn of_library(graph: &Graph, cfg: &Cfg, package: &Package) -> Option<Declared> {
    let libraries = Libraries::new(graph, cfg);
    let name = package.library()?.name.replace('-', "_");
    let linking = libraries.link(package, false, &|word| word == name);
    linking.declared.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::fixture::{Made, workspace};

    const DECLARED: &str = "#[global_allocator]\nstatic GLOBAL: S = S;\n";
    const NOT_FOR_TESTS: &str = "#[cfg(not(test))]\n#[global_allocator]\nstatic GLOBAL: S = S;\n";
    const FOR_TESTS: &str = "#[cfg(test)]\n#[global_allocator]\nstatic GLOBAL: S = S;\n";
    const FRONT_TOO: &str = "use alloc_guard as _; use app as _;\n";

    /// The front, and a package `app` that its tests depend on; with other packages.
    fn found(app: Made<'_>, others: Vec<Made<'_>>) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let mut packages = others;
        packages.push(Made {
            name: FRONT,
            is_member: false,
            library: DECLARED,
            ..Made::default()
        });
        packages.push(Made { name: "app", ..app });
        let workspace = workspace(folder.path(), &packages);
        let findings = workspace.findings(&["app".to_owned()]).unwrap();
        let findings = findings.into_iter();
        findings
            .map(|finding| format!("{}:{}", finding.path, finding.line))
            .collect()
    }

    #[test]
    fn what_a_test_names_is_linked_and_what_it_does_not_is_not() {
        let app = |test| Made {
            depends_on: &["dev:alloc-guard"],
            library: DECLARED,
            tests: test,
            ..Made::default()
        };
        assert_eq!(
            found(app(&[("hot", FRONT_TOO)]), vec![]),
            ["app/src/lib.rs:2"]
        );
        let nothing = [""; 0];
        assert_eq!(
            found(app(&[("hot", "use alloc_guard as _;")]), vec![]),
            nothing
        );
        assert_eq!(found(app(&[("hot", "use app as _;")]), vec![]), nothing);
    }

    #[test]
    fn a_test_s_own_allocator_meets_the_front_s() {
        let test = format!("use alloc_guard as _;\n{DECLARED}");
        let app = Made {
            depends_on: &["dev:alloc-guard"],
            tests: &[("hot", &test), ("other", DECLARED)],
            ..Made::default()
        };
        assert_eq!(found(app, vec![]), ["app/tests/hot.rs:3"]);
    }

    #[test]
    fn a_library_is_compiled_for_its_own_tests_in_another_way_than_for_others() {
        let with = |declared, test| {
            let library = format!("{declared}#[cfg(test)] use alloc_guard as _;\n");
            let app = Made {
                depends_on: &["dev:alloc-guard"],
                library: &library,
                tests: test,
                ..Made::default()
            };
            found(app, vec![])
        };
        let nothing = [""; 0];
        assert_eq!(with(NOT_FOR_TESTS, &[]), nothing);
        assert_eq!(with(FOR_TESTS, &[]), ["app/src/lib.rs:3"]);
        assert_eq!(
            with(NOT_FOR_TESTS, &[("hot", FRONT_TOO)]),
            ["app/src/lib.rs:3"]
        );
        let word = format!("{NOT_FOR_TESTS}use app as _;\n");
        assert_eq!(with(&word, &[]), nothing, "it does not link itself");
    }

    #[test]
    fn features_that_are_on_count() {
        let with = |feature: &str| {
            let library = format!("#[cfg(feature = \"{feature}\")]\n{DECLARED}");
            let app = Made {
                depends_on: &["dev:alloc-guard"],
                library: &library,
                tests: &[("hot", FRONT_TOO)],
                ..Made::default()
            };
            found(app, vec![])
        };
        assert_eq!(with("on"), ["app/src/lib.rs:3"]);
        assert_eq!(with("off"), [""; 0]);
    }

    #[test]
    fn libraries_bring_along_what_they_name_and_those_from_elsewhere_everything() {
        let app = |library| Made {
            depends_on: &["dev:alloc-guard", "middle"],
            library,
            tests: &[("hot", FRONT_TOO)],
            ..Made::default()
        };
        let others = |is_member, names| {
            vec![
                Made {
                    name: "middle",
                    is_member,
                    depends_on: &["low", "app"],
                    library: names,
                    ..Made::default()
                },
                Made {
                    name: "low",
                    library: DECLARED,
                    ..Made::default()
                },
            ]
        };
        let (linked, nothing) = (["low/src/lib.rs:2"], [""; 0]);
        let names = "use middle as _;";
        assert_eq!(
            found(app(names), others(true, "use {app as _, low as _};")),
            linked
        );
        assert_eq!(found(app(names), others(true, "use app as _;")), nothing);
        assert_eq!(found(app(names), others(false, "")), linked);
        assert_eq!(found(app(""), others(true, "use low as _;")), nothing);
    }

    #[test]
    fn the_front_may_come_from_further_away_and_is_named_with_who_brings_it() {
        let folder = tempfile::tempdir().unwrap();
        let packages = [
            Made {
                name: "app",
                depends_on: &["dev:helper"],
                tests: &[(
                    "hot",
                    "use helper as _;\n#[global_allocator]\nstatic G: S = S;\n",
                )],
                ..Made::default()
            },
            Made {
                name: "helper",
                depends_on: &[FRONT],
                library: "pub use alloc_guard::alloc_free;",
                ..Made::default()
            },
            Made {
                name: FRONT,
                is_member: false,
                ..Made::default()
            },
        ];
        let workspace = workspace(folder.path(), &packages);
        let findings = workspace.findings(&[]).unwrap();
        let [finding] = &findings.iter().collect::<Vec<_>>()[..] else {
            panic!("{findings:?}");
        };
        assert_eq!(
            (finding.path.as_str(), finding.line),
            ("app/tests/hot.rs", 3)
        );
        assert!(
            finding.cure.contains("in the package `helper`"),
            "{finding:?}"
        );
        assert!(
            finding
                .why
                .starts_with("the test binary of app/tests/hot.rs"),
            "{finding:?}"
        );
    }
}
