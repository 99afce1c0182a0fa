//! Owns the text of a baseline: what is changed, and nothing else of it.

use std::{cmp::Ordering, collections::HashMap};

use alloc_guard_core::baseline::{Circumstances, Counts};
use toml_edit::{DocumentMut, InlineTable, Item, Table, Value};

/// What a new file begins with.
const HEADER: &str = "\
# What the tests of this package ask of the allocator: each `#[allocates]` without a budget is held to it.
# `cargo alloc-guard accept` writes this file. Review its changes, and commit it.
";

/// The text of a baseline.
#[derive(Debug)]
pub(super) struct Document {
    toml: DocumentMut,
    line_break: &'static str,
}

impl Document {
    /// Reads a text that `Baseline::parse` takes. An empty one becomes a new file.
    ///
    /// # Errors
    /// If TOML is stricter than the tests are, with the line.
    pub(super) fn parse(text: &str) -> Result<Self, (u32, String)> {
        let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let mut text = text.replace("\r\n", "\n");
        if text.trim().is_empty() {
            HEADER.clone_into(&mut text);
        }
        let is_version = |line: &str| {
            let key = line.trim_start_matches([' ', '\t', '"', '\'']);
            key.starts_with("version")
        };
        if !text.lines().any(is_version) {
            // Only in a file without entries: what stands there are comments, and they stay on top.
            if !text.ends_with('\n') {
                text.push('\n');
            }
            let lines = text.split_inclusive('\n');
            let is_comment = |line: &&str| !line.trim_start().starts_with('[');
            let at = lines.take_while(is_comment).map(str::len).sum();
            text.insert_str(at, "version = 1\n");
        }
        let toml = text.parse::<DocumentMut>().map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or_default();
            let line = 1 + before.matches('\n').count();
            (
                u32::try_from(line).unwrap_or(u32::MAX),
                error.message().to_owned(),
            )
        })?;
        Ok(Self { toml, line_break })
    }

    pub(super) fn text(&self) -> String {
        self.toml.to_string().replace('\n', self.line_break)
    }

    /// Adds those of the tests, which are sorted, that are not there: each before the first that comes
    /// after it, in a file that is sorted as in one that somebody has put in an order of their own.
    pub(super) fn add_tests<'a>(&mut self, tests: impl Iterator<Item = (&'a str, &'a str)>) {
        let mut present: Vec<(isize, Path)> = Vec::new();
        for_each_table(self.toml.as_table_mut(), &mut |path, table| {
            present.push((table.position().unwrap_or_default(), path));
        });
        present.sort();
        let mut present = present.into_iter().map(|(_, path)| path).peekable();
        let mut places: HashMap<Path, isize> = HashMap::new();
        // `[measured]` may have to stand before them.
        let mut end = 1;
        let mut place = |path| {
            places.insert(path, end);
            end += 1;
        };
        for (binary, name) in tests.filter(|(binary, name)| !self.has_test(binary, name)) {
            let path = Some((binary.to_owned(), name.to_owned()));
            while let Some(earlier) = present.next_if(|present| *present <= path) {
                place(earlier);
            }
            place(path);
        }
        present.for_each(place);
        for (binary, name) in places.keys().flatten() {
            if !self.has_test(binary, name) {
                self.add_test(binary, name);
            }
        }
        for_each_table(self.toml.as_table_mut(), &mut |path, table| {
            table.set_position(places.get(&path).copied());
        });
    }

    /// Writes the counts of a test that is there under a key.
    pub(super) fn set_counts(&mut self, binary: &str, name: &str, key: &str, counts: Counts) {
        let Some(test) = self.test(binary, name) else {
            return;
        };
        let numbers = counts.named().map(|(name, number)| {
            // A count that large cannot be: memory has fewer bytes.
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            (name, Value::from(number))
        });
        set(test, key, numbers.into_iter());
    }

    /// Takes out the counts of a test under a key.
    pub(super) fn remove_counts(&mut self, binary: &str, name: &str, key: &str) {
        if let Some(test) = self.test(binary, name) {
            test.remove(key);
        }
    }

    /// Takes out a test, with the comments above it.
    pub(super) fn remove_test(&mut self, binary: &str, name: &str) {
        let root = self.toml.as_table_mut();
        let Some(tests) = root.get_mut("test").and_then(Item::as_table_mut) else {
            return;
        };
        if let Some(of_binary) = tests.get_mut(binary).and_then(Item::as_table_mut) {
            of_binary.remove(name);
            if of_binary.is_empty() {
                tests.remove(binary);
            }
        }
        if tests.is_empty() {
            root.remove("test");
        }
    }

    /// Writes what the counts under a key were measured under.
    pub(super) fn set_measured(&mut self, key: &str, circumstances: &Circumstances) {
        if !self.toml.contains_key("measured") {
            // Tests begin at 1.
            self.toml.insert("measured", new_table(Some(0)));
        }
        let Some(measured) = self.toml.get_mut("measured").and_then(Item::as_table_mut) else {
            return;
        };
        let texts = [
            ("toolchain", Some(&circumstances.toolchain)),
            ("target", Some(&circumstances.target)),
            ("features", circumstances.features.as_ref()),
        ];
        let texts = texts
            .into_iter()
            .filter_map(|(name, text)| Some((name, Value::from(text?.as_str()))));
        set(measured, key, texts);
    }

    /// Takes out what the counts under a key were measured under.
    pub(super) fn remove_measured(&mut self, key: &str) {
        if let Some(measured) = self.toml.get_mut("measured").and_then(Item::as_table_mut) {
            measured.remove(key);
        }
    }

    fn add_test(&mut self, binary: &str, name: &str) {
        let mut parent = self.toml.as_table_mut();
        for key in ["test", binary] {
            let item = parent.entry(key).or_insert_with(|| new_table(None));
            let Some(table) = item.as_table_mut() else {
                return;
            };
            parent = table;
        }
        parent.insert(name, new_table(Some(0)));
    }

    fn has_test(&self, binary: &str, name: &str) -> bool {
        let tests = self.toml.get("test").and_then(|tests| tests.get(binary));
        tests.is_some_and(|tests| tests.get(name).is_some())
    }

    fn test(&mut self, binary: &str, name: &str) -> Option<&mut Table> {
        let tests = self.toml.get_mut("test")?.as_table_mut()?;
        let tests = tests.get_mut(binary)?.as_table_mut()?;
        tests.get_mut(name)?.as_table_mut()
    }
}

/// A table that has a header: a test's, or `[measured]`, which is before them.
type Path = Option<(String, String)>;

/// Hands over each table that has a header, with its path.
fn for_each_table(root: &mut Table, each: &mut dyn FnMut(Path, &mut Table)) {
    if let Some(measured) = root.get_mut("measured").and_then(Item::as_table_mut) {
        each(None, measured);
    }
    let Some(tests) = root.get_mut("test").and_then(Item::as_table_mut) else {
        return;
    };
    for (binary, item) in tests.iter_mut() {
        let tests = item.as_table_mut().into_iter().flat_map(Table::iter_mut);
        for (name, item) in tests {
            if let Some(test) = item.as_table_mut() {
                let path = (binary.get().to_owned(), name.get().to_owned());
                each(Some(path), test);
            }
        }
    }
}

/// A table with a header at this place, or one without a header.
fn new_table(place: Option<isize>) -> Item {
    let mut table = Table::new();
    table.set_implicit(place.is_none());
    table.set_position(place);
    Item::Table(table)
}

/// Writes a table in braces. Where there is one, values that differ are replaced where they stand, and
/// comments stay.
fn set(parent: &mut Table, key: &str, values: impl Iterator<Item = (&'static str, Value)>) {
    if let Some(inline) = parent.get_mut(key).and_then(Item::as_inline_table_mut) {
        for (name, mut value) in values {
            match inline.get_mut(name) {
                Some(present) => {
                    *value.decor_mut() = present.decor().clone();
                    *present = value;
                }
                None => {
                    inline.insert(name, value);
                }
            }
        }
        return;
    }
    let keys: Vec<String> = parent.iter().map(|(key, _)| key.to_owned()).collect();
    let was_sorted = keys.is_sorted_by(|a, b| order(a, b).is_le());
    parent.insert(key, Item::Value(values.collect::<InlineTable>().into()));
    if was_sorted {
        parent.sort_values_by(|a, _, b, _| order(a.get(), b.get()));
    }
}

/// A tolerance holds for all that follows it.
fn order(a: &str, b: &str) -> Ordering {
    let rank = |key: &str| key != "tolerance";
    (rank(a), a).cmp(&(rank(b), b))
}
