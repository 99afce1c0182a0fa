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

/// Its bytes anywhere.
#[repr(C, packed)]
struct Unaligned<T>(T);

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
    unsafe { *at.cast::<Unaligned<u32>>() = bytes };
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

/// Numbers side by side in one word, each in as many bits as the format gives it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Packed {
    word: u64,
    /// Not 0 if a number has more bits than its place.
    excess: u64,
}

impl Packed {
    /// A word whose lowest bits are `first`.
    #[inline(always)]
    pub(super) fn new(first: u64) -> Self {
        Self {
            word: first,
            excess: 0,
        }
    }

    /// Puts `value` into the bits from `from` to below `to`. Those from there on are still free.
    #[inline(always)]
    pub(super) fn with(self, value: u64, from: u32, to: u32) -> Self {
        Self {
            word: self.word | value << from,
            excess: self.excess | value >> (to - from),
        }
    }

    /// Writes the word's lowest `BYTES` bytes at `at`, and returns the place behind them; `None` if a
    /// number has more bits than its place.
    ///
    /// # Safety
    /// - Eight bytes may be written at `at`.
    #[inline(always)]
    pub(super) unsafe fn write<const BYTES: usize>(self, at: *mut u8) -> Option<*mut u8> {
        if self.excess != 0 {
            return None;
        }
        // All eight, of which those too many are written over by what follows.
        // SAFETY: the caller's.
        unsafe { *at.cast::<Unaligned<u64>>() = Unaligned(self.word.to_le()) };
        Some(at.wrapping_add(BYTES))
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
    fn a_word_has_its_numbers_where_the_format_says_unless_one_has_too_many_bits() {
        let write = |size, path| {
            let packed = Packed::new(9).with(size, 4, 16).with(path, 16, 28);
            let mut bytes = [0; 8];
            let start = bytes.as_mut_ptr();
            // SAFETY: eight bytes.
            let end = unsafe { packed.write::<5>(start) }?;
            assert_eq!(end.addr() - start.addr(), 5);
            Some(u64::from_le_bytes(bytes))
        };
        assert_eq!(write(0, 0), Some(9));
        assert_eq!(write(0xabc, 0x123), Some(0x123_abc9));
        assert_eq!(write(0xfff, 0xfff), Some(0xfff_fff9));
        for (size, path) in [
            (0x1000, 0),
            (0, 0x1000),
            (0x1000, 0x1000),
            (u64::MAX, 1),
            (1, 1 << 63),
        ] {
            assert_eq!(write(size, path), None);
        }
    }

    #[cfg(own_walk)]
    #[test]
    fn bytes_have_their_number_before_them_and_none_where_they_find_no_room() {
        let written = |len: usize| {
            let mut short = Short::new();
            short.bytes_of(&vec![7; len]);
            short.number(1);
            short.bytes().to_vec()
        };
        assert_eq!(written(0), [0, 1]);
        assert_eq!(written(3), [3, 7, 7, 7, 1]);
        let most = 256 - 2 * LONGEST;
        assert_eq!(
            written(most),
            [&[0xec, 1][..], &vec![7; most], &[1]].concat()
        );
        assert_eq!(written(most + 1), [0, 1]);
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
