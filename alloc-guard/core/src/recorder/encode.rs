//! Owns the numbers of the format, written straight into memory.

#![expect(
    clippy::cast_possible_truncation,
    reason = "a number is taken apart into its bytes"
)]
#![expect(
    clippy::inline_always,
    reason = "without optimisation a call costs as much as what is called here"
)]

/// What the longest number takes.
pub(super) const LONGEST: usize = 10;

/// Writes `value` at `at` and returns the place behind it.
///
/// # Safety
/// - [`LONGEST`] bytes may be written at `at`.
#[inline(always)]
pub(super) unsafe fn number(at: *mut u8, value: u64) -> *mut u8 {
    if value < 1 << 28 {
        // SAFETY: the caller's.
        unsafe { short(at, value) }
    } else {
        // SAFETY: the caller's.
        unsafe { long(at, value) }
    }
}

/// Four bytes anywhere.
#[repr(C, packed)]
struct Unaligned(u32);

/// A number of at most four bytes, without a branch on its length: that would be mispredicted at
/// every other call.
#[inline(always)]
unsafe fn short(at: *mut u8, value: u64) -> *mut u8 {
    let more = (63 ^ (value | 1).leading_zeros()) / 7;
    let spread = value & 0x7f
        | (value & 0x3f80) << 1
        | (value & 0x001f_c000) << 2
        | (value & 0x0fe0_0000) << 3;
    let marks = 0x0080_8080 & (1_u64 << (8 * more)).wrapping_sub(1);
    let bytes = Unaligned(((spread | marks) as u32).to_le());
    // Not `write_unaligned`, which checks its arguments at length where nothing is optimised.
    // SAFETY: four bytes are fewer than `LONGEST`.
    unsafe { *at.cast::<Unaligned>() = bytes };
    at.wrapping_add(more as usize + 1)
}

#[cold]
#[inline(never)]
unsafe fn long(mut at: *mut u8, mut value: u64) -> *mut u8 {
    loop {
        let is_last = value < 0x80;
        let mark = if is_last { 0 } else { 0x80 };
        // SAFETY: 64 bits are at most `LONGEST` bytes.
        unsafe { at.write(value as u8 & 0x7f | mark) };
        // SAFETY: as above.
        at = unsafe { at.add(1) };
        value >>= 7;
        if is_last {
            return at;
        }
    }
}

/// A signed number as an unsigned one.
#[inline(always)]
pub(super) fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

/// The way from one address to another: its lowest bit says whether the unit is one byte, else it
/// is eight.
#[inline(always)]
pub(super) fn distance(from: usize, to: usize) -> u64 {
    let way = to.wrapping_sub(from).cast_signed() as i64;
    if way.trailing_zeros() >= 3 {
        zigzag(way >> 3) << 1
    } else {
        zigzag(way) << 1 | 1
    }
}

/// A few numbers and bytes on the stack, for blocks that are written once in a while.
#[derive(Debug)]
pub(super) struct Short {
    bytes: [u8; 256],
    len: usize,
}

impl Short {
    pub(super) fn new() -> Self {
        Self {
            bytes: [0; 256],
            len: 0,
        }
    }

    /// Adds a number; what finds no room is left out.
    pub(super) fn number(&mut self, value: u64) {
        let Some(room) = self.bytes.get_mut(self.len..) else {
            return;
        };
        if room.len() >= LONGEST {
            let start = room.as_mut_ptr();
            // SAFETY: there is room.
            let end = unsafe { number(start, value) };
            self.len = self.len.wrapping_add(end.addr().wrapping_sub(start.addr()));
        }
    }

    /// Adds bytes, and their number before them; what finds no room is left out.
    #[cfg(own_walk)]
    pub(super) fn bytes_of(&mut self, bytes: &[u8]) {
        let fits = self.bytes.len().saturating_sub(self.len) >= bytes.len() + 2 * LONGEST;
        let bytes = if fits { bytes } else { &[] };
        self.number(bytes.len() as u64);
        let end = self.len.saturating_add(bytes.len());
        if let Some(room) = self.bytes.get_mut(self.len..end) {
            room.copy_from_slice(bytes);
            self.len = end;
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: u64) -> Vec<u8> {
        let mut short = Short::new();
        short.number(value);
        short.bytes().to_vec()
    }

    fn slowly(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push((value % 0x80) as u8 + 0x80);
            value /= 0x80;
        }
        bytes.push(value as u8);
        bytes
    }

    #[test]
    fn every_length_of_number_is_its_leb128() {
        for bits in 0..64 {
            for near in [-1_i64, 0, 1, 0x55] {
                let value = (1_u64 << bits).wrapping_add_signed(near);
                assert_eq!(written(value), slowly(value), "{value:#x}");
            }
        }
        assert_eq!(written(u64::MAX).len(), LONGEST);
    }

    #[test]
    fn signed_numbers_of_either_sign_are_small_when_they_are_near_zero() {
        let pairs = [(0, 0), (-1, 1), (1, 2), (-2, 3), (i64::MIN, u64::MAX)];
        for (value, coded) in pairs {
            assert_eq!(zigzag(value), coded);
        }
    }

    #[test]
    fn a_way_in_units_of_eight_bytes_is_even_and_any_other_is_odd() {
        assert_eq!(distance(0x1000, 0x1010), 4 << 1);
        assert_eq!(distance(0x1010, 0x1000), 3 << 1);
        assert_eq!(distance(0x1000, 0x1001), 2 << 1 | 1);
        assert_eq!(distance(0x1001, 0x1000), 1 << 1 | 1);
    }
}
