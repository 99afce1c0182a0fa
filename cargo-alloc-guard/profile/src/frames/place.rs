//! Where a frame is, as a tool wrote it down, and its way into a profile.

use super::class::{classify, classify_truncated};
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

/// What a frame next to the allocator is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Hook,
    /// Either's.
    Between,
    Program,
}

/// Frames and stacks under way.
#[derive(Default)]
pub(crate) struct Placed {
    pub(crate) strings: Strings,
    pub(crate) stacks: Stacks,
}

impl Placed {
    pub(crate) fn frame(&mut self, module: &str, place: &Place) -> FrameId {
        self.frame_of(module, place, classify(&place.function, &place.file))
    }

    /// A frame of whose path only the end is known.
    pub(crate) fn truncated_frame(&mut self, module: &str, place: &Place) -> FrameId {
        let class = classify_truncated(&place.function, &place.file);
        self.frame_of(module, place, class)
    }

    /// Whether a frame, seen from the allocator outwards, is the hook's. The hook goes through `core` and `std`; the program comes to
    /// the allocator through `alloc` or something else.
    pub(crate) fn part(&self, frame: FrameId) -> Part {
        let frame = self.stacks.get(frame);
        let file = self.strings.get(frame.file);
        match frame.class {
            Class::Guard => Part::Hook,
            Class::Std if file.contains("library/core/") || file.contains("library/std/") => {
                Part::Between
            }
            _ => Part::Program,
        }
    }

    fn frame_of(&mut self, module: &str, place: &Place, class: Class) -> FrameId {
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
                class
            },
        };
        self.stacks.frame(frame)
    }
}

/// Whether the library is a profiler's own.
pub(crate) fn is_profiler(module: &str) -> bool {
    ["libbytehound", "libmemory_profiler", "vgpreload_"]
        .iter()
        .any(|name| module.contains(name))
}

fn base_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hook_goes_through_core_and_std_and_the_program_through_alloc() {
        let mut placed = Placed::default();
        for (function, file, part) in [
            (
                "record",
                "/h/alloc-guard/core/src/recorder/hook.rs",
                Part::Hook,
            ),
            ("__rustc::__rust_alloc", "", Part::Hook),
            (
                "map_or",
                "/rustc/1/library/core/src/option.rs",
                Part::Between,
            ),
            (
                "try_with",
                "/rustc/1/library/std/src/thread/local.rs",
                Part::Between,
            ),
            (
                "alloc",
                "/rustc/1/library/alloc/src/alloc.rs",
                Part::Program,
            ),
            ("main", "/h/app/src/main.rs", Part::Program),
            ("", "", Part::Program),
        ] {
            let place = Place {
                function: function.to_owned(),
                file: file.to_owned(),
                ..Place::default()
            };
            let frame = placed.frame("app", &place);
            assert_eq!(placed.part(frame), part, "{function}");
        }
    }
}
