//! Owns what a run is to those who show or compare it: records in an order that is always the same,
//! gone through as often as needed and held in memory by nobody who need not.

use std::{borrow::Cow, cmp::Ordering};

use alloc_guard_core::report::{Record, Totals};
use anyhow::Result;

/// The records of a run, one after the other.
pub(crate) type Iter<'a> = Box<dyn Iterator<Item = Result<Cow<'a, Record>>> + 'a>;

/// A run: records sorted by [`order`], each test once.
pub(crate) trait Records {
    /// Goes through the records, from the first one each time.
    ///
    /// # Errors
    /// If the run cannot be opened; each item may be an error, after which there is no other.
    fn open(&self) -> Result<Iter<'_>>;

    /// Hands over one record after the other.
    ///
    /// # Errors
    /// If a record cannot be read, or with the first error of `each`.
    fn for_each(&self, each: &mut dyn FnMut(&Record) -> Result<()>) -> Result<()> {
        for record in self.open()? {
            each(&*record?)?;
        }
        Ok(())
    }

    /// How many tests came out how.
    ///
    /// # Errors
    /// If a record cannot be read.
    fn totals(&self) -> Result<Totals> {
        let mut totals = Totals::default();
        self.for_each(&mut |record| {
            totals.add(record.outcome);
            Ok(())
        })?;
        Ok(totals)
    }
}

impl Records for Vec<Record> {
    fn open(&self) -> Result<Iter<'_>> {
        let records = self.as_slice().iter();
        Ok(Box::new(records.map(|record| Ok(Cow::Borrowed(record)))))
    }
}

/// What makes a test one test: two records with the same identity are two runs of it.
pub(crate) type Identity<'a> = [&'a str; 6];

/// The identity of a record's test.
pub(crate) fn identity(record: &Record) -> Identity<'_> {
    [
        &record.package,
        &record.binary,
        &record.profile,
        &record.name,
        // Not known of a test that left no record, so that it stands beside those that did.
        &record.target,
        &record.file,
    ]
}

/// The order of a run.
pub(crate) fn order(a: &Record, b: &Record) -> Ordering {
    identity(a).cmp(&identity(b))
}
