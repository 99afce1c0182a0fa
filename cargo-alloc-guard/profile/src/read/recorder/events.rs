//! The events of one block, one after another.

use super::{
    blocks::EventBlock,
    bytes::{Bytes, unzigzag},
};
use crate::{error::Error, model::Kind};

/// What an event does to what is live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Allocated {
        address: u64,
        size: u64,
        kind: Kind,
        path: u64,
    },
    Freed {
        address: u64,
    },
    /// The first half of a reallocation: the old block is gone.
    Replaced {
        address: u64,
    },
    /// The second half.
    Reallocated {
        address: u64,
        old_size: u64,
        size: u64,
        path: u64,
    },
}

impl Change {
    /// Of two threads' changes at the same tick, giving back comes before handing out: the same block may be both.
    pub(super) fn hands_out(self) -> bool {
        matches!(self, Self::Allocated { .. } | Self::Reallocated { .. })
    }
}

/// Where in a block a reader is, and who called there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: Bytes<'a>,
    ticks: u64,
    address: u64,
    path: u64,
    /// The second half of a reallocation, and when it is.
    half: Option<(u64, Change)>,
    pub(super) thread: u64,
    pub(super) operation: u64,
    pub(super) phase: u64,
}

impl<'a> Cursor<'a> {
    /// The beginning of `block`, which is not before `floor`.
    pub(super) fn new(block: &EventBlock<'a>, floor: u64) -> Self {
        Self {
            rest: block.events,
            ticks: block.ticks.max(floor),
            address: 0,
            path: 0,
            half: None,
            thread: block.thread,
            operation: block.operation,
            phase: block.phase,
        }
    }

    /// The next change and when it was; `None` at the end of the block.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Option<(u64, Change)>, Error> {
        if let Some(half) = self.half.take() {
            return Ok(Some(half));
        }
        while !self.rest.is_empty() {
            let tag = self.rest.byte()?;
            let change = match tag {
                0 | 1 => {
                    self.tick()?;
                    Change::Allocated {
                        address: self.address()?,
                        size: self.rest.number()?,
                        kind: if tag == 0 { Kind::Plain } else { Kind::Zeroed },
                        path: self.path()?,
                    }
                }
                2 => self.reallocation()?,
                3 | 4 => {
                    self.tick()?;
                    let address = self.address()?;
                    if tag == 4 {
                        self.path()?;
                    }
                    Change::Freed { address }
                }
                5 => {
                    self.tick()?;
                    self.rest.number()?;
                    self.path()?;
                    continue;
                }
                6 => {
                    self.operation = self.rest.number()?;
                    self.phase = self.rest.number()?;
                    continue;
                }
                7 => {
                    self.thread = self.rest.number()?;
                    self.operation = 0;
                    self.phase = 0;
                    continue;
                }
                _ => self.packed(tag)?,
            };
            return Ok(Some((self.ticks, change)));
        }
        Ok(None)
    }

    /// An event in one word, of which `first` is the lowest byte.
    #[inline]
    fn packed(&mut self, first: u8) -> Result<Change, Error> {
        let bits = |word: u64, from: u32, to: u32| word >> from & ((1 << (to - from)) - 1);
        match first & 0xf {
            tag @ (8 | 9) => {
                let word = self.rest.after::<7>(first)?;
                self.tick_by(bits(word, 4, 16));
                Ok(Change::Allocated {
                    address: self.address_by(bits(word, 42, 64)),
                    size: bits(word, 28, 42),
                    kind: if tag == 8 { Kind::Plain } else { Kind::Zeroed },
                    path: self.path_by(bits(word, 16, 28)),
                })
            }
            11 => {
                let word = self.rest.after::<4>(first)?;
                self.tick_by(bits(word, 4, 16));
                let address = self.address_by(bits(word, 16, 40));
                Ok(Change::Freed { address })
            }
            _ => Err(self
                .rest
                .damaged(&format!("no event begins with the byte {first:#04x}"))),
        }
    }

    #[inline]
    fn tick(&mut self) -> Result<(), Error> {
        let past = self.rest.number()?;
        self.tick_by(past);
        Ok(())
    }

    #[inline]
    fn tick_by(&mut self, past: u64) {
        self.ticks = self.ticks.saturating_add(past);
    }

    #[inline]
    fn address(&mut self) -> Result<u64, Error> {
        let coded = self.rest.number()?;
        Ok(self.address_by(coded))
    }

    #[inline]
    fn address_by(&mut self, coded: u64) -> u64 {
        let way = unzigzag(coded >> 1);
        let way = if coded & 1 == 0 {
            way.wrapping_mul(8)
        } else {
            way
        };
        self.address = self.address.wrapping_add_signed(way);
        self.address
    }

    #[inline]
    fn path(&mut self) -> Result<u64, Error> {
        let coded = self.rest.number()?;
        Ok(self.path_by(coded))
    }

    #[inline]
    fn path_by(&mut self, coded: u64) -> u64 {
        self.path = self.path.wrapping_add_signed(unzigzag(coded));
        self.path
    }

    fn reallocation(&mut self) -> Result<Change, Error> {
        self.tick()?;
        let took = self.rest.number()?;
        let old = self.address()?;
        let old_size = self.rest.number()?;
        let address = self.address()?;
        let size = self.rest.number()?;
        let path = self.path()?;
        let second = Change::Reallocated {
            address,
            old_size,
            size,
            path,
        };
        self.half = Some((self.ticks.saturating_add(took), second));
        Ok(Change::Replaced { address: old })
    }
}
