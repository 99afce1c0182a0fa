//! The events of a file, put together to a profile.

use std::{collections::HashMap, io::Read, time::Duration};

use super::{
    chunks::{Chunks, Result, Stop},
    events::{self, Block, DecodedFrame, Event, Header, Key, MAPS, NONE},
    maps::{self, Region},
};
use crate::{
    error::{Error, ErrorKind},
    frames::{Place, Placed, demangle, is_profiler},
    model::{
        Allocation, AllocationId, Allocations, Data, FrameId, Kind, Origin, Profile, StackId,
        Thread, ThreadId, Warning,
    },
    symbols::Symbols,
};

/// Reads a file to its end.
pub(crate) fn read(file: impl Read, symbols: Symbols) -> std::result::Result<Profile, Error> {
    let mut chunks = Chunks::new(file);
    let mut load = Load {
        symbols,
        header: None,
        truncated: None,
        environment: false,
        stripped: 0,
        placed: Placed::default(),
        strings: HashMap::new(),
        decoded: Vec::new(),
        regions: Vec::new(),
        frames: HashMap::new(),
        stacks: HashMap::new(),
        decoded_stacks: 0,
        last_backtrace: HashMap::new(),
        threads: HashMap::new(),
        thread_list: Vec::new(),
        rows: Vec::new(),
        operations: Vec::new(),
        live: HashMap::new(),
        unknown_frees: 0,
        missed_frees: 0,
    };
    match load.all(&mut chunks) {
        Ok(()) => {}
        // Before its header it is no profile that ends, but none.
        Err(Stop::End | Stop::CutOff) if load.header.is_none() => {
            return Err(Error::new(
                ErrorKind::Damaged,
                "the file ends before its header; record again",
            ));
        }
        Err(Stop::End | Stop::CutOff) => load.truncated = Some(chunks.read()),
        Err(Stop::Error(error)) => return Err(error),
    }
    load.finish()
}

/// An allocation, before allocations are in the order of time.
struct Row {
    us: u64,
    size: u64,
    stack: StackId,
    thread: ThreadId,
    kind: Kind,
    predecessor: Option<u32>,
}

/// What happened to a row, and when.
struct Operation {
    us: u64,
    row: u32,
    ends: bool,
}

struct Load {
    symbols: Symbols,
    header: Option<Header>,
    truncated: Option<u64>,
    environment: bool,
    /// Allocations that were taken out of the file.
    stripped: u64,
    placed: Placed,
    strings: HashMap<u32, String>,
    decoded: Vec<Decoded>,
    regions: Vec<Region>,
    /// The frames of each address, innermost first; of the regions that are known now.
    frames: HashMap<u64, Vec<FrameId>>,
    stacks: HashMap<u64, StackId>,
    /// How many backtraces came decoded: they are numbered as they come.
    decoded_stacks: u64,
    last_backtrace: HashMap<u32, Vec<u64>>,
    threads: HashMap<u32, ThreadId>,
    thread_list: Vec<Thread>,
    rows: Vec<Row>,
    operations: Vec<Operation>,
    live: HashMap<Key, u32>,
    unknown_frees: u64,
    missed_frees: u64,
}

/// A decoded frame, and whether it is the profiler's own.
struct Decoded {
    frame: FrameId,
    profiler: bool,
}

impl Load {
    fn all<R: Read>(&mut self, chunks: &mut Chunks<R>) -> Result<()> {
        while chunks.more()? {
            let event = events::read(chunks)?;
            if self.header.is_none() && !matches!(event, Event::Header(_)) {
                return Err(chunks.damaged("it does not begin with a header"));
            }
            self.event(event, chunks)?;
        }
        Ok(())
    }

    fn event<R: Read>(&mut self, event: Event, chunks: &Chunks<R>) -> Result<()> {
        match event {
            // A file that was put together has more than one; the first holds.
            Event::Header(header) => {
                if header.pointer_bytes != 4 && header.pointer_bytes != 8 {
                    return Err(
                        chunks.damaged(&format!("pointers of {} bytes", header.pointer_bytes))
                    );
                }
                self.symbols.started(started(&header));
                self.header.get_or_insert(header);
            }
            Event::Allocated { id, us, block } => {
                let kind = if block.zeroed {
                    Kind::Zeroed
                } else {
                    Kind::Plain
                };
                self.allocated(id.unwrap_or((0, block.pointer)), us, &block, kind, None)?;
            }
            Event::Reallocated { id, us, old, block } => {
                let predecessor = self.live.remove(&id.unwrap_or((0, old)));
                let old_size = predecessor.and_then(|row| Some(self.rows.get(row as usize)?.size));
                let kind = match old_size {
                    Some(old) if block.size < old => Kind::Shrink,
                    _ => Kind::Grow,
                };
                if predecessor.is_none() {
                    self.unknown_frees += 1;
                }
                self.allocated(
                    id.unwrap_or((0, block.pointer)),
                    us,
                    &block,
                    kind,
                    predecessor,
                )?;
            }
            Event::Freed { id, us, pointer } => {
                match self.live.remove(&id.unwrap_or((0, pointer))) {
                    Some(row) => self.operations.push(Operation {
                        us,
                        row,
                        ends: true,
                    }),
                    None => self.unknown_frees += 1,
                }
            }
            Event::File { path, content } => {
                if path == MAPS {
                    self.regions = maps::parse(&content);
                    self.frames.clear();
                } else {
                    self.symbols
                        .embed(&String::from_utf8_lossy(&path), &content);
                }
            }
            Event::Backtrace { id, addresses } => {
                let stack = self.stack(&addresses);
                self.stacks.insert(id, stack);
            }
            Event::PartialBacktrace {
                id,
                thread,
                gone,
                addresses,
            } => {
                let last = self.last_backtrace.remove(&thread).unwrap_or_default();
                let kept = if gone == NONE {
                    last.len()
                } else {
                    gone as usize
                };
                let whole: Vec<u64> = addresses
                    .into_iter()
                    .chain(last.into_iter().skip(kept))
                    .collect();
                let stack = self.stack(&whole);
                self.stacks.insert(id, stack);
                self.last_backtrace.insert(thread, whole);
            }
            Event::Environment => self.environment = true,
            Event::String { id, text } => {
                self.strings
                    .insert(id, String::from_utf8_lossy(&text).into_owned());
            }
            Event::DecodedFrame(frame) => self.decoded_frame(&frame),
            Event::DecodedBacktrace(frames) => self.decoded_backtrace(&frames),
            Event::Stripped { count } => self.stripped = self.stripped.saturating_add(count),
            Event::Other => {}
        }
        Ok(())
    }

    fn allocated(
        &mut self,
        key: Key,
        us: u64,
        block: &Block,
        kind: Kind,
        predecessor: Option<u32>,
    ) -> std::result::Result<(), Error> {
        if self.rows.len() >= Allocations::LIMIT {
            return Err(Error::too_large());
        }
        let row = u32::try_from(self.rows.len()).map_err(|_| Error::too_large())?;
        let next_thread = ThreadId(u32::try_from(self.thread_list.len()).unwrap_or(u32::MAX));
        let thread = *self.threads.entry(block.thread).or_insert(next_thread);
        if thread == next_thread {
            self.thread_list.push(Thread {
                id: block.thread.into(),
                name: String::new(),
            });
        }
        self.rows.push(Row {
            us,
            size: block.size,
            stack: self
                .stacks
                .get(&block.backtrace)
                .copied()
                .unwrap_or_default(),
            thread,
            kind,
            predecessor,
        });
        self.operations.push(Operation {
            us,
            row,
            ends: false,
        });
        if let Some(missed) = self.live.insert(key, row) {
            self.missed_frees += 1;
            self.operations.push(Operation {
                us,
                row: missed,
                ends: true,
            });
        }
        Ok(())
    }

    /// The stack of addresses, innermost first.
    fn stack(&mut self, addresses: &[u64]) -> StackId {
        let own = addresses
            .iter()
            .take_while(|address| {
                maps::find(&self.regions, address.saturating_sub(1))
                    .is_some_and(|region| is_profiler(&region.path))
            })
            .count();
        let mut stack = StackId::EMPTY;
        for address in addresses.iter().skip(own).rev() {
            // A return address is behind the call.
            let address = address.saturating_sub(1);
            if !self.frames.contains_key(&address) {
                let frames = self.name(address);
                self.frames.insert(address, frames);
            }
            let frames = self.frames.get(&address).map_or(&[][..], |frames| frames);
            for frame in frames.iter().rev() {
                stack = self.placed.stacks.call(stack, *frame);
            }
        }
        stack
    }

    /// The frames at `address`, innermost first.
    fn name(&mut self, address: u64) -> Vec<FrameId> {
        match maps::find(&self.regions, address) {
            Some(region) => {
                let module = self.symbols.module(&region.path, &[]);
                let offset = address - region.start + region.file_offset;
                self.symbols
                    .frames_at_offset(Some(module), offset, &mut self.placed)
            }
            None => self.symbols.frames(None, address, &mut self.placed),
        }
    }

    fn decoded_frame(&mut self, frame: &DecodedFrame) {
        let text = |id| self.strings.get(&id).map_or("", |text| text);
        let raw = text(frame.raw_function);
        let function = if raw.is_empty() {
            text(frame.function)
        } else {
            raw
        };
        let library = text(frame.library);
        let number = |number| if number == NONE { 0 } else { number };
        let place = Place {
            function: demangle(function),
            file: text(frame.source).to_owned(),
            address: frame.address,
            line: number(frame.line),
            column: number(frame.column),
            inlined: frame.inlined,
        };
        self.decoded.push(Decoded {
            profiler: is_profiler(library),
            frame: self.placed.frame(library, &place),
        });
    }

    fn decoded_backtrace(&mut self, frames: &[u64]) {
        let frame = |id: &u64| self.decoded.get(usize::try_from(*id).ok()?);
        let own = frames
            .iter()
            .take_while(|id| frame(id).is_some_and(|frame| frame.profiler))
            .count();
        let mut stack = StackId::EMPTY;
        for decoded in frames.iter().skip(own).rev().filter_map(frame) {
            stack = self.placed.stacks.call(stack, decoded.frame);
        }
        self.stacks.insert(self.decoded_stacks, stack);
        self.decoded_stacks += 1;
    }

    fn finish(self) -> std::result::Result<Profile, Error> {
        let header = self
            .header
            .ok_or_else(|| Error::new(ErrorKind::NotAProfile, "the file is empty; record again"))?;
        let since = |us: u64| us.saturating_sub(header.initial_us).saturating_mul(1000);
        let (allocations, last_us) = in_order(&self.rows, self.operations, since)?;
        let mut warnings = Vec::new();
        if let Some(offset) = self.truncated {
            warnings.push(Warning::Truncated { offset });
        }
        if self.environment {
            warnings.push(Warning::EnvironmentInFile);
        }
        if self.stripped > 0 {
            warnings.push(Warning::Stripped(self.stripped));
        }
        warnings.extend(self.symbols.warnings());
        if self.unknown_frees > 0 {
            warnings.push(Warning::UnknownFrees(self.unknown_frees));
        }
        if self.missed_frees > 0 {
            warnings.push(Warning::MissedFrees(self.missed_frees));
        }
        Ok(Profile {
            origin: Origin::Bytehound,
            program: String::from_utf8_lossy(&header.executable).into_owned(),
            process_id: header.process_id.into(),
            started: Some(started(&header)),
            duration_ns: since(last_us),
            target: String::from_utf8_lossy(&header.architecture).into_owned(),
            warnings,
            strings: self.placed.strings,
            stacks: self.placed.stacks,
            threads: self.thread_list,
            unknown_frees: self.unknown_frees,
            data: Data::Allocations(Box::new(allocations)),
            ..Profile::default()
        })
    }
}

/// When the process began, since 1970.
fn started(header: &Header) -> Duration {
    let since = header.timestamp_us.saturating_sub(header.initial_us);
    Duration::from_secs(header.wall_seconds)
        .saturating_add(Duration::from_nanos(header.wall_nanoseconds))
        .saturating_sub(Duration::from_micros(since))
}

/// Puts allocations into the order of time: the file has them thread by thread, in pieces. Also the last moment.
fn in_order(
    rows: &[Row],
    mut operations: Vec<Operation>,
    since: impl Fn(u64) -> u64,
) -> std::result::Result<(Allocations, u64), Error> {
    // A block does not end before it begins, nor is it reallocated before, whatever the clocks of two processors say.
    let mut begins: Vec<u64> = Vec::with_capacity(rows.len());
    for row in rows {
        let before = row
            .predecessor
            .and_then(|predecessor| begins.get(predecessor as usize).copied());
        begins.push(row.us.max(before.unwrap_or(0)));
    }
    for operation in &mut operations {
        let begin = begins.get(operation.row as usize).copied();
        operation.us = operation.us.max(begin.unwrap_or(0));
    }
    operations.sort_by_key(|operation| operation.us);
    let mut allocations = Allocations::default();
    let mut ids: Vec<Option<AllocationId>> = vec![None; rows.len()];
    let mut last_us = 0;
    for operation in operations {
        last_us = operation.us;
        let index = operation.row as usize;
        let Some(row) = rows.get(index) else {
            continue;
        };
        let time_ns = since(operation.us);
        if operation.ends {
            if let Some(id) = ids[index] {
                allocations.free(id, time_ns);
            }
            continue;
        }
        let predecessor = row.predecessor.and_then(|row| ids[row as usize]);
        if let Some(predecessor) = predecessor {
            allocations.replace(predecessor, time_ns);
        }
        ids[index] = allocations.push(Allocation {
            time_ns,
            end_ns: None,
            size: row.size,
            stack: row.stack,
            thread: row.thread,
            context: crate::model::ContextId::NONE,
            kind: row.kind,
            predecessor,
            weight: 1,
        });
        if ids[index].is_none() {
            return Err(Error::too_large());
        }
    }
    Ok((allocations, last_us))
}
