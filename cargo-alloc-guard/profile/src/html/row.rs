//! A row of a page: allocations that are not told apart, summed.

use std::ops::AddAssign;

use super::table::Cell;
use crate::model::{Amount, ContextId, StackId, Sums, ThreadId};

/// What a row is named by, in the order of the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) stack: StackId,
    pub(super) thread: ThreadId,
    pub(super) context: ContextId,
    pub(super) step: u32,
    /// How many bits the size has; the mean size, where sizes are not told apart.
    pub(super) class: u32,
}

/// [`Sums`] without lifetimes, which no page shows: there may be very many rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Amounts {
    pub(super) allocations: Amount,
    pub(super) at_peak: Amount,
    pub(super) leaked: Amount,
    pub(super) temporary: Amount,
}

pub(super) type Row = (Key, Amounts);

pub(super) const ROWS: &[(&str, Cell<Row>)] = &[
    ("stack", |(key, _)| Some(key.stack.index() as u64)),
    ("thread", |(key, _)| Some(key.thread.0.into())),
    ("context", |(key, _)| Some(key.context.0.into())),
    ("step", |(key, _)| Some(key.step.into())),
    ("class", |(key, _)| Some(key.class.into())),
    ("allocations", |(_, row)| Some(row.allocations.count)),
    ("bytes", |(_, row)| Some(row.allocations.bytes)),
    ("peak", |(_, row)| Some(row.at_peak.count)),
    ("peak_bytes", |(_, row)| Some(row.at_peak.bytes)),
    ("leaked", |(_, row)| Some(row.leaked.count)),
    ("leaked_bytes", |(_, row)| Some(row.leaked.bytes)),
    ("temporary", |(_, row)| Some(row.temporary.count)),
    ("temporary_bytes", |(_, row)| Some(row.temporary.bytes)),
];

impl From<Sums> for Amounts {
    fn from(sums: Sums) -> Self {
        Self {
            allocations: sums.allocations,
            at_peak: sums.at_peak,
            leaked: sums.leaked,
            temporary: sums.temporary,
        }
    }
}

impl AddAssign for Amounts {
    fn add_assign(&mut self, other: Self) {
        self.allocations += other.allocations;
        self.at_peak += other.at_peak;
        self.leaked += other.leaked;
        self.temporary += other.temporary;
    }
}
