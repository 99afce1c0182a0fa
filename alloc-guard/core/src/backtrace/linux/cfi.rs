//! Owns the reading of `.eh_frame_hdr` and `.eh_frame`: from a code address to its [`Rule`].
//!
//! The formats are those of the Linux Standard Base, core, chapter 10.6. Nothing is believed: every
//! read is bounded by the section, and what is damaged or unusual is left to the system's unwinder.

use super::{
    program::{self, Place, Row},
    reader::{Reader, Section},
    rule::{Layout, Rule},
};

/// What all functions of a kind have in common ("common information entry").
#[derive(Clone, Copy, Debug)]
pub(super) struct Common<'a> {
    pub(super) code_alignment: u64,
    pub(super) data_alignment: i64,
    pub(super) return_address: u64,
    /// How addresses are encoded.
    pub(super) encoding: u8,
    /// Whether functions have augmentation data of their own.
    is_augmented: bool,
    is_signal_frame: bool,
    /// What holds at the start of each function.
    program: Reader<'a>,
}

/// The rule of the code at `pc`. `section` holds both tables, and `index` is the address of the
/// first, `.eh_frame_hdr`.
pub(super) fn rule(section: Section<'_>, index: usize, pc: usize) -> Rule {
    read(section, index, pc).unwrap_or(Rule::SYSTEM)
}

fn read(section: Section<'_>, index: usize, pc: usize) -> Option<Rule> {
    let Some(function) = Table::read(section, index)?.entry(pc) else {
        return Some(Rule::SILENT);
    };
    let (id, back, mut function) = entry(section, function)?;
    // The common entry is as far back as the id says; 0 would be a common entry itself.
    if back == 0 {
        return None;
    }
    let common = common(section, id.checked_sub(usize::try_from(back).ok()?)?)?;
    let start = usize::try_from(function.encoded(common.encoding)?).ok()?;
    let len = usize::try_from(function.plain(common.encoding)?).ok()?;
    if pc.wrapping_sub(start) >= len {
        return Some(Rule::SILENT);
    }
    if common.is_signal_frame {
        return None;
    }
    if common.is_augmented {
        let len = function.unsigned()?;
        function.skip(len)?;
    }
    let initial = program::run(&common, common.program, None, &Row::START)?;
    let row = program::run(&common, function, Some((start, pc)), &initial)?;
    describe(&row)
}

fn describe(row: &Row) -> Option<Rule> {
    // A stack pointer that is anything but the CFA is that of another stack.
    if row.stack_pointer != Place::Unchanged {
        return None;
    }
    let return_address = match row.return_address {
        Place::Undefined => return Some(Rule::END),
        Place::At(offset) => offset,
        Place::Unchanged | Place::Computed => return None,
    };
    let frame_pointer = match row.frame_pointer {
        Place::At(offset) => Some(offset),
        // Undefined: lost for good, so nobody further out can need it.
        Place::Unchanged | Place::Undefined => None,
        Place::Computed => return None,
    };
    let (cfa_register, cfa_offset) = row.cfa?;
    Some(Rule::frame(Layout {
        cfa_register,
        cfa_offset,
        frame_pointer,
        return_address,
    }))
}

/// The sorted table that linkers make: for each function its start and its entry's address.
struct Table<'a> {
    /// What both are relative to.
    index: usize,
    functions: &'a [[u8; 8]],
}

impl<'a> Table<'a> {
    fn read(section: Section<'a>, index: usize) -> Option<Self> {
        let mut header = section.from(index)?;
        let (version, pointer) = (header.u8()?, header.u8()?);
        let (count, table) = (header.u8()?, header.u8()?);
        // Only what linkers write: a count of 4 bytes, and pairs relative to the header.
        if version != 1 || count != 0x03 || table != 0x3b {
            return None;
        }
        header.plain(pointer)?;
        let count = usize::try_from(header.u32()?).ok()?;
        let functions = header.split(count.checked_mul(8)?)?.bytes();
        Some(Self {
            index,
            functions: functions.as_chunks().0,
        })
    }

    /// The address of the entry of the last function that starts at or before `pc`.
    fn entry(&self, pc: usize) -> Option<usize> {
        let after = self
            .functions
            .partition_point(|[a, b, c, d, ..]| self.at([*a, *b, *c, *d]) <= pc);
        let [.., a, b, c, d] = self.functions.get(after.checked_sub(1)?)?;
        Some(self.at([*a, *b, *c, *d]))
    }

    fn at(&self, offset: [u8; 4]) -> usize {
        self.index
            .wrapping_add_signed(i32::from_ne_bytes(offset) as isize)
    }
}

/// One record of `.eh_frame`: the address of its id, the id, and what follows.
fn entry(section: Section<'_>, address: usize) -> Option<(usize, u32, Reader<'_>)> {
    let mut reader = section.from(address)?;
    let len = reader.u32()?;
    // 0 ends the section; the last values announce a length of 64 bits, which nobody writes.
    if len == 0 || len >= 0xffff_fff0 {
        return None;
    }
    let mut body = reader.split(usize::try_from(len).ok()?)?;
    let id_address = body.address();
    let id = body.u32()?;
    Some((id_address, id, body))
}

fn common(section: Section<'_>, address: usize) -> Option<Common<'_>> {
    let (_, id, mut reader) = entry(section, address)?;
    let version = reader.u8()?;
    if id != 0 || (version != 1 && version != 3) {
        return None;
    }
    let mut augmentation = reader;
    while reader.u8()? != 0 {}
    let is_augmented = match augmentation.u8()? {
        b'z' => true,
        0 => false,
        _ => return None,
    };
    let code_alignment = reader.unsigned()?;
    let data_alignment = reader.signed()?;
    let return_address = if version == 1 {
        u64::from(reader.u8()?)
    } else {
        reader.unsigned()?
    };
    let mut common = Common {
        code_alignment,
        data_alignment,
        return_address,
        encoding: 0,
        is_augmented,
        is_signal_frame: false,
        program: reader,
    };
    if is_augmented {
        let len = reader.unsigned()?;
        let mut data = reader.split(usize::try_from(len).ok()?)?;
        loop {
            match augmentation.u8()? {
                0 => break,
                b'R' => common.encoding = data.u8()?,
                b'L' => data.skip(1)?,
                b'P' => {
                    let encoding = data.u8()?;
                    // Aligned pointers: compilers of today write none.
                    if encoding & 0x70 == 0x50 {
                        return None;
                    }
                    data.plain(encoding)?;
                }
                b'S' => common.is_signal_frame = true,
                // Return addresses are signed with the other key: the signature is dropped anyway.
                b'B' => {}
                _ => return None,
            }
        }
        common.program = reader;
    }
    Some(common)
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use super::{super::modules, *};

    /// A small generator of numbers without a pattern (xorshift64).
    struct Random(u64);

    impl Random {
        fn below(&mut self, limit: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            usize::try_from(self.0 % limit as u64).unwrap()
        }
    }

    /// The tables of one module, copied, and where their index and its functions are.
    struct Tables {
        bytes: Vec<u8>,
        address: usize,
        index: usize,
        functions: Vec<usize>,
    }

    impl Tables {
        /// Those of each loaded module, cut to what is around them.
        fn all() -> Vec<Self> {
            let mut all = Vec::new();
            modules::each(|module| {
                if let Some((section, index)) = module.unwind_tables() {
                    let table = Table::read(section, index).unwrap();
                    let functions = table.functions.iter();
                    let functions = functions.map(|[a, b, c, d, ..]| table.at([*a, *b, *c, *d]));
                    all.push(Self {
                        bytes: section.bytes.to_vec(),
                        address: section.address,
                        index,
                        functions: functions.collect(),
                    });
                }
                ControlFlow::Continue(())
            });
            all
        }

        fn section(&self) -> Section<'_> {
            Section {
                bytes: &self.bytes,
                address: self.address,
            }
        }

        /// An address in some function.
        fn code(&self, random: &mut Random) -> usize {
            self.functions[random.below(self.functions.len())] + random.below(200)
        }
    }

    #[test]
    fn nearly_all_code_of_this_program_has_a_rule() {
        let tables = &Tables::all()[0];
        let functions = &tables.functions;
        assert!(functions.len() > 1_000);
        let rule = |pc: &&usize| rule(tables.section(), tables.index, **pc);
        let frames = functions.iter().filter(|pc| rule(pc).is_frame()).count();
        assert!(
            frames * 100 >= functions.len() * 99,
            "{frames} of {}",
            functions.len()
        );
    }

    /// Where every function starts, the return address is what was pushed last.
    #[test]
    #[cfg(target_arch = "x86_64")]
    fn a_function_starts_with_its_return_address_on_top() {
        let tables = &Tables::all()[0];
        let expected = Rule::frame(Layout {
            cfa_register: 7,
            cfa_offset: 8,
            frame_pointer: None,
            return_address: -8,
        });
        let starts = tables.functions.iter();
        let equal = starts.filter(|pc| rule(tables.section(), tables.index, **pc) == expected);
        assert!(equal.count() * 100 >= tables.functions.len() * 99);
    }

    #[test]
    fn code_before_and_between_functions_is_silent() {
        let tables = &Tables::all()[0];
        let first = tables.functions[0];
        assert_eq!(
            rule(tables.section(), tables.index, first - 1),
            Rule::SILENT
        );
        assert_eq!(rule(tables.section(), tables.index, 0), Rule::SILENT);
        assert_eq!(
            rule(tables.section(), tables.index, usize::MAX),
            Rule::SILENT
        );
    }

    /// Bytes that lie change rules, and nothing else: no panic, no read outside, no endless loop.
    #[test]
    fn damaged_tables_are_read_to_some_rule() {
        let mut random = Random(0x9e37_79b9_7f4a_7c15);
        for mut tables in Tables::all() {
            let index = tables.index - tables.address;
            let (mut changed, mut total) = (0, 0);
            for _ in 0..4_000 {
                let pc = tables.code(&mut random);
                let sound = rule(tables.section(), tables.index, pc);
                // In the index's header, in a pair of it, or in a description.
                let description = Table::read(tables.section(), tables.index)
                    .and_then(|table| table.entry(pc))
                    .map_or(0, |entry| entry - tables.address);
                let place = match random.below(4) {
                    0 => index + random.below(12),
                    1 => index + 12 + random.below(tables.functions.len() * 8),
                    _ => description + random.below(48),
                };
                let Some(byte) = tables.bytes.get(place).copied() else {
                    continue;
                };
                let values = [0, 1, 0x7f, 0x80, 0xff, byte ^ 1 << random.below(8)];
                tables.bytes[place] = values[random.below(values.len())];
                let damaged = rule(tables.section(), tables.index, pc);
                changed += usize::from(damaged != sound);
                total += 1;
                tables.bytes[place] = byte;
            }
            assert!(changed > 0 || total < 100, "{changed} of {total}");
        }
    }

    #[test]
    fn tables_that_are_cut_off_are_left_to_the_system() {
        let mut random = Random(7);
        let tables = &Tables::all()[0];
        let header = tables.index - tables.address;
        for _ in 0..500 {
            let pc = tables.code(&mut random);
            let section = Section {
                bytes: &tables.bytes[..header + random.below(tables.functions.len() * 8)],
                address: tables.address,
            };
            assert_eq!(rule(section, tables.index, pc), Rule::SYSTEM);
        }
    }

    /// A section with an index of one function at 0x5000, and `entries` from 0x1100 on.
    fn handmade(entries: &[u8], entry: u16) -> Vec<u8> {
        let mut bytes = vec![1, 0x1b, 0x03, 0x3b, 0, 0, 0, 0, 1, 0, 0, 0];
        bytes.extend(0x4000_u32.to_le_bytes());
        bytes.extend(u32::from(entry).to_le_bytes());
        bytes.resize(0x100, 0);
        bytes.extend(entries);
        bytes
    }

    fn handmade_rule(bytes: &[u8]) -> Rule {
        let section = Section {
            bytes,
            address: 0x1000,
        };
        rule(section, 0x1000, 0x5004)
    }

    /// A common entry with the augmentation `zR`, and a function with `program`.
    fn entries(augmentation: [u8; 2], program: &[u8]) -> Vec<u8> {
        let mut bytes = vec![16, 0, 0, 0, 0, 0, 0, 0, 1];
        bytes.extend(augmentation);
        // Alignments 1 and -8, return address in register 16, one byte of data: absolute, 4 bytes.
        bytes.extend([0, 1, 0x78, 16, 1, 0x03]);
        bytes.resize(20, 0);
        let len = u8::try_from(program.len() + 13).unwrap();
        bytes.extend([len, 0, 0, 0, 24, 0, 0, 0]);
        bytes.extend(0x5000_u32.to_le_bytes());
        bytes.extend(0x10_u32.to_le_bytes());
        bytes.push(0);
        bytes.extend(program);
        bytes
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn instructions_mean_what_dwarf_says() {
        let frame = |cfa_register, cfa_offset, frame_pointer| {
            Rule::frame(Layout {
                cfa_register,
                cfa_offset,
                frame_pointer,
                return_address: -8,
            })
        };
        // def_cfa r7 8, offset r16 1
        let head = [0x0c, 7, 8, 0x90, 1];
        for (name, program, expected) in [
            ("as it starts", &[][..], frame(7, 8, None)),
            (
                "advance, def_cfa_offset",
                &[0x42, 0x0e, 16],
                frame(7, 16, None),
            ),
            ("advance past", &[0x45, 0x0e, 16], frame(7, 8, None)),
            ("advance_loc1 past", &[0x02, 5, 0x0e, 16], frame(7, 8, None)),
            (
                "advance_loc2 to",
                &[0x03, 4, 0, 0x0e, 16],
                frame(7, 16, None),
            ),
            (
                "advance_loc4 past",
                &[0x04, 9, 0, 0, 0, 0x0e, 16],
                frame(7, 8, None),
            ),
            (
                "set_loc to",
                &[0x01, 4, 0x50, 0, 0, 0x0e, 16],
                frame(7, 16, None),
            ),
            (
                "set_loc past",
                &[0x01, 5, 0x50, 0, 0, 0x0e, 16],
                frame(7, 8, None),
            ),
            ("def_cfa_register", &[0x0d, 6], frame(6, 8, None)),
            ("def_cfa_sf", &[0x12, 6, 0x7e], frame(6, 16, None)),
            ("def_cfa_offset_sf", &[0x13, 0x7d], frame(7, 24, None)),
            ("offset", &[0x86, 2], frame(7, 8, Some(-16))),
            ("offset_extended", &[0x05, 6, 2], frame(7, 8, Some(-16))),
            ("offset_extended_sf", &[0x11, 6, 2], frame(7, 8, Some(-16))),
            ("restore", &[0x86, 2, 0xc6], frame(7, 8, None)),
            ("restore_extended", &[0x86, 2, 0x06, 6], frame(7, 8, None)),
            ("same_value", &[0x86, 2, 0x08, 6], frame(7, 8, None)),
            ("undefined fp", &[0x86, 2, 0x07, 6], frame(7, 8, None)),
            (
                "remember, restore",
                &[0x0a, 0x0e, 16, 0x0b],
                frame(7, 8, None),
            ),
            (
                "another register",
                &[0x83, 3, 0x10, 3, 1, 0],
                frame(7, 8, None),
            ),
            ("GNU_args_size", &[0x2e, 16], frame(7, 8, None)),
            ("undefined ra", &[0x07, 16], Rule::END),
            ("expression", &[0x10, 6, 2, 1, 2], Rule::SYSTEM),
            ("val_expression", &[0x16, 16, 1, 1], Rule::SYSTEM),
            ("register", &[0x09, 16, 3], Rule::SYSTEM),
            ("val_offset", &[0x14, 6, 3], Rule::SYSTEM),
            ("val_offset_sf", &[0x15, 6, 3], Rule::SYSTEM),
            ("a saved stack pointer", &[0x87, 3], Rule::SYSTEM),
            ("def_cfa_expression", &[0x0f, 1, 0], Rule::SYSTEM),
            ("CFA of another register", &[0x0d, 10], Rule::SYSTEM),
            ("restore_state of none", &[0x0b], Rule::SYSTEM),
            ("too many states", &[0x0a; 9], Rule::SYSTEM),
            ("unknown", &[0x3f], Rule::SYSTEM),
            ("cut off", &[0x0c, 0x87], Rule::SYSTEM),
            ("a block too long", &[0x10, 3, 0x7f], Rule::SYSTEM),
        ] {
            let program = [&head, program].concat();
            let bytes = handmade(&entries(*b"zR", &program), 0x114);
            assert_eq!(handmade_rule(&bytes), expected, "{name}");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn records_that_lie_are_left_to_the_system() {
        let program = [0x0c, 7, 8, 0x90, 1];
        let sound = handmade(&entries(*b"zR", &program), 0x114);
        assert!(handmade_rule(&sound).is_frame());
        for (name, place, bytes) in [
            ("index version", 0x000, &[2][..]),
            ("index encoding", 0x003, &[0x1b]),
            ("count", 0x008, &[0xff; 4]),
            ("the entry's place", 0x013, &[0x80]),
            ("common length", 0x100, &[0xff; 4]),
            ("common length in 64 bits", 0x100, &[0xff, 0xff, 0xff, 0xff]),
            ("common id", 0x104, &[1]),
            ("common version", 0x108, &[9]),
            ("augmentation", 0x10a, b"?"),
            ("signal frame", 0x10a, b"S"),
            ("augmentation length", 0x10f, &[0x7f]),
            ("address encoding", 0x110, &[0x50]),
            ("length", 0x114, &[0xff, 0xff, 0, 0]),
            ("no length", 0x114, &[0, 0, 0, 0]),
            ("its own common entry", 0x118, &[4, 0, 0, 0]),
            ("a common entry before all", 0x118, &[0xff; 4]),
            ("a common entry itself", 0x118, &[0; 4]),
            ("augmentation data", 0x124, &[0x7f]),
        ] {
            let mut damaged = sound.clone();
            damaged[place..place + bytes.len()].copy_from_slice(bytes);
            assert_eq!(handmade_rule(&damaged), Rule::SYSTEM, "{name}");
        }
    }
}
