//! Owns what the loader tells: the loaded modules, and where each one's unwind tables are.
//!
//! Everything happens inside `dl_iterate_phdr`, during which no module comes or goes, so that
//! nothing is remembered of a module that could be gone when it is used.

use std::{
    ffi::{CStr, c_char, c_int, c_void},
    ops::{ControlFlow, Range},
    slice,
};

use super::reader::Section;

/// How many modules were ever loaded and unloaded.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub(super) struct Changes {
    loaded: u64,
    pub(super) unloaded: u64,
}

/// A loaded module: the program itself, or a shared library.
#[derive(Clone, Copy, Debug)]
pub struct Module<'a> {
    info: &'a Info,
}

impl<'a> Module<'a> {
    /// What is added to an address in the module's file to give that in memory.
    #[must_use]
    pub fn base(self) -> usize {
        self.info.base
    }

    /// The path that it was loaded from; empty for the program itself.
    #[must_use]
    pub fn path(self) -> &'a CStr {
        if self.info.name.is_null() {
            return c"";
        }
        // SAFETY: the loader keeps the name as long as the module.
        unsafe { CStr::from_ptr(self.info.name) }
    }

    /// From the first to the last byte of its code.
    #[must_use]
    pub fn code(self) -> Range<usize> {
        let (mut start, mut end) = (usize::MAX, 0);
        for segment in self.segments() {
            if segment.kind == LOAD && segment.flags & EXECUTABLE != 0 {
                let memory = self.memory(segment);
                start = start.min(memory.start);
                end = end.max(memory.end);
            }
        }
        start.min(end)..end
    }

    /// What the linker identifies the file by; empty if it does not.
    #[must_use]
    pub fn build_id(self) -> &'a [u8] {
        let mut notes = self.segments().iter().filter(|it| it.kind == NOTE);
        notes
            .find_map(|segment| {
                let start = self.memory(segment).start;
                find_build_id(self.holder(start)?, start, segment.memory_size)
            })
            .unwrap_or_default()
    }

    /// Whether `pc` lies in its code.
    pub(super) fn contains(self, pc: usize) -> bool {
        self.segments().iter().any(|segment| {
            segment.kind == LOAD
                && segment.flags & EXECUTABLE != 0
                && self.memory(segment).contains(&pc)
        })
    }

    /// The segment with the unwind tables, and the address of `.eh_frame_hdr` in it.
    pub(super) fn unwind_tables(self) -> Option<(Section<'a>, usize)> {
        let header = self.segments().iter().find(|it| it.kind == EH_FRAME)?;
        let start = self.memory(header).start;
        Some((self.holder(start)?, start))
    }

    /// The bytes of the segment that holds `address`, if nobody writes to it.
    fn holder(self, address: usize) -> Option<Section<'a>> {
        let segment = self.segments().iter().find(|segment| {
            segment.kind == LOAD
                && segment.flags & (READABLE | WRITABLE) == READABLE
                && self.memory(segment).contains(&address)
        })?;
        let memory = self.memory(segment);
        let start = std::ptr::with_exposed_provenance(memory.start);
        // SAFETY: mapped, as the loader says, readable and not writable, as long as the module is.
        let bytes = unsafe { slice::from_raw_parts(start, memory.len()) };
        Some(Section {
            bytes,
            address: memory.start,
        })
    }

    fn memory(self, segment: &Segment) -> Range<usize> {
        let start = self.info.base.wrapping_add(segment.address);
        start..start.saturating_add(segment.memory_size)
    }

    fn segments(self) -> &'a [Segment] {
        if self.info.segments.is_null() {
            return &[];
        }
        // SAFETY: the loader's table, kept as long as the module.
        unsafe { slice::from_raw_parts(self.info.segments, self.info.segment_count.into()) }
    }
}

/// Shows `visit` each loaded module, the program itself first, until it breaks. It holds the
/// loader's lock meanwhile. `visit` must not panic: that aborts.
pub fn each(mut visit: impl FnMut(Module<'_>) -> ControlFlow<()>) {
    each_with_changes(|module, _| visit(module));
}

pub(super) fn each_with_changes(
    mut visit: impl FnMut(Module<'_>, Option<Changes>) -> ControlFlow<()>,
) {
    let mut visit: &mut Visit<'_> = &mut visit;
    // SAFETY: `on_module` is what the function expects, and `visit` outlives the call.
    unsafe { dl_iterate_phdr(on_module, (&raw mut visit).cast()) };
}

type Visit<'a> = dyn FnMut(Module<'_>, Option<Changes>) -> ControlFlow<()> + 'a;

unsafe extern "C" fn on_module(info: *const Info, size: usize, visit: *mut c_void) -> c_int {
    // SAFETY: the loader hands over a record that is valid during the call; the part of `Info`
    // that an old loader may lack comes last and is not touched then.
    let info = unsafe { &*info };
    // SAFETY: what `each_with_changes` handed over, used by this call alone.
    let visit = unsafe { &mut *visit.cast::<&mut Visit<'_>>() };
    let changes = if size < size_of::<Info>() {
        None
    } else {
        Some(info.changes)
    };
    match visit(Module { info }, changes) {
        ControlFlow::Continue(()) => 0,
        ControlFlow::Break(()) => 1,
    }
}

/// The description in the note "build id", of notes that start at `start`.
fn find_build_id(section: Section<'_>, start: usize, len: usize) -> Option<&[u8]> {
    const BUILD_ID: u32 = 3;
    let mut notes = section.from(start)?.split(len)?;
    while !notes.is_empty() {
        let (name, description, kind) = (notes.u32()?, notes.u32()?, notes.u32()?);
        let mut part = |len: u32| {
            let len = usize::try_from(len).ok()?;
            let part = notes.split(len)?;
            notes.split(len.wrapping_neg() % 4)?;
            Some(part.bytes())
        };
        let (name, description) = (part(name)?, part(description)?);
        if kind == BUILD_ID && name == b"GNU\0" {
            return Some(description);
        }
    }
    None
}

const LOAD: u32 = 1;
const NOTE: u32 = 4;
const EH_FRAME: u32 = 0x6474_e550;
const EXECUTABLE: u32 = 1;
const WRITABLE: u32 = 2;
const READABLE: u32 = 4;

/// `struct dl_phdr_info`, up to what is used of it.
#[derive(Debug)]
#[repr(C)]
struct Info {
    base: usize,
    name: *const c_char,
    segments: *const Segment,
    segment_count: u16,
    changes: Changes,
}

/// `Elf64_Phdr`.
#[derive(Debug)]
#[repr(C)]
struct Segment {
    kind: u32,
    flags: u32,
    offset: u64,
    address: usize,
    physical_address: u64,
    file_size: u64,
    memory_size: usize,
    alignment: u64,
}

// What std links anyway, so that the crate does without `libc`.
unsafe extern "C" {
    fn dl_iterate_phdr(
        callback: unsafe extern "C" fn(*const Info, usize, *mut c_void) -> c_int,
        data: *mut c_void,
    ) -> c_int;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_the_first_module_and_holds_its_own_code() {
        let here = the_program_is_the_first_module_and_holds_its_own_code as fn() as usize;
        let mut seen = Vec::new();
        each(|module| {
            let code = module.code();
            seen.push((module.contains(here), code.contains(&here)));
            assert!(code.start < code.end, "{:?}", module.path());
            ControlFlow::Continue(())
        });
        assert_eq!(seen[0], (true, true));
        assert!(seen[1..].iter().all(|found| *found == (false, false)));
    }

    #[test]
    fn the_list_ends_where_the_visitor_wants() {
        let mut seen = 0;
        each(|_| {
            seen += 1;
            ControlFlow::Break(())
        });
        assert_eq!(seen, 1);
    }

    #[test]
    fn the_build_id_is_found_behind_other_notes() {
        let mut bytes = Vec::new();
        let mut note = |name: &[u8], kind: u32, description: &[u8]| {
            for word in [name.len(), description.len(), kind as usize] {
                bytes.extend(u32::try_from(word).unwrap().to_ne_bytes());
            }
            for part in [name, description] {
                bytes.extend(part);
                bytes.resize(bytes.len().next_multiple_of(4), 0);
            }
        };
        note(b"GNU\0", 1, &[0; 16]);
        note(b"Other\0", 3, &[7]);
        note(b"GNU\0", 3, &[1, 2, 3, 4, 5]);
        let section = Section {
            bytes: &bytes,
            address: 0x1000,
        };
        let id = [1, 2, 3, 4, 5];
        assert_eq!(find_build_id(section, 0x1000, bytes.len()), Some(&id[..]));
        for len in 0..bytes.len() - 3 {
            assert_eq!(find_build_id(section, 0x1000, len), None, "{len}");
        }
    }
}
