//! Owns what `cargo metadata` says of all packages that are linked, with their targets and features.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    ffi::OsString,
    path::{Path, PathBuf},
};

use anyhow::Result;
use serde::Deserialize;

use super::gate::repository;
use crate::{cargo::metadata, settings::CargoSettings};

/// The workspace and everything it depends on.
#[derive(Debug, Deserialize)]
pub(crate) struct Graph {
    packages: Vec<Package>,
    workspace_members: Vec<String>,
    #[serde(rename = "workspace_root")]
    pub(crate) root: PathBuf,
    resolve: Option<Resolve>,
}

/// A package.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) edition: String,
    pub(crate) manifest_path: PathBuf,
    /// Where it was fetched from; `None` for one in a folder of the user's.
    pub(crate) source: Option<String>,
    pub(crate) targets: Vec<Target>,
    /// What each feature switches on.
    #[serde(default)]
    features: BTreeMap<String, Vec<String>>,
}

/// A target of a package.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: Vec<String>,
    pub(crate) src_path: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
struct Node {
    id: String,
    #[serde(default)]
    deps: Vec<Link>,
    #[serde(default)]
    features: Vec<String>,
}

/// One package's dependency on another.
#[derive(Debug, Deserialize)]
struct Link {
    /// The name of the crate in the source.
    name: String,
    pkg: String,
    dep_kinds: Vec<LinkKind>,
}

#[derive(Debug, Deserialize)]
struct LinkKind {
    kind: Option<String>,
}

/// Which of a package's dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Linked {
    /// Those of the library.
    Normal,
    /// Those of its tests as well.
    ForTests,
}

impl Graph {
    /// Asks cargo.
    ///
    /// # Errors
    /// If cargo cannot be started, finds no workspace, or answers something else.
    pub(crate) fn read(
        cargo: &CargoSettings,
        host: Option<&str>,
        options: &[OsString],
    ) -> Result<Self> {
        // Or cargo would fetch what only other platforms need.
        let platform = host.map(|host| ["--filter-platform".into(), host.into()]);
        let platform = platform.into_iter().flatten();
        metadata(cargo, options.iter().cloned().chain(platform))
    }

    /// The workspace's own packages, by name.
    pub(crate) fn members(&self) -> Vec<&Package> {
        let mut members: Vec<_> = self
            .packages
            .iter()
            .filter(|package| self.workspace_members.contains(&package.id))
            .collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        members
    }

    /// The dependencies of a package, as the names of crates and what they are.
    pub(crate) fn dependencies<'a>(
        &'a self,
        package: &Package,
        linked: Linked,
    ) -> impl Iterator<Item = (&'a str, &'a Package)> {
        self.node(package)
            .into_iter()
            .flat_map(|node| &node.deps)
            .filter(move |link| link.is_in(linked))
            .filter_map(|link| {
                let package = self.packages.iter().find(|one| one.id == link.pkg)?;
                Some((link.name.as_str(), package))
            })
    }

    /// The features of a package that are on; where cargo was not asked for dependencies, those that are
    /// on by default.
    pub(crate) fn features<'a>(&'a self, package: &'a Package) -> Cow<'a, [String]> {
        if self.resolve.is_none() {
            return package.default_features().into();
        }
        self.node(package)
            .map_or(&[][..], |node| node.features.as_slice())
            .into()
    }

    /// A path as a person reads it: below the workspace's folder, with `/` between its parts.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .to_string_lossy()
            .replace('\\', "/")
    }

    /// The same of a path that may lie beside the workspace, in its repository.
    pub(crate) fn shown_in_repository(&self, path: &Path) -> String {
        let below = path.strip_prefix(repository(&self.root)).unwrap_or(path);
        below.to_string_lossy().replace('\\', "/")
    }

    fn node(&self, package: &Package) -> Option<&Node> {
        let nodes = &self.resolve.as_ref()?.nodes;
        nodes.iter().find(|node| node.id == package.id)
    }
}

impl Package {
    /// The package's folder.
    pub(crate) fn folder(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new("."))
    }

    fn default_features(&self) -> Vec<String> {
        let mut on: Vec<String> = Vec::new();
        let mut open = vec!["default".to_owned()];
        while let Some(feature) = open.pop() {
            if let Some(more) = self.features.get(&feature)
                && !on.contains(&feature)
            {
                open.extend(more.iter().cloned());
                on.push(feature);
            }
        }
        on
    }

    /// Its library, if it has one.
    pub(crate) fn library(&self) -> Option<&Target> {
        self.targets.iter().find(|target| target.is_library())
    }

    /// Whether a `--package` means it: by name, by name and version, or by its whole id.
    pub(crate) fn is_meant_by(&self, spec: &str) -> bool {
        match spec.split_once('@') {
            Some((name, version)) if !name.contains('/') => {
                self.name == name && self.version.starts_with(version)
            }
            _ => self.name == spec || self.id == spec,
        }
    }
}

impl Target {
    /// Whether it is what other crates link.
    pub(crate) fn is_library(&self) -> bool {
        self.kind
            .iter()
            .any(|kind| kind == "proc-macro" || kind.ends_with("lib"))
    }
}

impl Link {
    fn is_in(&self, linked: Linked) -> bool {
        self.dep_kinds.iter().any(|one| match one.kind.as_deref() {
            None | Some("normal") => true,
            Some("dev") => linked == Linked::ForTests,
            Some(_) => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: &str = r#"{
        "packages": [
            {"id": "path+file:///w/b#0.1.0", "name": "b", "version": "0.1.0", "edition": "2021",
             "manifest_path": "/w/b/Cargo.toml", "source": null, "targets": [
                {"name": "b", "kind": ["rlib"], "src_path": "/w/b/src/lib.rs"},
                {"name": "hot", "kind": ["test"], "src_path": "/w/b/tests/hot.rs"}]},
            {"id": "path+file:///w/a#0.1.2", "name": "a", "version": "0.1.2", "edition": "2021",
             "manifest_path": "/w/a/Cargo.toml", "source": null, "targets": []},
            {"id": "r#c@1.0.0", "name": "c", "version": "1.0.0", "edition": "2021",
             "manifest_path": "/r/c/Cargo.toml", "source": "registry", "targets": []}
        ],
        "workspace_members": ["path+file:///w/b#0.1.0", "path+file:///w/a#0.1.2"],
        "workspace_root": "/w",
        "resolve": {"nodes": [{"id": "path+file:///w/b#0.1.0", "features": ["fast"], "deps": [
            {"name": "a", "pkg": "path+file:///w/a#0.1.2", "dep_kinds": [{"kind": null}]},
            {"name": "see", "pkg": "r#c@1.0.0", "dep_kinds": [{"kind": "build"}, {"kind": "dev"}]}]}]}
    }"#;

    fn graph() -> Graph {
        serde_json::from_str(ANSWER).unwrap()
    }

    #[test]
    fn members_are_the_workspace_s_own_in_the_order_of_their_names() {
        let graph = graph();
        let names: Vec<_> = graph.members().iter().map(|one| one.name.clone()).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn tests_link_more_than_the_library_does_and_nothing_links_what_builds() {
        let graph = graph();
        let b = graph.members()[1];
        let names = |linked| {
            let dependencies = graph.dependencies(b, linked);
            dependencies.map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(names(Linked::Normal), ["a"]);
        assert_eq!(names(Linked::ForTests), ["a", "see"]);
        assert_eq!(*graph.features(b), ["fast"]);
        assert_eq!(*graph.features(graph.members()[0]), [""; 0]);
    }

    #[test]
    fn without_dependencies_the_default_features_are_on_and_what_they_switch_on() {
        let answer = r#"{"packages": [{"id": "a", "name": "a", "version": "0.1.0", "edition": "2021",
            "manifest_path": "/w/Cargo.toml", "source": null, "targets": [], "features":
            {"default": ["b"], "b": ["c", "dep:x", "y/z", "default"], "c": [], "d": []}}],
            "workspace_members": ["a"], "workspace_root": "/w", "resolve": null}"#;
        let graph: Graph = serde_json::from_str(answer).unwrap();
        let package = graph.members()[0];
        assert_eq!(*graph.features(package), ["default", "b", "c"]);
        assert_eq!(graph.dependencies(package, Linked::ForTests).count(), 0);
    }

    #[test]
    fn a_package_is_meant_by_its_name_its_version_and_its_id() {
        let graph = graph();
        let a = graph.members()[0];
        for (spec, is_meant) in [
            ("a", true),
            ("a@0.1.2", true),
            ("a@0.1", true),
            ("path+file:///w/a#0.1.2", true),
            ("b", false),
            ("b@0.1.2", false),
            ("a@2", false),
        ] {
            assert_eq!(a.is_meant_by(spec), is_meant, "{spec}");
        }
    }

    #[test]
    fn a_path_is_shown_below_the_workspace() {
        let graph = graph();
        assert_eq!(graph.shown(Path::new("/w/b/src/lib.rs")), "b/src/lib.rs");
        assert_eq!(graph.shown(Path::new("/x/lib.rs")), "/x/lib.rs");
        let b = graph.members()[1];
        assert_eq!(b.folder(), Path::new("/w/b"));
        assert_eq!(b.library().map(|one| one.name.as_str()), Some("b"));
        assert!(graph.members()[0].library().is_none());
    }
}
