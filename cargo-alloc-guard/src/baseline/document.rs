//! Owns the text of a baseline: what is changed, and nothing else of it.

use std::cmp::Ordering;

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

    /// Writes the counts of a test under a key.
    pub(super) fn set_counts(&mut self, binary: &str, name: &str, key: &str, counts: Counts) {
        if self.test(binary, name).is_none() {
            self.add_test(binary, name);
        }
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
            self.shift(0);
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

    fn test(&mut self, binary: &str, name: &str) -> Option<&mut Table> {
        let tests = self.toml.get_mut("test")?.as_table_mut()?;
        let tests = tests.get_mut(binary)?.as_table_mut()?;
        tests.get_mut(name)?.as_table_mut()
    }

    fn add_test(&mut self, binary: &str, name: &str) {
        let place = self.make_room(binary, name);
        let mut parent = self.toml.as_table_mut();
        for key in ["test", binary] {
            let item = parent.entry(key).or_insert_with(|| new_table(None));
            let Some(table) = item.as_table_mut() else {
                return;
            };
            parent = table;
        }
        parent.insert(name, new_table(Some(place)));
    }

    /// Makes room for a test and says where: before the first that comes after it, in a file that is
    /// sorted as in one that somebody has put in an order of their own.
    fn make_room(&mut self, binary: &str, name: &str) -> isize {
        let mut places = Vec::new();
        let mut end = 0;
        for_each_table(self.toml.as_table_mut(), &mut |path, table| {
            let position = table.position().unwrap_or_default();
            end = end.max(position + 1);
            if let [_, of_binary, of_name] = path {
                places.push((position, (*of_binary, *of_name) > (binary, name)));
            }
        });
        let later = places.iter().filter(|(_, is_later)| *is_later);
        let place = later.map(|(position, _)| *position).min().unwrap_or(end);
        self.shift(place);
        place
    }

    /// Moves every table from a place on behind it.
    fn shift(&mut self, place: isize) {
        for_each_table(self.toml.as_table_mut(), &mut |_, table| {
            if let Some(position) = table.position()
                && position >= place
            {
                table.set_position(Some(position + 1));
            }
        });
    }
}

/// Hands over each table that has a header, with its path.
fn for_each_table(root: &mut Table, each: &mut dyn FnMut(&[&str], &mut Table)) {
    for (first, item) in root.iter_mut() {
        let Some(table) = item.as_table_mut() else {
            continue;
        };
        if !table.is_implicit() {
            each(&[first.get()], table);
            continue;
        }
        for (binary, item) in table.iter_mut() {
            let tests = item.as_table_mut().into_iter().flat_map(Table::iter_mut);
            for (name, item) in tests {
                if let Some(test) = item.as_table_mut() {
                    each(&[first.get(), binary.get(), name.get()], test);
                }
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
