//! Owns the small workspaces that the tests of this module make up: files, and what cargo would say.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{cfg::Cfg, graph::Graph, workspace::Workspace};

/// A package with a library, and tests below `tests/`.
#[derive(Clone, Copy)]
pub(super) struct Made<'a> {
    pub(super) name: &'a str,
    /// In a folder of the workspace, or from the registry.
    pub(super) is_member: bool,
    /// By the crate's name: what it depends on, for its tests only if the name begins with `dev:`.
    pub(super) depends_on: &'a [&'a str],
    pub(super) library: &'a str,
    pub(super) tests: &'a [(&'a str, &'a str)],
}

impl Default for Made<'_> {
    fn default() -> Self {
        Self {
            name: "",
            is_member: true,
            depends_on: &[],
            library: "",
            tests: &[],
        }
    }
}

/// Writes the files, and makes the graph.
pub(super) fn workspace(root: &Path, packages: &[Made<'_>]) -> Workspace {
    let mut described = Vec::new();
    let mut nodes = Vec::new();
    let mut members = Vec::new();
    for package in packages {
        let folder = root.join(package.name);
        let write = |path: &str, text: &str| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
            path
        };
        let manifest = write("Cargo.toml", "[features]\n");
        let name = package.name.replace('-', "_");
        let mut targets = vec![target("lib", &name, &write("src/lib.rs", package.library))];
        for (name, text) in package.tests {
            let path = write(&format!("tests/{name}.rs"), text);
            targets.push(target("test", name, &path));
        }
        let source = if package.is_member {
            None
        } else {
            Some("registry")
        };
        described.push(json!({
            "id": package.name, "name": package.name, "version": "0.1.0", "edition": "2024",
            "manifest_path": manifest, "source": source, "targets": targets,
        }));
        let links = package.depends_on.iter().map(|on| {
            let (kind, on) = match on.strip_prefix("dev:") {
                Some(on) => (Some("dev"), on),
                None => (None, *on),
            };
            json!({"name": on.replace('-', "_"), "pkg": on, "dep_kinds": [{"kind": kind}]})
        });
        nodes.push(json!({
            "id": package.name, "deps": links.collect::<Vec<_>>(), "features": ["on"],
        }));
        if package.is_member {
            members.push(package.name);
        }
    }
    let graph: Graph = serde_json::from_value(json!({
        "packages": described, "workspace_members": members, "workspace_root": root,
        "resolve": {"nodes": nodes},
    }))
    .unwrap();
    Workspace {
        graph,
        cfg: Cfg::default(),
    }
}

fn target(kind: &str, name: &str, path: &Path) -> Value {
    json!({"name": name, "kind": [kind], "src_path": path})
}
