//! Strings that are held once and named by number.

use std::{collections::HashMap, sync::Arc};

/// A string of a [`Strings`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StringId(u32);

impl StringId {
    /// The empty string of every [`Strings`].
    pub const EMPTY: Self = Self(0);

    /// Its place in [`Strings::iter`].
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Strings, each held once. The first is the empty one.
#[derive(Clone, Debug)]
pub struct Strings {
    all: Vec<Arc<str>>,
    ids: HashMap<Arc<str>, StringId>,
}

impl Default for Strings {
    fn default() -> Self {
        let empty: Arc<str> = Arc::from("");
        Self {
            all: vec![Arc::clone(&empty)],
            ids: HashMap::from([(empty, StringId::EMPTY)]),
        }
    }
}

impl Strings {
    /// The number of `text`, which is added if it is new.
    pub fn intern(&mut self, text: &str) -> StringId {
        if let Some(id) = self.ids.get(text) {
            return *id;
        }
        let id = StringId(number(self.all.len()));
        let text: Arc<str> = Arc::from(text);
        self.all.push(Arc::clone(&text));
        self.ids.insert(text, id);
        id
    }

    /// The string `id`; empty if it is another profile's.
    #[must_use]
    pub fn get(&self, id: StringId) -> &str {
        self.all.get(id.index()).map_or("", |text| text)
    }

    /// All strings, in the order of their numbers.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.all.iter().map(|text| &**text)
    }
}

/// A place in a table as its number. A table of 2^32 entries would take more memory than there is.
pub(crate) fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_is_held_once() {
        let mut strings = Strings::default();
        let a = strings.intern("a");
        assert_eq!(strings.intern("b").index(), 2);
        assert_eq!(strings.intern("a"), a);
        assert_eq!(strings.intern(""), StringId::EMPTY);
        assert_eq!(strings.iter().collect::<Vec<_>>(), ["", "a", "b"]);
        assert_eq!(strings.get(a), "a");
    }
}
