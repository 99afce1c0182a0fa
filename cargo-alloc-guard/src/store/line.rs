//! Owns what a run is sorted by and what counts where a test has several records: the line as it was
//! read, beside its key and rank.

use std::{
    cmp::Ordering,
    io::{self, ErrorKind, Read, Write},
};

use alloc_guard_core::report::{Gate, Outcome, Record};

use crate::records::identity;

/// Which of a test's records counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Precedence {
    /// Between the shards of one run, what was measured: that a shard left a test out, or lost it, says
    /// nothing of the others.
    Shards,
    /// Between runs one after the other, what came last: a test that is lost now was lost, whatever it
    /// did before.
    Runs,
}

/// A record's line.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    key: [Box<str>; 6],
    rank: Rank,
    /// As it was read, so that the fields of later days are kept.
    pub(super) text: Box<str>,
}

/// The greatest counts. Where the clock does not tell, what was named later does, and of the same age a
/// failure weighs more than none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    weight: Weight,
    unix_milliseconds: u64,
    input: u32,
    is_failure: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    LeftOut,
    Lost,
    Ran,
}

impl Line {
    pub(super) fn new(text: &str, record: &Record, input: u32, precedence: Precedence) -> Self {
        Self {
            key: identity(record).map(Box::from),
            rank: Rank {
                weight: match (record.outcome, precedence) {
                    (Outcome::Ignored, _) => Weight::LeftOut,
                    (Outcome::Unreported, Precedence::Shards) => Weight::Lost,
                    _ => Weight::Ran,
                },
                unix_milliseconds: record.unix_milliseconds,
                input,
                is_failure: record.outcome.is_failure(Gate::default()),
            },
            text: text.into(),
        }
    }

    /// About how much memory it takes.
    pub(super) fn size(&self) -> usize {
        let key: usize = self.key.iter().map(|part| part.len() + 16).sum();
        size_of::<Self>() + key + self.text.len() + 16
    }

    /// Whether it is a record of the same test.
    pub(super) fn is_same_test(&self, other: &Self) -> bool {
        self.key == other.key
    }

    /// Whether it was written for a test that left no record of its own: then where the test stands and
    /// for which target it was built is not known.
    pub(super) fn is_stand_in(&self) -> bool {
        let [.., target, file] = &self.key;
        target.is_empty() && file.is_empty()
    }

    /// Whether this stand-in may be for the test of the other record.
    pub(super) fn may_stand_for(&self, other: &Self) -> bool {
        self.is_stand_in() && self.key[..4] == other.key[..4]
    }

    /// Which of two records of one test counts.
    pub(super) fn outranks(&self, other: &Self) -> bool {
        self.rank > other.rank
    }

    /// Writes it for [`Line::read`].
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let Rank {
            weight,
            unix_milliseconds,
            input,
            is_failure,
        } = self.rank;
        out.write_all(&[weight as u8, u8::from(is_failure)])?;
        out.write_all(&input.to_le_bytes())?;
        out.write_all(&unix_milliseconds.to_le_bytes())?;
        for text in self.key.iter().chain([&self.text]) {
            let length = u32::try_from(text.len()).map_err(io::Error::other)?;
            out.write_all(&length.to_le_bytes())?;
            out.write_all(text.as_bytes())?;
        }
        Ok(())
    }

    /// Reads what [`Line::write`] wrote; `None` at the end.
    pub(super) fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut weight = [0];
        match from.read_exact(&mut weight) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            read => read?,
        }
        let weight = match weight {
            [0] => Weight::LeftOut,
            [1] => Weight::Lost,
            _ => Weight::Ran,
        };
        let [is_failure] = array(from)?;
        let rank = Rank {
            weight,
            input: u32::from_le_bytes(array(from)?),
            unix_milliseconds: u64::from_le_bytes(array(from)?),
            is_failure: is_failure != 0,
        };
        let mut key: [Box<str>; 6] = Default::default();
        for part in &mut key {
            *part = text(from)?;
        }
        let text = text(from)?;
        Ok(Some(Self { key, rank, text }))
    }
}

fn array<const N: usize>(from: &mut impl Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn text(from: &mut impl Read) -> io::Result<Box<str>> {
    let length = u32::from_le_bytes(array(from)?);
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    String::from_utf8(bytes)
        .map(String::into_boxed_str)
        .map_err(io::Error::other)
}

/// For a heap that hands out the smallest first.
pub(super) fn smallest_first(a: &Line, b: &Line) -> Ordering {
    b.cmp(a)
}
