//! Owns the texts of a page: only those that it shows, each once. The first is empty.

use std::{borrow::Cow, collections::HashMap};

#[derive(Default)]
pub(super) struct Texts<'a> {
    /// All but the first.
    all: Vec<Cow<'a, str>>,
    numbers: HashMap<Cow<'a, str>, usize>,
}

impl<'a> Texts<'a> {
    /// The number of a text.
    pub(super) fn number(&mut self, text: impl Into<Cow<'a, str>>) -> usize {
        let text = text.into();
        if text.is_empty() {
            return 0;
        }
        let next = self.all.len() + 1;
        let number = *self.numbers.entry(text.clone()).or_insert(next);
        if number == next {
            self.all.push(text);
        }
        number
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        std::iter::once("").chain(self.all.iter().map(|text| &**text))
    }
}
