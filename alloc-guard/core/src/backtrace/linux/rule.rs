//! Owns [`Rule`]: what the frame at one code address says about the frame that called it.

use super::registers::STACK_POINTER;

/// How to go from a frame to its caller's, in one word, so that it is read and written at once.
///
/// Bits 0 to 1 are the kind. In a frame: 2 is set if the CFA (the caller's stack pointer) is
/// relative to the frame pointer, 3 if the caller's frame pointer was saved; from 4 the CFA's
/// distance, from 24 how far below the CFA the saved frame pointer lies, and from 40 how far the
/// return address does, which lies above it. All three count words of 8 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule(u64);

/// A frame's rule before it is packed, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout {
    /// The DWARF number of the register that the CFA is relative to.
    pub(super) cfa_register: u64,
    pub(super) cfa_offset: i64,
    /// Where the caller's frame pointer was saved, if it was.
    pub(super) frame_pointer: Option<i64>,
    pub(super) return_address: i64,
}

impl Rule {
    /// The outermost frame.
    pub(super) const END: Self = Self(2);
    /// Described in a way that only the system's unwinder follows.
    pub(super) const SYSTEM: Self = Self(3);
    /// Code of a loaded module without a description. The system's unwinder may know more, from
    /// the instructions.
    pub(super) const SILENT: Self = Self(7);

    const FRAME: u64 = 1;

    /// Packs `layout`; what does not fit is left to the system.
    pub(super) fn frame(layout: Layout) -> Self {
        Self::pack(layout).unwrap_or(Self::SYSTEM)
    }

    fn pack(layout: Layout) -> Option<Self> {
        let is_fp = match layout.cfa_register {
            STACK_POINTER => 0,
            super::registers::FRAME_POINTER => 1,
            _ => return None,
        };
        let words = |bytes: i64| (bytes % 8 == 0).then_some(bytes / 8);
        let below = |bytes| u16::try_from(words(bytes)?.checked_neg()?).ok();
        let cfa = u64::try_from(words(layout.cfa_offset)?).ok()?;
        if cfa >= 1 << 20 {
            return None;
        }
        let return_address = below(layout.return_address)?;
        let saved = layout.frame_pointer.map_or(Some(0), below)?;
        // So that a walk need not compare them.
        if return_address == 0 || (layout.frame_pointer.is_some() && saved <= return_address) {
            return None;
        }
        Some(Self(
            Self::FRAME
                | is_fp << 2
                | u64::from(layout.frame_pointer.is_some()) << 3
                | cfa << 4
                | u64::from(saved) << 24
                | u64::from(return_address) << 40,
        ))
    }

    /// The word, which is never 0.
    pub(super) fn word(self) -> u64 {
        self.0
    }

    /// A rule from its word; `None` of 0.
    #[inline(always)]
    pub(super) fn from_word(word: u64) -> Option<Self> {
        if word == 0 { None } else { Some(Self(word)) }
    }

    #[inline(always)]
    pub(super) fn is_frame(self) -> bool {
        self.0 & 3 == Self::FRAME
    }

    /// Whether the CFA is relative to the frame pointer; else it is to the stack pointer.
    #[inline(always)]
    pub(super) fn is_from_frame_pointer(self) -> bool {
        self.0 & 4 != 0
    }

    #[inline(always)]
    pub(super) fn saves_frame_pointer(self) -> bool {
        self.0 & 8 != 0
    }

    /// From the register to the CFA, in bytes.
    #[inline(always)]
    pub(super) fn cfa_offset(self) -> usize {
        (self.0 >> 1 & 0x7f_fff8) as usize
    }

    /// From the saved frame pointer up to the CFA, in bytes: more than from the return address.
    #[inline(always)]
    pub(super) fn frame_pointer_distance(self) -> usize {
        (self.0 >> 21 & 0x7_fff8) as usize
    }

    /// From the return address up to the CFA, in bytes: 8 or more.
    #[inline(always)]
    pub(super) fn return_address_distance(self) -> usize {
        (self.0 >> 37 & 0x7_fff8) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::{super::registers::FRAME_POINTER, *};

    fn layout(cfa_register: u64, cfa_offset: i64, fp: Option<i64>, ra: i64) -> Rule {
        Rule::frame(Layout {
            cfa_register,
            cfa_offset,
            frame_pointer: fp,
            return_address: ra,
        })
    }

    #[test]
    fn what_is_packed_is_what_comes_out() {
        let widest = -8 * i64::from(u16::MAX);
        for register in [STACK_POINTER, FRAME_POINTER] {
            for cfa in [0, 8, 16, 4096, (1 << 23) - 8] {
                for fp in [None, Some(widest - 8), Some(-24), Some(widest)] {
                    for ra in [-8, -16, widest + 8, widest] {
                        let rule = layout(register, cfa, fp, ra);
                        if fp.is_some_and(|fp| fp >= ra || fp < widest) {
                            assert_eq!(rule, Rule::SYSTEM);
                            continue;
                        }
                        assert!(rule.is_frame());
                        assert_eq!(rule.is_from_frame_pointer(), register == FRAME_POINTER);
                        assert_eq!(rule.cfa_offset() as u64, cfa.cast_unsigned());
                        assert_eq!(rule.saves_frame_pointer(), fp.is_some());
                        let distances = [
                            rule.frame_pointer_distance(),
                            rule.return_address_distance(),
                        ];
                        let expected = [-fp.unwrap_or(0), -ra].map(i64::cast_unsigned);
                        assert_eq!(distances.map(|it| it as u64), expected);
                        assert_eq!(Rule::from_word(rule.word()), Some(rule));
                    }
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_left_to_the_system() {
        for rule in [
            layout(3, 16, None, -8),
            layout(STACK_POINTER, 1 << 23, None, -8),
            layout(STACK_POINTER, -8, None, -8),
            layout(STACK_POINTER, 12, None, -8),
            layout(STACK_POINTER, 16, Some(-12), -8),
            layout(STACK_POINTER, 16, None, -4),
            layout(STACK_POINTER, 16, None, -1 << 19),
            layout(STACK_POINTER, 16, None, 0),
            layout(STACK_POINTER, 16, None, 8),
            layout(STACK_POINTER, 32, Some(-8), -8),
            layout(STACK_POINTER, 32, Some(-8), -16),
            layout(STACK_POINTER, i64::MIN, Some(i64::MAX), i64::MIN),
        ] {
            assert_eq!(rule, Rule::SYSTEM);
        }
        assert!(!Rule::END.is_frame() && !Rule::SYSTEM.is_frame() && !Rule::SILENT.is_frame());
    }
}
