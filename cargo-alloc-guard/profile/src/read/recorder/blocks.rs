//! What a file consists of: blocks, and what those say that are not events.

use std::collections::{BTreeMap, HashMap};

use super::{MAGIC, RECORDER_VERSIONS, bytes::Bytes, paths::Paths};
use crate::{
    error::{Error, ErrorKind},
    symbols::{ModuleId, Symbols},
};

/// What a payload is at most.
const LONGEST: usize = 1 << 24;

/// The block that a file begins with.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) id: u64,
    /// Since 1970.
    pub(super) started_ns: u64,
    pub(super) ticks: u64,
    /// Mean bytes between samples; 0 without sampling.
    pub(super) sampling: u64,
    pub(super) executable: String,
    pub(super) target: String,
    pub(super) is_debug: Option<bool>,
}

/// The last block of a process that ended well.
#[derive(Debug)]
pub(super) struct End {
    pub(super) ticks: u64,
    pub(super) ns: u64,
    pub(super) allocations: u64,
    /// The process was about to end; else it recorded on.
    pub(super) is_last: bool,
}

/// A block of events: what it begins with, and its events.
#[derive(Clone, Copy, Debug)]
pub(super) struct EventBlock<'a> {
    pub(super) ticks: u64,
    pub(super) ns: u64,
    pub(super) thread: u64,
    pub(super) operation: u64,
    pub(super) phase: u64,
    pub(super) events: Bytes<'a>,
}

/// Everything in a file, events still packed.
pub(super) struct Blocks<'a> {
    pub(super) process: Process,
    pub(super) operations: HashMap<u64, String>,
    pub(super) threads: HashMap<u64, String>,
    pub(super) events: Vec<EventBlock<'a>>,
    pub(super) lost_calls: u64,
    pub(super) lost_stacks: u64,
    pub(super) end: Option<End>,
    /// Where a block begins that is not all there.
    pub(super) cut_off: Option<u64>,
}

/// Splits `file` into its blocks, and hands paths to `paths` and modules to `symbols`.
pub(super) fn split<'a>(
    file: &'a [u8],
    paths: &mut Paths,
    symbols: &mut Symbols,
) -> Result<Blocks<'a>, Error> {
    let Some((version, rest)) = file
        .strip_prefix(MAGIC)
        .and_then(|rest| rest.split_first_chunk::<4>())
    else {
        return Err(ended_early());
    };
    let version = u32::from_le_bytes(*version);
    if !RECORDER_VERSIONS.contains(&version) {
        return Err(Error::new(
            ErrorKind::Version,
            format!(
                "a profile of version {version}, and this program reads versions {} to {}; \
                 use the cargo-alloc-guard of the alloc-guard that recorded it",
                RECORDER_VERSIONS.start(),
                RECORDER_VERSIONS.end(),
            ),
        )
        .at(MAGIC.len() as u64));
    }
    let mut walk = Walk {
        rest,
        offset: (MAGIC.len() + 4) as u64,
    };
    let process = match walk.next() {
        Some(Ok((1, payload))) => process(payload)?,
        Some(Ok((kind, payload))) => {
            return Err(payload.damaged(&format!(
                "it begins with a block of kind {kind}, not with the process's"
            )));
        }
        Some(Err(Cut::TooLong(error))) => return Err(error),
        Some(Err(Cut::Off(_))) | None => return Err(ended_early()),
    };
    let mut blocks = Blocks {
        process,
        operations: HashMap::new(),
        threads: HashMap::new(),
        events: Vec::new(),
        lost_calls: 0,
        lost_stacks: 0,
        end: None,
        cut_off: None,
    };
    let mut modules = Modules::default();
    for block in walk.by_ref() {
        let (kind, payload) = match block {
            Ok(block) => block,
            Err(Cut::Off(offset)) => {
                blocks.cut_off = Some(offset);
                break;
            }
            Err(Cut::TooLong(error)) => return Err(error),
        };
        match kind {
            2 => modules.read(payload, symbols)?,
            3 => paths.read(payload, |address| modules.of(address))?,
            4 => names(payload, &mut blocks.operations)?,
            5 => names(payload, &mut blocks.threads)?,
            6 => blocks.events.push(event_block(payload)?),
            7 => (blocks.lost_calls, blocks.lost_stacks) = lost(payload)?,
            8 => blocks.end = Some(end(payload)?),
            // Of a later minor version: the format says to pass over it.
            _ => {}
        }
    }
    Ok(blocks)
}

fn ended_early() -> Error {
    Error::new(
        ErrorKind::Damaged,
        "the file ends before it says which process it is of: the process ended as it began; record again",
    )
}

/// Goes from block to block.
struct Walk<'a> {
    rest: &'a [u8],
    offset: u64,
}

enum Cut {
    /// The file ends within the block that begins here.
    Off(u64),
    TooLong(Error),
}

impl<'a> Iterator for Walk<'a> {
    type Item = Result<(u8, Bytes<'a>), Cut>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let Some(([kind, length @ ..], rest)) = self.rest.split_first_chunk::<5>() else {
            return Some(Err(Cut::Off(self.offset)));
        };
        let length = u32::from_le_bytes(*length) as usize;
        if length > LONGEST {
            return Some(Err(Cut::TooLong(Bytes::new(&[], self.offset).damaged(
                &format!("a block of {length} bytes, and {LONGEST} are the most"),
            ))));
        }
        let Some((payload, rest)) = rest.split_at_checked(length) else {
            return Some(Err(Cut::Off(self.offset)));
        };
        let payload = Bytes::new(payload, self.offset + 5);
        self.rest = rest;
        self.offset += 5 + length as u64;
        Some(Ok((*kind, payload)))
    }
}

fn process(mut payload: Bytes<'_>) -> Result<Process, Error> {
    let id = payload.number()?;
    let started_ns = payload.number()?;
    let ticks = payload.number()?;
    let _pointer_bits = payload.number()?;
    let sampling = payload.number()?;
    let _with_stacks_of_deallocations = payload.number()?;
    let executable = payload.text()?;
    let target = payload.text()?;
    let _compiler = payload.text()?;
    let is_debug = match payload.bytes()? {
        b"debug" => Some(true),
        b"release" => Some(false),
        _ => None,
    };
    Ok(Process {
        id,
        started_ns,
        ticks,
        sampling,
        executable,
        target,
        is_debug,
    })
}

fn names(mut payload: Bytes<'_>, names: &mut HashMap<u64, String>) -> Result<(), Error> {
    while !payload.is_empty() {
        let id = payload.number()?;
        let name = payload.text()?;
        names.insert(id, name);
    }
    Ok(())
}

fn event_block(mut payload: Bytes<'_>) -> Result<EventBlock<'_>, Error> {
    Ok(EventBlock {
        ticks: payload.number()?,
        ns: payload.number()?,
        thread: payload.number()?,
        operation: payload.number()?,
        phase: payload.number()?,
        events: payload,
    })
}

fn lost(mut payload: Bytes<'_>) -> Result<(u64, u64), Error> {
    Ok((payload.number()?, payload.number()?))
}

fn end(mut payload: Bytes<'_>) -> Result<End, Error> {
    let ticks = payload.number()?;
    let ns = payload.number()?;
    let allocations = payload.number()?;
    let _bytes = payload.number()?;
    let _deallocations = payload.number()?;
    let _failed = payload.number()?;
    Ok(End {
        ticks,
        ns,
        allocations,
        is_last: payload.number()? != 0,
    })
}

/// Which module is where, as the file has it up to here.
#[derive(Default)]
struct Modules {
    /// By the first address: the last address, the module, and its load bias.
    mapped: BTreeMap<u64, (u64, ModuleId, u64)>,
}

impl Modules {
    fn read(&mut self, mut payload: Bytes<'_>, symbols: &mut Symbols) -> Result<(), Error> {
        while !payload.is_empty() {
            let path = payload.text()?;
            let build_id = payload.bytes()?;
            let first = payload.number()?;
            let length = payload.number()?;
            let bias = payload.number()?;
            let Some(last) = length.checked_sub(1).map(|more| first.saturating_add(more)) else {
                continue;
            };
            // What was there before is unmapped.
            while let Some((&old, _)) = self
                .mapped
                .range(..=last)
                .next_back()
                .filter(|(_, (old_last, ..))| *old_last >= first)
            {
                self.mapped.remove(&old);
            }
            let module = symbols.module(&path, build_id);
            self.mapped.insert(first, (last, module, bias));
        }
        Ok(())
    }

    /// The module at `address`, and the address in its file.
    fn of(&self, address: u64) -> Option<(ModuleId, u64)> {
        let (_, (last, module, bias)) = self.mapped.range(..=address).next_back()?;
        (address <= *last).then_some((*module, address.wrapping_sub(*bias)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbols::Lookup;

    #[test]
    fn a_module_takes_the_place_of_those_whose_addresses_it_takes_and_of_no_other() {
        let mut symbols = Symbols::new(Lookup::Never);
        let mut modules = Modules::default();
        let mut map = |path: &str, first: u8, length: u8| {
            let mut payload = vec![u8::try_from(path.len()).unwrap()];
            payload.extend(path.as_bytes());
            // Without a build id and a load bias.
            payload.extend([0, first, length, 0]);
            modules.read(Bytes::new(&payload, 0), &mut symbols).unwrap();
        };
        map("low", 0x10, 0x10);
        map("middle", 0x20, 0x10);
        map("high", 0x30, 0x10);
        map("new", 0x2f, 2);
        let mut of = |address| {
            let (module, _) = modules.of(address)?;
            let names = ["low", "middle", "high", "new"];
            names
                .into_iter()
                .find(|name| symbols.module(name, b"") == module)
        };
        for (address, expected) in [
            (0xf, None),
            (0x10, Some("low")),
            (0x1f, Some("low")),
            (0x20, None),
            (0x2e, None),
            (0x2f, Some("new")),
            (0x30, Some("new")),
            (0x31, None),
            (0x3f, None),
        ] {
            assert_eq!(of(address), expected, "{address:#x}");
        }
    }
}
