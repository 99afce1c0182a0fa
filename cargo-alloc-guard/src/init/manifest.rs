//! Owns the change to a package's manifest. What stands there stays as it is, to the last space.

use std::borrow::Cow;

use anyhow::{Context as _, Result, bail};
use toml_edit::{
    Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value,
};

use crate::doctor::tables;

/// The package that a project depends on, and the one for those with an allocator of their own.
const FRONT: &str = "alloc-guard";
const CORE: &str = "alloc-guard-core";

/// The name of the first test's target, and its file below the package's folder.
pub(super) const TARGET: &str = "alloc_guard";
pub(super) const TEST: &str = "tests/alloc_guard.rs";

/// What the dependency is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Dependency {
    Version(String),
    /// A folder, with `/` between its parts.
    Path(String),
    /// What the workspace's manifest says.
    OfWorkspace,
}

/// What a manifest has of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Present {
    Nothing,
    /// The front, under this name.
    Front(String),
    /// Only the core: the package has, or wants, an allocator of its own.
    Core,
}

/// Where the first test's target comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FirstTest {
    /// Cargo finds the file.
    Found,
    /// Cargo looks for none, and the manifest does not name it.
    Missing,
    /// The manifest gives the name to another file.
    Elsewhere(String),
}

/// A manifest.
#[derive(Debug)]
pub(super) struct Manifest {
    document: DocumentMut,
    has_mark: bool,
    has_carriage_returns: bool,
    is_changed: bool,
}

impl Manifest {
    /// Reads one.
    ///
    /// # Errors
    /// If it is no TOML.
    pub(super) fn parse(text: &str) -> Result<Self> {
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
    pub(super) fn present(&self) -> Present {
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
    pub(super) fn lists_for_members(&self) -> bool {
        let workspace = self.document.get("workspace");
        let listed = workspace.and_then(|workspace| workspace.get("dependencies"));
        listed.is_some_and(|listed| listed.get(FRONT).is_some())
    }

    /// Whether this is the manifest of the front itself.
    pub(super) fn is_of_front(&self) -> bool {
        let package = self.document.get("package");
        let name = package.and_then(|package| package.get("name"));
        name.and_then(Item::as_str) == Some(FRONT)
    }

    /// Whether cargo finds the first test once its file is there.
    pub(super) fn first_test(&self, edition: &str) -> FirstTest {
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

    /// Adds the dependency.
    ///
    /// # Errors
    /// If something else stands where it belongs.
    pub(super) fn add_dependency(&mut self, dependency: &Dependency) -> Result<()> {
        // The old spelling, which cargo takes in old editions, would hide the new one.
        let name = match self.document.get("dev_dependencies") {
            Some(_) => "dev_dependencies",
            None => "dev-dependencies",
        };
        self.is_changed = true;
        let is_last_blank = self.ends_with_blank_line();
        let item = self.document.entry(name).or_insert_with(|| {
            let mut table = Table::new();
            table
                .decor_mut()
                .set_prefix(if is_last_blank { "" } else { "\n" });
            Item::Table(table)
        });
        let Some(table) = item.as_table_like_mut() else {
            bail!("`{name}` is no table");
        };
        let is_sorted = table.iter().map(|(name, _)| name).is_sorted();
        table.insert(FRONT, dependency.item());
        if is_sorted {
            table.sort_values();
        }
        Ok(())
    }

    /// Adds the first test's target.
    ///
    /// # Errors
    /// If something else stands where it belongs.
    pub(super) fn add_target(&mut self) -> Result<()> {
        self.is_changed = true;
        let is_last_blank = self.ends_with_blank_line();
        let item = self
            .document
            .entry("test")
            .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        if let Some(array) = item.as_array_mut() {
            let mut table = InlineTable::new();
            table.insert("name", TARGET.into());
            table.insert("path", TEST.into());
            push(array, table);
            return Ok(());
        }
        let Some(array) = item.as_array_of_tables_mut() else {
            bail!("`test` is no list of targets");
        };
        let mut table = Table::new();
        table.insert("name", value(TARGET));
        table.insert("path", value(TEST));
        let is_first = array.is_empty();
        table
            .decor_mut()
            .set_prefix(if is_first && is_last_blank { "" } else { "\n" });
        array.push(table);
        Ok(())
    }

    /// The text with the ends of line that it had, if something was added.
    pub(super) fn changed(&self) -> Option<String> {
        // A file that does not end with its last line would end with it now.
        self.is_changed.then(|| self.text())
    }

    fn text(&self) -> String {
        let text = self.document.to_string();
        let text: Cow<'_, str> = if self.has_carriage_returns {
            text.replace("\r\n", "\n").replace('\n', "\r\n").into()
        } else {
            text.into()
        };
        let mark = if self.has_mark { "\u{feff}" } else { "" };
        format!("{mark}{text}")
    }

    fn ends_with_blank_line(&self) -> bool {
        let text = self.document.to_string();
        text.is_empty() || text.ends_with("\n\n")
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

impl Dependency {
    fn item(&self) -> Item {
        let (key, content) = match self {
            Self::Version(version) => return value(version),
            Self::Path(path) => ("path", Value::from(path)),
            Self::OfWorkspace => {
                let mut table = Table::new();
                table.set_dotted(true);
                table.insert("workspace", value(true));
                return Item::Table(table);
            }
        };
        let mut table = InlineTable::new();
        table.insert(key, content);
        value(table)
    }
}

/// Appends as the last element before it stands: on a line of its own, or behind a space.
fn push(array: &mut Array, table: InlineTable) {
    let like = array.iter().last().map(|last| last.decor().clone());
    let mut value = Value::InlineTable(table);
    match like.and_then(|decor| decor.prefix()?.as_str().map(str::to_owned)) {
        Some(prefix) if array.len() > 1 || prefix.contains('\n') => {
            value.decor_mut().set_prefix(prefix);
        }
        Some(_) => value.decor_mut().set_prefix(" "),
        None => {}
    }
    array.push_formatted(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, dependency: &Dependency) -> String {
        let mut manifest = Manifest::parse(text).unwrap();
        manifest.add_dependency(dependency).unwrap();
        manifest.text()
    }

    fn with_version(text: &str) -> String {
        with(text, &Dependency::Version("1.2.3".to_owned()))
    }

    #[test]
    fn a_dependency_is_added_and_nothing_else_changes() {
        for (before, after) in [
            (
                "[package]\nname = \"a\" # why\n",
                "[package]\nname = \"a\" # why\n\n[dev-dependencies]\nalloc-guard = \"1.2.3\"\n",
            ),
            (
                "[package]\nname   =   'a'\n\n# Last words.\n",
                "[package]\nname   =   'a'\n\n[dev-dependencies]\nalloc-guard = \"1.2.3\"\n\n# Last words.\n",
            ),
            (
                "[dev-dependencies]\n# First.\nb = \"1\"\nc = { version = \"2\" } # last\n\n[features]\n",
                "[dev-dependencies]\nalloc-guard = \"1.2.3\"\n# First.\nb = \"1\"\nc = { version = \"2\" } # last\n\n[features]\n",
            ),
            (
                "[dev-dependencies]\nc = \"1\"\nb = \"1\"\n",
                "[dev-dependencies]\nc = \"1\"\nb = \"1\"\nalloc-guard = \"1.2.3\"\n",
            ),
            (
                "[dev-dependencies.b]\nversion = \"1\"\n",
                "[dev-dependencies]\nalloc-guard = \"1.2.3\"\n[dev-dependencies.b]\nversion = \"1\"\n",
            ),
            (
                "dev-dependencies = { b = \"1\" }\n",
                "dev-dependencies = { alloc-guard = \"1.2.3\", b = \"1\" }\n",
            ),
            (
                "dev-dependencies.b = \"1\"\n[features]\n",
                "dev-dependencies.alloc-guard = \"1.2.3\"\ndev-dependencies.b = \"1\"\n[features]\n",
            ),
            (
                "[dev_dependencies]\nb = \"1\"\n",
                "[dev_dependencies]\nalloc-guard = \"1.2.3\"\nb = \"1\"\n",
            ),
            (
                "[package]\r\nname = \"a\"\r\n",
                "[package]\r\nname = \"a\"\r\n\r\n[dev-dependencies]\r\nalloc-guard = \"1.2.3\"\r\n",
            ),
            (
                "\u{feff}[package]\nname = \"a\"\n",
                "\u{feff}[package]\nname = \"a\"\n\n[dev-dependencies]\nalloc-guard = \"1.2.3\"\n",
            ),
        ] {
            assert_eq!(with_version(before), after, "{before}");
        }
        let error = Manifest::parse("dev-dependencies = 1\n")
            .unwrap()
            .add_dependency(&Dependency::OfWorkspace);
        assert_eq!(
            error.unwrap_err().to_string(),
            "`dev-dependencies` is no table"
        );
    }

    #[test]
    fn a_dependency_says_where_it_is_from() {
        let path = Dependency::Path("../guard".to_owned());
        assert_eq!(
            with("", &path),
            "[dev-dependencies]\nalloc-guard = { path = \"../guard\" }\n"
        );
        assert_eq!(
            with("", &Dependency::OfWorkspace),
            "[dev-dependencies]\nalloc-guard.workspace = true\n"
        );
        assert_eq!(
            with("[dev-dependencies]\nb = \"1\"\n", &Dependency::OfWorkspace),
            "[dev-dependencies]\nalloc-guard.workspace = true\nb = \"1\"\n"
        );
    }

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

    #[test]
    fn a_target_is_added_in_the_notation_that_is_there() {
        const TABLE: &str = "[[test]]\nname = \"alloc_guard\"\npath = \"tests/alloc_guard.rs\"\n";
        const INLINE: &str = "{ name = \"alloc_guard\", path = \"tests/alloc_guard.rs\" }";
        for (before, after) in [
            (
                "[package]\nautotests = false\n",
                format!("[package]\nautotests = false\n\n{TABLE}"),
            ),
            (
                "[[test]]\nname = \"a\"\n\n[features]\nb = []\n",
                format!("[[test]]\nname = \"a\"\n\n{TABLE}\n[features]\nb = []\n"),
            ),
            (
                "test = [{ name = \"a\" }]\n",
                format!("test = [{{ name = \"a\" }}, {INLINE}]\n"),
            ),
            (
                "test = [\n    { name = \"a\" },\n]\n",
                format!("test = [\n    {{ name = \"a\" }},\n    {INLINE},\n]\n"),
            ),
        ] {
            let mut manifest = Manifest::parse(before).unwrap();
            manifest.add_target().unwrap();
            assert_eq!(manifest.text(), after, "{before}");
        }
        let mut manifest = Manifest::parse("test = 1\n").unwrap();
        let error = manifest.add_target().unwrap_err().to_string();
        assert_eq!(error, "`test` is no list of targets");
    }

    #[test]
    fn what_is_no_toml_is_an_error_and_where_nothing_is_added_nothing_changes() {
        assert!(Manifest::parse("[package\n").is_err());
        let mut manifest = Manifest::parse("a = 1").unwrap();
        assert_eq!(manifest.changed(), None);
        manifest.add_target().unwrap();
        assert!(manifest.changed().is_some());
        let mut manifest = Manifest::parse("a = 1").unwrap();
        manifest.add_dependency(&Dependency::OfWorkspace).unwrap();
        assert!(manifest.changed().is_some());
    }
}
