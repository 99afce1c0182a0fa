//! Owns the two forms in which counts come: by kind of call, and as DHAT's totals.

use std::{fmt, str::FromStr};

use anyhow::Context as _;

/// The allocator calls of one operation, kinds apart: alloc-guard's `Tally`, without linking it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Calls for a block.
    pub allocs: u64,
    /// Calls for a zeroed block.
    pub zeroed: u64,
    /// Resizes to at least the old size.
    pub grows: u64,
    /// Resizes to less than the old size.
    pub shrinks: u64,
    /// Blocks given back.
    pub deallocs: u64,
    /// Calls that were refused.
    pub failed: u64,
    /// Bytes asked for; a resize asks for its whole new size.
    pub bytes: u64,
    /// Bytes live at the end.
    pub retained_bytes: i64,
    /// The most bytes live at once.
    pub peak_bytes: u64,
}

impl Counts {
    /// Every request for memory.
    #[must_use]
    pub fn allocations(&self) -> u64 {
        self.allocs + self.zeroed + self.grows + self.shrinks
    }

    /// Whether more was live at some moment than at the end.
    #[must_use]
    pub fn has_crest(&self) -> bool {
        i128::from(self.peak_bytes) > i128::from(self.retained_bytes)
    }
}

/// What both DHATs keep for one operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Blocks handed out; each resize is one more.
    pub total_blocks: u64,
    /// Bytes handed out; a resize adds its whole new size.
    pub total_bytes: u64,
    /// Blocks live at the end.
    pub live_blocks: i64,
    /// Bytes live at the end.
    pub live_bytes: i64,
    /// The most bytes live at once, where the tool knows it for one operation.
    pub peak_bytes: Option<u64>,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {} {} {} {} {} {}",
            self.allocs,
            self.zeroed,
            self.grows,
            self.shrinks,
            self.deallocs,
            self.failed,
            self.bytes,
            self.retained_bytes,
            self.peak_bytes
        )
    }
}

impl FromStr for Counts {
    type Err = anyhow::Error;

    fn from_str(line: &str) -> anyhow::Result<Self> {
        let mut words = line.split(' ');
        let counts = Self {
            allocs: next(&mut words)?,
            zeroed: next(&mut words)?,
            grows: next(&mut words)?,
            shrinks: next(&mut words)?,
            deallocs: next(&mut words)?,
            failed: next(&mut words)?,
            bytes: next(&mut words)?,
            retained_bytes: next(&mut words)?,
            peak_bytes: next(&mut words)?,
        };
        anyhow::ensure!(words.next().is_none(), "too many numbers in {line:?}");
        Ok(counts)
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {} {}",
            self.total_blocks, self.total_bytes, self.live_blocks, self.live_bytes
        )?;
        match self.peak_bytes {
            Some(peak_bytes) => write!(f, " {peak_bytes}"),
            None => Ok(()),
        }
    }
}

impl FromStr for Totals {
    type Err = anyhow::Error;

    fn from_str(line: &str) -> anyhow::Result<Self> {
        let mut words = line.split(' ');
        let totals = Self {
            total_blocks: next(&mut words)?,
            total_bytes: next(&mut words)?,
            live_blocks: next(&mut words)?,
            live_bytes: next(&mut words)?,
            peak_bytes: words.next().map(str::parse).transpose()?,
        };
        anyhow::ensure!(words.next().is_none(), "too many numbers in {line:?}");
        Ok(totals)
    }
}

/// The next word as a number.
fn next<'a, T: FromStr<Err: std::error::Error + Send + Sync + 'static>>(
    words: &mut impl Iterator<Item = &'a str>,
) -> anyhow::Result<T> {
    let word = words.next().context("too few numbers")?;
    word.parse()
        .with_context(|| format!("not a count: {word:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_totals_read_as_they_were_written() {
        let counts = Counts {
            allocs: 1,
            zeroed: 2,
            grows: 3,
            shrinks: 4,
            deallocs: 5,
            failed: 6,
            bytes: 7,
            retained_bytes: -8,
            peak_bytes: 9,
        };
        assert_eq!(counts.to_string().parse::<Counts>().ok(), Some(counts));

        let mut totals = Totals {
            total_blocks: 1,
            total_bytes: 2,
            live_blocks: -3,
            live_bytes: -4,
            peak_bytes: Some(5),
        };
        assert_eq!(totals.to_string().parse::<Totals>().ok(), Some(totals));
        totals.peak_bytes = None;
        assert_eq!(totals.to_string().parse::<Totals>().ok(), Some(totals));
    }

    #[test]
    fn a_line_with_a_number_too_few_or_too_many_is_refused() {
        assert!("1 2 3 4 5 6 7 8".parse::<Counts>().is_err());
        assert!("1 2 3 4 5 6 7 8 9 10".parse::<Counts>().is_err());
        assert!("1 2 3".parse::<Totals>().is_err());
        assert!("1 2 3 4 5 6".parse::<Totals>().is_err());
    }
}
