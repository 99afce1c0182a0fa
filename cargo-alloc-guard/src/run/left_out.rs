//! Owns the test targets that cargo leaves out without a word, because a feature that they need is off.

use std::fs;

use crate::cargo::{Build, Package};

/// A test target that was not built, with guarded tests in it as far as its source tells.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LeftOut {
    /// Its source file, below the root of the workspace.
    source: String,
    features: Vec<String>,
}

impl LeftOut {
    /// Those of the packages of which anything was built.
    pub(crate) fn of(build: &Build) -> Vec<Self> {
        let is_built =
            |package: &&Package| build.tests.iter().any(|test| test.package.id == package.id);
        let root = &build.workspace.root;
        let mut left_out = Vec::new();
        for package in build.workspace.packages.iter().filter(is_built) {
            for target in &package.targets {
                let was_built = build.tests.iter().any(|test| {
                    test.package.id == package.id
                        && test.target == target.name
                        && package.folder().join(&test.source) == target.src_path
                });
                if was_built || !target.is_test() || target.required_features.is_empty() {
                    continue;
                }
                let text = fs::read_to_string(&target.src_path).unwrap_or_default();
                if text.contains("alloc_free") || text.contains("allocates") {
                    let source = target.src_path.strip_prefix(root);
                    let source = source.unwrap_or(&target.src_path).display();
                    left_out.push(Self {
                        source: source.to_string(),
                        features: target.required_features.clone(),
                    });
                }
            }
        }
        left_out.sort_by(|a, b| a.source.cmp(&b.source));
        left_out
    }

    /// What to say of it.
    pub(crate) fn text(&self) -> String {
        let features = self.features.join(",");
        format!(
            "{} was left out: it needs what `-- --features {features}` turns on",
            self.source
        )
    }
}
