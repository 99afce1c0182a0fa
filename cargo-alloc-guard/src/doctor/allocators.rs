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
