//! Rows, and how they are written.

use serde::{Serialize, Serializer};

/// Rows, written as columns: an object with a list for each name.
pub(super) struct Table<'a, T>(pub(super) &'a [T], pub(super) &'a [(&'static str, Cell<T>)]);

/// `None` is written as `null`.
pub(super) type Cell<T> = fn(&T) -> Option<u64>;

struct Column<'a, T>(&'a [T], Cell<T>);

impl<T> Serialize for Table<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.1
                .iter()
                .map(|(name, cell)| (name, Column(self.0, *cell))),
        )
    }
}

impl<T> Serialize for Column<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(self.1))
    }
}
