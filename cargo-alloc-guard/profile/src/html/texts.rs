//! Owns the texts of a page: those of the profile, and those that were made for the page, after them.

use std::collections::HashMap;

use crate::model::{StringId, Strings};

pub(super) struct Texts<'a> {
    strings: &'a Strings,
    made: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl<'a> Texts<'a> {
    pub(super) fn new(strings: &'a Strings) -> Self {
        Self {
            strings,
            made: Vec::new(),
            numbers: HashMap::new(),
        }
    }

    pub(super) fn get(&self, id: StringId) -> &'a str {
        self.strings.get(id)
    }

    /// The number of a text of the profile.
    pub(super) fn number(&self, id: StringId) -> usize {
        if id.index() < self.strings.iter().len() {
            id.index()
        } else {
            0
        }
    }

    /// The number of a text that is made for the page; 0 if it is empty.
    pub(super) fn add(&mut self, text: String) -> usize {
        if text.is_empty() {
            return 0;
        }
        let next = self.strings.iter().len() + self.made.len();
        let number = *self.numbers.entry(text.clone()).or_insert(next);
        if number == next {
            self.made.push(text);
        }
        number
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        self.strings
            .iter()
            .chain(self.made.iter().map(String::as_str))
    }
}
