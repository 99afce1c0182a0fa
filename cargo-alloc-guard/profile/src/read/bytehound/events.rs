//! The events of the stream. Those that say nothing of allocations are read over.

use std::io::Read;

use super::chunks::{Chunks, Result, Stop};
use crate::error::{Error, ErrorKind};

/// What names an allocation: a thread's and an allocation's number, or, in older files and for foreign blocks, its address.
pub(super) type Key = (u64, u64);

#[derive(Debug)]
pub(super) struct Header {
    pub(super) initial_us: u64,
    pub(super) timestamp_us: u64,
    pub(super) wall_seconds: u64,
    pub(super) wall_nanoseconds: u64,
    pub(super) process_id: u32,
    pub(super) executable: Vec<u8>,
    pub(super) architecture: Vec<u8>,
    pub(super) pointer_bytes: u8,
}

#[derive(Debug)]
pub(super) struct Block {
    pub(super) pointer: u64,
    pub(super) size: u64,
    pub(super) backtrace: u64,
    pub(super) thread: u32,
    pub(super) zeroed: bool,
}

/// A frame that was decoded when the file was written; [`NONE`] is what is not known.
#[derive(Debug)]
pub(super) struct DecodedFrame {
    pub(super) address: u64,
    pub(super) library: u32,
    pub(super) raw_function: u32,
    pub(super) function: u32,
    pub(super) source: u32,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) inlined: bool,
}

pub(super) const NONE: u32 = u32::MAX;

#[derive(Debug)]
pub(super) enum Event {
    Header(Header),
    Allocated {
        id: Option<Key>,
        us: u64,
        block: Block,
    },
    Reallocated {
        id: Option<Key>,
        us: u64,
        old: u64,
        block: Block,
    },
    Freed {
        id: Option<Key>,
        us: u64,
        pointer: u64,
    },
    File {
        path: Vec<u8>,
        content: Vec<u8>,
    },
    Backtrace {
        id: u64,
        addresses: Vec<u64>,
    },
    /// A backtrace that differs from the thread's last one in its innermost frames.
    PartialBacktrace {
        id: u64,
        thread: u32,
        /// How many of the last one's frames are gone; [`NONE`]: all.
        gone: u32,
        addresses: Vec<u64>,
    },
    Environment,
    String {
        id: u32,
        text: Vec<u8>,
    },
    DecodedFrame(DecodedFrame),
    DecodedBacktrace(Vec<u64>),
    /// Allocations that `bytehound strip` took out of the file.
    Stripped {
        count: u64,
    },
    /// Nothing about allocations.
    Other,
}

const ZEROED: u32 = 1 << 31;
/// What begins an executable or library, and what names the list of them.
const ELF: &[u8] = b"\x7fELF";
pub(super) const MAPS: &[u8] = b"/proc/self/maps";
/// A greater tag is of a version that did not exist when this was written; the format numbers nothing else.
const LAST_TAG: u32 = 27;

/// The next event, at least one byte of which is there.
pub(super) fn read<R: Read>(chunks: &mut Chunks<R>) -> Result<Event> {
    let tag = chunks.u32()?;
    Ok(match tag {
        0 => Event::Header(header(chunks)?),
        1 | 20 => Event::Allocated {
            id: id(chunks, tag)?,
            us: chunks.u64()?,
            block: block(chunks)?,
        },
        2 | 21 => Event::Reallocated {
            id: id(chunks, tag)?,
            us: chunks.u64()?,
            old: chunks.u64()?,
            block: block(chunks)?,
        },
        3 | 22 => {
            let id = id(chunks, tag)?;
            let us = chunks.u64()?;
            let pointer = chunks.u64()?;
            chunks.skip(12)?;
            Event::Freed { id, us, pointer }
        }
        4 | 23 => file(chunks, tag)?,
        5 => Event::Backtrace {
            id: chunks.u64()?,
            addresses: addresses(chunks, 8)?,
        },
        19 => Event::Backtrace {
            id: chunks.u64()?,
            addresses: addresses(chunks, 4)?,
        },
        13 | 18 => Event::PartialBacktrace {
            id: chunks.u64()?,
            thread: chunks.u32()?,
            gone: chunks.u32()?,
            addresses: addresses(chunks, if tag == 13 { 8 } else { 4 })?,
        },
        11 => {
            let length = chunks.u32()?;
            chunks.skip(length.into())?;
            Event::Environment
        }
        14 => {
            let id = chunks.u32()?;
            let length = chunks.u32()?;
            let text = chunks.vec(length.into())?;
            Event::String { id, text }
        }
        15 => Event::DecodedFrame(DecodedFrame {
            address: chunks.u64()?,
            library: chunks.u32()?,
            raw_function: chunks.u32()?,
            function: chunks.u32()?,
            source: chunks.u32()?,
            line: chunks.u32()?,
            column: chunks.u32()?,
            inlined: chunks.u8()? != 0,
        }),
        16 => Event::DecodedBacktrace(addresses(chunks, 4)?),
        17 => {
            chunks.skip(24)?;
            let count = chunks.u64()?;
            chunks.skip(24)?;
            Event::Stripped { count }
        }
        _ => {
            other(chunks, tag)?;
            Event::Other
        }
    })
}

/// Reads over an event that says nothing of allocations.
fn other<R: Read>(chunks: &mut Chunks<R>, tag: u32) -> Result<()> {
    match tag {
        // A memory dump: address, length, and the data with their own length.
        6 => {
            chunks.skip(16)?;
            let length = chunks.u32()?;
            chunks.skip(length.into())
        }
        // A marker.
        7 => chunks.skip(4),
        // Older mmap and munmap.
        8 => chunks.skip(64),
        9 => chunks.skip(36),
        // mallopt; the time of day.
        10 => chunks.skip(32),
        12 => chunks.skip(24),
        // Regions of memory: added, removed, in use, mapped.
        24 => {
            chunks.skip(8)?;
            chunks.varint()?;
            chunks.skip(8)?;
            for _ in 0..3 {
                chunks.varint()?;
            }
            chunks.skip(12)?;
            let name = chunks.varint()?;
            chunks.skip(name)
        }
        25 => {
            chunks.skip(8)?;
            chunks.varint()?;
            chunks.skip(8)?;
            chunks.varint()?;
            for _ in 0..sources(chunks)? {
                chunks.skip(8)?;
                chunks.varint()?;
                source(chunks)?;
            }
            Ok(())
        }
        26 => {
            chunks.skip(8)?;
            chunks.varint()?;
            chunks.skip(8)?;
            for _ in 0..7 {
                chunks.varint()?;
            }
            Ok(())
        }
        27 => {
            chunks.varint()?;
            chunks.skip(8)?;
            chunks.varint()?;
            chunks.varint()?;
            chunks.skip(12)?;
            chunks.varint()?;
            source(chunks)
        }
        _ => Err(Stop::Error(
            Error::new(
                ErrorKind::Version,
                format!(
                    "no ByteHound event has the number {tag}: the file is damaged, or written by a version later than \
                     0.11 ({LAST_TAG} is the last known)"
                ),
            )
            .at(chunks.offset()),
        )),
    }
}

/// Who mapped or unmapped: a time, a backtrace, a thread.
fn source<R: Read>(chunks: &mut Chunks<R>) -> Result<()> {
    chunks.skip(8)?;
    chunks.varint()?;
    chunks.skip(4)
}

/// How many calls removed a region. Counts are of four bytes in the older events and of one or more in the newer ones, and no
/// file at hand shows which it is here. After a count of one byte comes an event's number or an address, neither of which begins
/// like the rest of a small count of four bytes.
fn sources<R: Read>(chunks: &mut Chunks<R>) -> Result<u64> {
    if let [0, 0, ..] | [_, 0, 0, 0, 0, ..] = chunks.peek() {
        chunks.u32().map(u64::from)
    } else {
        chunks.varint()
    }
}

fn header<R: Read>(chunks: &mut Chunks<R>) -> Result<Header> {
    chunks.skip(16)?;
    let initial_us = chunks.u64()?;
    let timestamp_us = chunks.u64()?;
    let wall_seconds = chunks.u64()?;
    let wall_nanoseconds = chunks.u64()?;
    let process_id = chunks.u32()?;
    // The command line, which may hold secrets.
    let length = chunks.u32()?;
    chunks.skip(length.into())?;
    let length = chunks.u32()?;
    let executable = chunks.vec(length.into())?;
    let length = chunks.u32()?;
    let architecture = chunks.vec(length.into())?;
    chunks.skip(8)?;
    Ok(Header {
        initial_us,
        timestamp_us,
        wall_seconds,
        wall_nanoseconds,
        process_id,
        executable,
        architecture,
        pointer_bytes: chunks.u8()?,
    })
}

/// The number of an allocation, which older events do not have, and which is no number for a block that was not tracked.
fn id<R: Read>(chunks: &mut Chunks<R>, tag: u32) -> Result<Option<Key>> {
    if tag < 20 {
        return Ok(None);
    }
    let (thread, allocation) = (chunks.u64()?, chunks.u64()?);
    Ok((thread != 0 && thread != u64::MAX).then_some((thread, allocation)))
}

fn block<R: Read>(chunks: &mut Chunks<R>) -> Result<Block> {
    let pointer = chunks.u64()?;
    let size = chunks.u64()?;
    let backtrace = chunks.u64()?;
    let thread = chunks.u32()?;
    let flags = chunks.u32()?;
    // What is usable beyond the requested size, and what is free before the block.
    chunks.skip(12)?;
    Ok(Block {
        pointer,
        size,
        backtrace,
        thread,
        zeroed: flags & ZEROED != 0,
    })
}

/// A file that the process had open or mapped. Of those, only executables and the list of what is mapped where are kept.
fn file<R: Read>(chunks: &mut Chunks<R>, tag: u32) -> Result<Event> {
    chunks.skip(8)?;
    let length = chunks.u32()?;
    let path = chunks.vec(length.into())?;
    let length = if tag == 4 {
        chunks.u32()?.into()
    } else {
        chunks.u64()?
    };
    let is_maps = path == MAPS;
    let mut content = Vec::new();
    chunks.bytes(length, |part| {
        if is_maps || content.len() < ELF.len() || content.starts_with(ELF) {
            content.extend_from_slice(part);
        }
    })?;
    Ok(if is_maps || content.starts_with(ELF) {
        Event::File { path, content }
    } else {
        Event::Other
    })
}

/// A list of numbers of four or eight bytes.
fn addresses<R: Read>(chunks: &mut Chunks<R>, bytes: u32) -> Result<Vec<u64>> {
    let count = chunks.u32()?;
    let mut addresses = Vec::new();
    for _ in 0..count {
        addresses.push(if bytes == 4 {
            chunks.u32()?.into()
        } else {
            chunks.u64()?
        });
    }
    Ok(addresses)
}
