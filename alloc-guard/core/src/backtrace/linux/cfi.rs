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
