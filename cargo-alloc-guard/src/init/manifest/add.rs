//! Owns what is added to a manifest. What stands there stays as it is, to the last space.

use std::borrow::Cow;

use anyhow::{Result, bail};
use toml_edit::{Array, ArrayOfTables, InlineTable, Item, Table, Value, value};

use super::read::{FRONT, Manifest, TARGET, TEST};

/// What the dependency is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Dependency {
    Version(String),
    /// A folder, with `/` between its parts.
    Path(String),
    /// What the workspace's manifest says.
    OfWorkspace,
}

impl Manifest {
    /// Adds the dependency.
    ///
    /// # Errors
    /// If something else stands where it belongs.
    pub(crate) fn add_dependency(&mut self, dependency: &Dependency) -> Result<()> {
        // The old spelling, which cargo takes in old editions, would hide the new one.
        let name = match self.document.get("dev_dependencies") {
            Some(_) => "dev_dependencies",
            None => "dev-dependencies",
        };
        self.is_changed = true;
        if !self.document.contains_key(name) {
            let mut table = Table::new();
            table.decor_mut().set_prefix(self.last_lines());
            self.document.insert(name, Item::Table(table));
        }
        let item = self.document.entry(name).or_insert(Item::None);
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
    pub(crate) fn add_target(&mut self) -> Result<()> {
        self.is_changed = true;
        let prefix = if self.document.contains_key("test") {
            "\n".to_owned()
        } else {
            self.last_lines()
        };
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
        table.decor_mut().set_prefix(prefix);
        array.push(table);
        Ok(())
    }

    /// The text with the ends of line that it had, if something was added.
    pub(crate) fn changed(&self) -> Option<String> {
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

    /// Takes what stands behind the last table, so that it stays where it is when another one follows, with
    /// a blank line at its end.
    fn last_lines(&mut self) -> String {
        let is_last_blank = self.ends_with_blank_line();
        let mut lines = self.document.trailing().as_str().unwrap_or("").to_owned();
        self.document.set_trailing("");
        if !is_last_blank {
            lines.push('\n');
        }
        lines
    }

    fn ends_with_blank_line(&self) -> bool {
        let text = self.document.to_string();
        text.is_empty() || text.ends_with("\n\n")
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
                "[package]\nname   =   'a'\n\n# Last words.\n\n[dev-dependencies]\nalloc-guard = \"1.2.3\"\n",
            ),
            (
                "[dependencies]\n# none yet\n",
                "[dependencies]\n# none yet\n\n[dev-dependencies]\nalloc-guard = \"1.2.3\"\n",
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
