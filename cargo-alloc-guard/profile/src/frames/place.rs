//! Where a frame is, as a tool wrote it down, and its way into a profile.

use super::class::classify;
use crate::model::{Class, Frame, FrameId, Stacks, Strings};

/// Where a frame is, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    /// Demangled; empty if it is not known.
    pub(crate) function: String,
    pub(crate) file: String,
    /// In the module; counts only where there is no name.
    pub(crate) address: u64,
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) inlined: bool,
}

/// Frames and stacks under way.
#[derive(Default)]
pub(crate) struct Placed {
    pub(crate) strings: Strings,
    pub(crate) stacks: Stacks,
}

impl Placed {
    pub(crate) fn frame(&mut self, module: &str, place: &Place) -> FrameId {
        let frame = Frame {
            function: self.strings.intern(&place.function),
            file: self.strings.intern(&place.file),
            module: self.strings.intern(base_name(module)),
            address: if place.function.is_empty() {
                place.address
            } else {
                0
            },
            line: place.line,
            column: place.column,
            inlined: place.inlined,
            class: if is_profiler(module) {
                Class::Guard
            } else {
                classify(&place.function, &place.file)
            },
        };
        self.stacks.frame(frame)
    }
}

/// Whether the library is a profiler's own.
pub(crate) fn is_profiler(module: &str) -> bool {
    module.contains("libbytehound") || module.contains("libmemory_profiler")
}

fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}
