//! Owns what a manifest says already: whether it has `alloc-guard`, and where tests are looked for.

use anyhow::{Context as _, Result};
use toml_edit::{DocumentMut, Item, TableLike};

use crate::doctor::tables;

/// The package that a project depends on, and the one for those with an allocator of their own.
pub(super) const FRONT: &str = "alloc-guard";
const CORE: &str = "alloc-guard-core";

/// The name of the first test's target, and its file below the package's folder.
pub(crate) const TARGET: &str = "alloc_guard";
pub(crate) const TEST: &str = "tests/alloc_guard.rs";

/// What a manifest has of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Present {
    Nothing,
    /// The front, under this name.
    Front(String),
    /// Only the core: the package has, or wants, an allocator of its own.
    Core,
}

/// Where the first test's target comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FirstTest {
    /// Cargo finds the file.
    Found,
    /// Cargo looks for none, and the manifest does not name it.
    Missing,
    /// The manifest gives the name to another file.
    Elsewhere(String),
}

/// A manifest.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(super) document: DocumentMut,
    pub(super) has_mark: bool,
    pub(super) has_carriage_returns: bool,
    pub(super) is_changed: bool,
}

impl Manifest {
    /// Reads one.
    ///
    /// # Errors
    /// If it is no TOML.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        let (text, has_mark) = match text.strip_prefix('\u{feff}') {
            Some(text) => (text, true),
            None => (text, false),
        };
        let lines = text.matches('\n').count();
        Ok(Self {
            document: text.parse().context("failed to read the manifest")?,
            has_mark,
            has_carriage_returns: lines > 0 && text.matches("\r\n").count() == lines,
            is_changed: false,
        })
    }

    /// What it has of ours already.
    pub(crate) fn present(&self) -> Present {
        let mut present = Present::Nothing;
        for dependencies in self.dependencies() {
            for (name, item) in dependencies.iter() {
                let package = item.as_table_like().and_then(|table| table.get("package"));
                match package.and_then(Item::as_str).unwrap_or(name) {
                    FRONT => return Present::Front(name.to_owned()),
                    CORE => present = Present::Core,
                    _ => {}
                }
            }
        }
        present
    }

    /// Whether the workspace that this manifest describes lists the front for its members.
    pub(crate) fn lists_for_members(&self) -> bool {
        let workspace = self.document.get("workspace");
        let listed = workspace.and_then(|workspace| workspace.get("dependencies"));
        listed.is_some_and(|listed| listed.get(FRONT).is_some())
    }

    /// Whether this is the manifest of the front itself.
    pub(crate) fn is_of_front(&self) -> bool {
        let package = self.document.get("package");
        let name = package.and_then(|package| package.get("name"));
        name.and_then(Item::as_str) == Some(FRONT)
    }

    /// Whether cargo finds the first test once its file is there.
    pub(crate) fn first_test(&self, edition: &str) -> FirstTest {
        let tests = self.document.get("test").map(tables).unwrap_or_default();
        let field = |table: &dyn TableLike, name: &str| {
            table.get(name).and_then(Item::as_str).map(str::to_owned)
        };
        for table in &tests {
            let (name, path) = (field(*table, "name"), field(*table, "path"));
            match (name.as_deref(), path) {
                (_, Some(path)) if path == TEST => return FirstTest::Found,
                (Some(TARGET), None) => return FirstTest::Found,
                (Some(TARGET), Some(path)) => return FirstTest::Elsewhere(path),
                _ => {}
            }
        }
        let package = self.document.get("package");
        let autotests = package
            .and_then(|package| package.get("autotests"))
            .and_then(Item::as_bool);
        // The oldest edition looks for none where one is named.
        let looks = autotests.unwrap_or(edition != "2015" || tests.is_empty());
        if looks {
            FirstTest::Found
        } else {
            FirstTest::Missing
        }
    }

    /// Every table of dependencies that tests see.
    fn dependencies(&self) -> Vec<&dyn TableLike> {
        const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "dev_dependencies"];
        let targets = self.document.get("target").and_then(Item::as_table_like);
        let targets = targets.into_iter().flat_map(TableLike::iter);
        let mut holders: Vec<&dyn TableLike> = vec![self.document.as_table()];
        holders.extend(targets.filter_map(|(_, target)| target.as_table_like()));
        let kinds = holders
            .into_iter()
            .flat_map(|holder| KINDS.iter().filter_map(|kind| holder.get(kind)));
        kinds.filter_map(Item::as_table_like).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_seen_wherever_it_stands_and_whatever_it_is_called() {
        let front = |name: &str| Present::Front(name.to_owned());
        for (text, present) in [
            ("", Present::Nothing),
            (
                "[build-dependencies]\nalloc-guard = \"1\"",
                Present::Nothing,
            ),
            (
                "[dependencies]\nalloc-guard-macros = \"1\"",
                Present::Nothing,
            ),
            ("[dependencies]\nalloc-guard = \"1\"", front("alloc-guard")),
            (
                "[dev-dependencies]\nalloc-guard.workspace = true",
                front("alloc-guard"),
            ),
            (
                "[dev-dependencies.alloc-guard]\nversion = \"1\"",
                front("alloc-guard"),
            ),
            (
                "[dev_dependencies]\nalloc-guard = \"1\"",
                front("alloc-guard"),
            ),
            (
                "[dev-dependencies]\ng = { package = \"alloc-guard\" }",
                front("g"),
            ),
            (
                "[dev-dependencies]\nalloc-guard = { package = \"x\" }",
                Present::Nothing,
            ),
            (
                "[target.'cfg(unix)'.dev-dependencies]\nalloc-guard = \"1\"",
                front("alloc-guard"),
            ),
            ("[dependencies]\nalloc-guard-core = \"1\"", Present::Core),
            (
                "[dependencies]\nalloc-guard-core = \"1\"\n[dev-dependencies]\nalloc-guard = \"1\"",
                front("alloc-guard"),
            ),
        ] {
            assert_eq!(Manifest::parse(text).unwrap().present(), present, "{text}");
        }
    }

    #[test]
    fn a_workspace_may_list_it_and_the_front_is_known_by_its_name() {
        let listed = "[workspace.dependencies]\nalloc-guard = \"1\"\n";
        assert!(Manifest::parse(listed).unwrap().lists_for_members());
        let other = "[workspace.dependencies]\nb = \"1\"\n[dependencies]\nalloc-guard = \"1\"\n";
        assert!(!Manifest::parse(other).unwrap().lists_for_members());
        assert!(!Manifest::parse("").unwrap().lists_for_members());
        let is_front = |text| Manifest::parse(text).unwrap().is_of_front();
        assert!(is_front("[package]\nname = \"alloc-guard\""));
        assert!(!is_front("[package]\nname = \"alloc-guard-core\""));
        assert!(!is_front(""));
    }

    #[test]
    fn the_first_test_is_a_target_where_cargo_looks_or_is_told() {
        let elsewhere = FirstTest::Elsewhere("t/x.rs".to_owned());
        for (edition, text, expected) in [
            ("2024", "", FirstTest::Found),
            ("2024", "[[test]]\nname = \"a\"", FirstTest::Found),
            ("2024", "[package]\nautotests = false", FirstTest::Missing),
            ("2024", "[package]\nautotests = true", FirstTest::Found),
            ("2015", "", FirstTest::Found),
            ("2015", "[[test]]\nname = \"a\"", FirstTest::Missing),
            (
                "2015",
                "package.autotests = true\n[[test]]\nname = \"a\"",
                FirstTest::Found,
            ),
            (
                "2024",
                "[package]\nautotests = false\n[[test]]\nname = \"alloc_guard\"",
                FirstTest::Found,
            ),
            (
                "2024",
                "package.autotests = false\ntest = [{ name = \"x\", path = \"tests/alloc_guard.rs\" }]",
                FirstTest::Found,
            ),
            (
                "2024",
                "[[test]]\nname = \"alloc_guard\"\npath = \"t/x.rs\"",
                elsewhere,
            ),
        ] {
            let manifest = Manifest::parse(text).unwrap();
            assert_eq!(manifest.first_test(edition), expected, "{edition} {text}");
        }
    }
}
