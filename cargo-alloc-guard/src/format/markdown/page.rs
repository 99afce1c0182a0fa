//! Owns how much of a document there may be: what does not fit is left out whole, and counted.

use std::io::Write;

use anyhow::Result;

/// What is being written, and how many bytes it may still take.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    left: usize,
    /// What is kept free for what comes later.
    reserved: usize,
}

/// Whether there was room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    Taken,
    None,
}

/// How many there are of something, and how many of them the document shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) all: u64,
    pub(super) shown: u64,
}

impl<'a> Page<'a> {
    pub(super) fn new(limit: Option<usize>, out: &'a mut dyn Write) -> Self {
        Self {
            out,
            left: limit.unwrap_or(usize::MAX),
            reserved: 0,
        }
    }

    /// Writes a text, or nothing of it.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub(super) fn put(&mut self, text: &str) -> Result<Room> {
        if text.len() > self.room() {
            return Ok(Room::None);
        }
        self.left -= text.len();
        self.out.write_all(text.as_bytes())?;
        Ok(Room::Taken)
    }

    /// How much can be put.
    pub(super) const fn room(&self) -> usize {
        self.left.saturating_sub(self.reserved)
    }

    /// Keeps so much free, until it is released.
    pub(super) const fn reserve(&mut self, bytes: usize) {
        self.reserved = self.reserved.saturating_add(bytes);
    }

    pub(super) const fn release(&mut self, bytes: usize) {
        self.reserved = self.reserved.saturating_sub(bytes);
    }

    /// Puts what opens and closes a section, with what `within` puts between them, or nothing of it
    /// where there is no room for both ends.
    ///
    /// # Errors
    /// If the output cannot be written, or with the error of `within`.
    pub(super) fn section(
        &mut self,
        (open, close): (&str, &str),
        within: &mut dyn FnMut(&mut Self) -> Result<()>,
    ) -> Result<Room> {
        if open.len() + close.len() > self.room() {
            return Ok(Room::None);
        }
        self.put(open)?;
        let reserved = self.reserved;
        self.reserve(close.len());
        within(self)?;
        self.reserved = reserved;
        self.put(close)
    }

    /// # Errors
    /// If the output cannot be written.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.out.flush()?;
        Ok(())
    }
}
