//! A reader of the profile format, written from its description and as simple as can be.

use std::{collections::HashMap, fs, path::Path};

/// An event, with whatever of its fields its kind has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) tag: u8,
    pub(crate) thread: u64,
    pub(crate) operation: u64,
    pub(crate) phase: u64,
    pub(crate) ticks: u64,
    pub(crate) took: u64,
    pub(crate) old: u64,
    pub(crate) old_size: u64,
    pub(crate) address: u64,
    pub(crate) size: u64,
    pub(crate) path: i64,
}

#[derive(Debug, Default)]
pub(crate) struct Profile {
    pub(crate) pid: u64,
    pub(crate) sample: u64,
    pub(crate) executable: String,
    pub(crate) texts: Vec<String>,
    pub(crate) modules: Vec<(String, Vec<u8>, u64, u64, u64)>,
    /// Caller and address of each id.
    pub(crate) paths: HashMap<u64, (u64, u64)>,
    pub(crate) operations: HashMap<u64, String>,
    pub(crate) threads: HashMap<u64, String>,
    pub(crate) events: Vec<Event>,
    /// How many of them were packed.
    pub(crate) packed: usize,
    pub(crate) blocks: usize,
    pub(crate) lost: (u64, u64),
    /// Ticks, nanoseconds, allocations, bytes, deallocations, failed calls, whether about to end.
    pub(crate) end: Option<[u64; 7]>,
    /// Bytes of a last block that was cut off.
    pub(crate) cut_off: usize,
}

struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, len: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(len);
        self.0 = rest;
        taken
    }

    fn number(&mut self) -> u64 {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.take(1)[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return value;
            }
        }
        panic!("a number of more than ten bytes");
    }

    /// The parts of a word of `len` bytes, each of so many bits, from its second hexadecimal digit on.
    fn parts<const N: usize>(&mut self, len: usize, bits: [u32; N]) -> [u64; N] {
        let bytes = self.take(len).iter().rev();
        let mut word = bytes.fold(0, |word, byte| word * 0x100 + u64::from(*byte)) / 0x10;
        let parts = bits.map(|bits| {
            let part = word % (1 << bits);
            word /= 1 << bits;
            part
        });
        assert_eq!(word, 0);
        parts
    }

    fn text(&mut self) -> String {
        let len = usize::try_from(self.number()).unwrap();
        String::from_utf8(self.take(len).to_vec()).unwrap()
    }
}

fn step(last: u64, number: u64) -> u64 {
    let unit = if number & 1 == 0 { 8 } else { 1 };
    last.wrapping_add_signed(unzigzag(number >> 1) * unit)
}

fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

/// The fields of an event as they are coded.
#[derive(Default)]
struct Fields {
    past: u64,
    took: u64,
    old: u64,
    old_size: u64,
    address: u64,
    size: u64,
    path: u64,
}

impl Fields {
    fn read(tag: u8, from: &mut Bytes<'_>) -> Self {
        let mut number = |is_there: bool| if is_there { from.number() } else { 0 };
        Self {
            past: number(true),
            took: number(tag == 2),
            old: number(tag == 2),
            old_size: number(tag == 2),
            address: number(tag != 5),
            size: number(matches!(tag, 0 | 1 | 2 | 5)),
            path: number(tag != 3),
        }
    }
}

impl Profile {
    /// The one file in a folder.
    pub(crate) fn only_one_in(folder: &Path) -> Self {
        let files: Vec<_> = fs::read_dir(folder).unwrap().collect();
        assert_eq!(files.len(), 1, "{files:?}");
        Self::read(&files[0].as_ref().unwrap().path())
    }

    pub(crate) fn read(path: &Path) -> Self {
        let bytes = fs::read(path).unwrap();
        let mut rest = Bytes(&bytes);
        assert_eq!(rest.take(12), b"AGPROF\x1a\n\x02\0\0\0");
        let mut profile = Self::default();
        while let Some((head, after)) = rest.0.split_at_checked(5) {
            let len = u32::from_le_bytes(head[1..].try_into().unwrap()) as usize;
            assert!(len <= 1 << 24);
            let Some((payload, after)) = after.split_at_checked(len) else {
                break;
            };
            assert_eq!(profile.blocks == 0, head[0] == 1);
            assert!(profile.end.is_none(), "a block after the end");
            profile.block(head[0], Bytes(payload));
            profile.blocks += 1;
            rest.0 = after;
        }
        profile.cut_off = rest.0.len();
        profile
    }

    fn block(&mut self, kind: u8, mut from: Bytes<'_>) {
        match kind {
            1 => {
                let numbers: Vec<u64> = (0..6).map(|_| from.number()).collect();
                (self.pid, self.sample) = (numbers[0], numbers[4]);
                assert_eq!(numbers[3], u64::from(usize::BITS));
                self.executable = from.text();
                self.texts = (0..3).map(|_| from.text()).collect();
            }
            7 => self.lost = (from.number(), from.number()),
            8 => self.end = Some(std::array::from_fn(|_| from.number())),
            6 => return self.events(from),
            _ => {
                while !from.0.is_empty() {
                    self.definition(kind, &mut from);
                }
            }
        }
        assert!(from.0.is_empty(), "{kind}");
    }

    fn definition(&mut self, kind: u8, from: &mut Bytes<'_>) {
        if kind == 2 {
            let path = from.text();
            let len = usize::try_from(from.number()).unwrap();
            let id = from.take(len).to_vec();
            let (first, len, bias) = (from.number(), from.number(), from.number());
            return self.modules.push((path, id, first, len, bias));
        }
        let id = from.number();
        let before = match kind {
            3 => {
                let path = (from.number(), from.number());
                self.paths.insert(id, path).map(|_| String::new())
            }
            4 => self.operations.insert(id, from.text()),
            5 => self.threads.insert(id, from.text()),
            kind => panic!("unknown kind {kind}"),
        };
        assert_eq!(before, None, "{kind}: {id} is defined twice");
    }

    fn events(&mut self, mut from: Bytes<'_>) {
        let mut ticks = from.number();
        from.number();
        let mut last = Event {
            thread: from.number(),
            operation: from.number(),
            phase: from.number(),
            ..Event::default()
        };
        let (mut address, mut path) = (0, 0);
        while !from.0.is_empty() {
            let first = from.0[0];
            let mut event = Event { tag: first, ..last };
            let is_packed = first & 8 != 0;
            if is_packed {
                event.tag = first & 7;
                self.packed += 1;
            } else {
                from.take(1);
            }
            match event.tag {
                6 => (event.operation, event.phase) = (from.number(), from.number()),
                7 => (event.thread, event.operation, event.phase) = (from.number(), 0, 0),
                tag => {
                    let mut fields = Fields::default();
                    match (is_packed, tag) {
                        (true, 0 | 1) => {
                            [fields.past, fields.path, fields.size, fields.address] =
                                from.parts(8, [12, 12, 14, 22]);
                        }
                        (true, 3) => [fields.past, fields.address] = from.parts(5, [12, 24]),
                        (false, 0..6) => fields = Fields::read(tag, &mut from),
                        _ => panic!("unknown tag {first:#04x}"),
                    }
                    ticks += fields.past;
                    (event.ticks, event.took) = (ticks, fields.took);
                    if tag == 2 {
                        address = step(address, fields.old);
                        (event.old, event.old_size) = (address, fields.old_size);
                    }
                    if tag != 5 {
                        address = step(address, fields.address);
                        event.address = address;
                    }
                    if tag != 3 {
                        path += unzigzag(fields.path);
                        event.path = path;
                    }
                    event.size = fields.size;
                    self.events.push(event);
                }
            }
            last = Event {
                thread: event.thread,
                operation: event.operation,
                phase: event.phase,
                ..Event::default()
            };
        }
    }

    /// The events of the threads of this name.
    pub(crate) fn of(&self, name: &str) -> Vec<Event> {
        let is_wanted = |event: &&Event| self.threads[&event.thread] == name;
        self.events.iter().filter(is_wanted).copied().collect()
    }

    /// The addresses of an event's stack, innermost first.
    pub(crate) fn stack(&self, event: &Event) -> Vec<u64> {
        let mut path = u64::try_from(event.path).unwrap();
        let mut stack = Vec::new();
        // Id 1 stands for callers that were cut off, and has no definition.
        while path > 1 {
            let (caller, address) = self.paths[&path];
            stack.push(address);
            path = caller;
            assert!(stack.len() < 100_000, "a circle of paths");
        }
        stack
    }
}
