//! The numbers and texts of a payload.

use crate::error::Error;

/// What is left of a payload, and where in the file it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    rest: &'a [u8],
    offset: u64,
}

impl<'a> Bytes<'a> {
    pub(super) fn new(rest: &'a [u8], offset: u64) -> Self {
        Self { rest, offset }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn damaged(&self, what: &str) -> Error {
        Error::damaged(
            self.offset,
            format!("damaged profile: {what}; record again"),
        )
    }

    pub(super) fn byte(&mut self) -> Result<u8, Error> {
        let Some((first, rest)) = self.rest.split_first() else {
            return Err(self.damaged("a block ends within an entry"));
        };
        self.rest = rest;
        self.offset += 1;
        Ok(*first)
    }

    /// A little-endian integer of `N` bytes, eight at most, and `first` as its lowest byte before them.
    #[inline]
    pub(super) fn after<const N: usize>(&mut self, first: u8) -> Result<u64, Error> {
        let Some((bytes, rest)) = self.rest.split_first_chunk::<N>() else {
            return Err(self.damaged("a block ends within an entry"));
        };
        self.rest = rest;
        self.offset += N as u64;
        let more = bytes.iter().rev();
        let more = more.fold(0, |word, byte| word << 8 | u64::from(*byte));
        Ok(more << 8 | u64::from(first))
    }

    /// An unsigned LEB128 of 64 bits.
    #[inline]
    pub(super) fn number(&mut self) -> Result<u64, Error> {
        if let Some((first, rest)) = self.rest.split_first()
            && *first < 0x80
        {
            self.rest = rest;
            self.offset += 1;
            return Ok((*first).into());
        }
        self.long_number()
    }

    fn long_number(&mut self) -> Result<u64, Error> {
        let mut number = 0;
        for shift in (0..70).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if shift == 63 && bits > 1 {
                break;
            }
            number |= bits << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(self.damaged("a number of more than 64 bits"))
    }

    pub(super) fn bytes(&mut self) -> Result<&'a [u8], Error> {
        let length = self.number()?;
        let split = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length));
        let Some((bytes, rest)) = split else {
            return Err(self.damaged("a text is longer than its block"));
        };
        self.rest = rest;
        self.offset += length;
        Ok(bytes)
    }

    pub(super) fn text(&mut self) -> Result<String, Error> {
        self.bytes()
            .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }
}

pub(super) fn unzigzag(number: u64) -> i64 {
    (number >> 1).cast_signed() ^ -(number & 1).cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_leb128_of_64_bits() {
        fn number(bytes: &[u8]) -> Result<u64, Error> {
            Bytes::new(bytes, 0).number()
        }
        assert_eq!(number(&[0x7f]).unwrap(), 127);
        assert_eq!(number(&[0x80, 1]).unwrap(), 128);
        // Padded, which a writer that patches may leave.
        assert_eq!(number(&[0x81, 0x80, 0]).unwrap(), 1);
        let most = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        assert_eq!(number(&most).unwrap(), u64::MAX);
        let mut too_much = most;
        too_much[9] = 2;
        assert!(number(&too_much).is_err());
        too_much[9] = 0x81;
        assert!(number(&too_much).is_err());
        assert_eq!(number(&[0x80]).unwrap_err().offset(), Some(1));
    }

    #[test]
    fn a_sign_is_the_lowest_bit() {
        for (number, signed) in [(0, 0), (1, -1), (2, 1), (3, -2), (u64::MAX, i64::MIN)] {
            assert_eq!(unzigzag(number), signed);
        }
    }

    #[test]
    fn a_text_that_claims_more_than_there_is_is_an_error() {
        let error = Bytes::new(&[5, b'a'], 100).bytes().unwrap_err();
        assert!(error.to_string().starts_with("byte 101: "), "{error}");
    }

    #[test]
    fn an_error_behind_a_text_has_its_place() {
        let mut bytes = Bytes::new(&[2, b'a', b'b', 0x80], 100);
        assert_eq!(bytes.text().unwrap(), "ab");
        assert_eq!(bytes.number().unwrap_err().offset(), Some(104));
    }
}
