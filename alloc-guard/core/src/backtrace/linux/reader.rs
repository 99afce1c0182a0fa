//! Owns the reading of bytes whose shape nobody has promised: every read is bounded, and what does
//! not fit is `None`.

/// A forward reader over a part of a [`Section`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
    /// Where `rest` stands in memory, or is taken to stand.
    address: usize,
}

/// Bytes, and the address that they stand at: what is encoded in them is relative to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Section<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) address: usize,
}

impl<'a> Section<'a> {
    /// A reader from `address` to the end of the section.
    pub(super) fn from(&self, address: usize) -> Option<Reader<'a>> {
        let rest = self.bytes.get(address.checked_sub(self.address)?..)?;
        Some(Reader { rest, address })
    }
}

impl<'a> Reader<'a> {
    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The address of the next byte.
    pub(super) fn address(&self) -> usize {
        self.address
    }

    /// The next `len` bytes, as a reader of their own.
    pub(super) fn split(&mut self, len: usize) -> Option<Reader<'a>> {
        let (bytes, rest) = self.rest.split_at_checked(len)?;
        let address = self.address;
        self.rest = rest;
        self.address = address.wrapping_add(len);
        Some(Reader {
            rest: bytes,
            address,
        })
    }

    /// Passes over `len` bytes.
    pub(super) fn skip(&mut self, len: u64) -> Option<()> {
        self.split(usize::try_from(len).ok()?).map(|_| ())
    }

    /// All the bytes left.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.rest
    }

    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.split(N)?.rest.first_chunk().copied()
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.take().map(u8::from_ne_bytes)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.take().map(u16::from_ne_bytes)
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_ne_bytes)
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_ne_bytes)
    }

    /// An unsigned LEB128; bits above the 64th are dropped, as the system's unwinders drop them.
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        let (mut value, mut shift) = (0_u64, 0_u32);
        loop {
            let byte = self.u8()?;
            // `checked_shl` is `None` from 64 on.
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Some(value);
            }
            shift = shift.saturating_add(7);
        }
    }

    /// A signed LEB128.
    pub(super) fn signed(&mut self) -> Option<i64> {
        let (mut value, mut shift) = (0_u64, 0_u32);
        loop {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            shift = shift.saturating_add(7);
            if byte & 0x80 == 0 {
                if byte & 0x40 != 0 {
                    value |= u64::MAX.checked_shl(shift).unwrap_or(0);
                }
                return Some(value.cast_signed());
            }
        }
    }

    /// A value in one of the `DW_EH_PE` encodings, absolute or relative to where it stands.
    pub(super) fn encoded(&mut self, encoding: u8) -> Option<u64> {
        let here = self.address as u64;
        let value = self.plain(encoding)?;
        match encoding & 0xf0 {
            0x00 => Some(value),
            0x10 => Some(here.wrapping_add(value)),
            _ => None,
        }
    }

    /// The same without what it is relative to: a length.
    pub(super) fn plain(&mut self, encoding: u8) -> Option<u64> {
        match encoding & 0x0f {
            0x00 | 0x04 | 0x0c => self.u64(),
            0x02 => self.u16().map(u64::from),
            0x03 => self.u32().map(u64::from),
            0x0a => self
                .u16()
                .map(|value| i64::from(value.cast_signed()).cast_unsigned()),
            0x0b => self
                .u32()
                .map(|value| i64::from(value.cast_signed()).cast_unsigned()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(bytes: &[u8]) -> Reader<'_> {
        let section = Section {
            bytes,
            address: 0x1000,
        };
        section.from(0x1000).unwrap()
    }

    #[test]
    fn variable_lengths_are_read_as_dwarf_defines_them() {
        // The examples of DWARF 5, tables 7.7 and 7.8.
        for (bytes, value) in [
            (&[2][..], 2),
            (&[127], 127),
            (&[0x80, 1], 128),
            (&[0x81, 1], 129),
            (&[57 + 0x80, 100], 12857),
        ] {
            assert_eq!(reader(bytes).unsigned(), Some(value));
        }
        for (bytes, value) in [
            (&[2][..], 2),
            (&[0x7e], -2),
            (&[127 + 0x80, 0], 127),
            (&[1 + 0x80, 0x7f], -127),
            (&[0x80, 1], 128),
            (&[0x80, 0x7f], -128),
        ] {
            assert_eq!(reader(bytes).signed(), Some(value));
        }
    }

    #[test]
    fn a_number_that_never_ends_is_none() {
        assert_eq!(reader(&[0x80; 40]).unsigned(), None);
        assert_eq!(reader(&[0xff; 40]).signed(), None);
        let mut long = [0x80; 40];
        long[39] = 0;
        assert_eq!(reader(&long).unsigned(), Some(0));
        assert_eq!(reader(&long).signed(), Some(0));
    }

    #[test]
    fn relative_values_are_relative_to_where_they_stand() {
        let mut bytes = reader(&[9, 0xfc, 0xff, 0xff, 0xff, 8, 0]);
        bytes.skip(1).unwrap();
        assert_eq!(bytes.encoded(0x1b), Some(0xffd));
        assert_eq!(bytes.encoded(0x12), Some(0x100d));
        assert_eq!(bytes.u8(), None);
    }

    #[test]
    fn an_encoding_that_is_not_known_is_none() {
        for encoding in [0x01, 0x09, 0x0f, 0x20, 0x3b, 0x50, 0x9b, 0xff] {
            assert_eq!(reader(&[0; 16]).encoded(encoding), None, "{encoding:#x}");
        }
    }

    #[test]
    fn nothing_is_read_outside() {
        let section = Section {
            bytes: &[1, 2, 3],
            address: 0x1000,
        };
        assert!(section.from(0xfff).is_none());
        assert!(section.from(0x1004).is_none());
        assert!(section.from(0x1003).unwrap().is_empty());
        assert_eq!(reader(&[1, 2, 3]).u32(), None);
        assert_eq!(reader(&[1, 2, 3]).skip(u64::MAX), None);
    }
}
