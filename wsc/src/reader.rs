//! A cursor over bytes from outside: every read is checked, and every error knows its offset.

use crate::error::{Error, ErrorKind};

/// Five bytes of seven bits hold 35; the fifth may use four of its bits.
const VARUINT32_BYTES: u32 = 5;
const VARUINT32_LAST_MAX: u8 = 0x0f;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    /// Where `rest` starts in the input that the caller knows; so at most the length of a slice.
    offset: usize,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self {
            rest: bytes,
            offset,
        }
    }

    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    pub(crate) const fn rest(&self) -> &'a [u8] {
        self.rest
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) const fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind, self.offset)
    }

    pub(crate) fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self
            .rest
            .split_at_checked(len)
            .ok_or(self.error(ErrorKind::UnexpectedEnd))?;
        self.rest = rest;
        self.offset += len;
        Ok(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<&'a [u8; N], Error> {
        let (taken, rest) = self
            .rest
            .split_first_chunk()
            .ok_or(self.error(ErrorKind::UnexpectedEnd))?;
        self.rest = rest;
        self.offset += N;
        Ok(taken)
    }

    pub(crate) fn u8(&mut self) -> Result<u8, Error> {
        let [byte] = *self.array()?;
        Ok(byte)
    }

    /// A `varuint32` as the WebAssembly specification reads it: padding within five bytes is allowed.
    pub(crate) fn var_u32(&mut self) -> Result<u32, Error> {
        self.leb128().map(|(value, _)| value)
    }

    /// A `varuint32` that has one encoding only, the shortest.
    pub(crate) fn shortest_u32(&mut self) -> Result<u32, Error> {
        let start = *self;
        let (value, last_byte) = self.leb128()?;
        let padded = last_byte == 0 && self.offset - start.offset > 1;
        if padded {
            return Err(start.error(ErrorKind::PaddedInteger));
        }
        Ok(value)
    }

    /// A reader of the next `len` bytes alone.
    pub(crate) fn nested(&mut self, len: u32) -> Result<Self, Error> {
        let start = *self;
        let len = usize::try_from(len).map_err(|_| start.error(ErrorKind::UnexpectedEnd))?;
        Ok(Self::new(self.take(len)?, start.offset))
    }

    /// Refuses bytes that are left.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.is_empty() {
            return Ok(());
        }
        Err(self.error(ErrorKind::TrailingBytes))
    }

    /// The value, and the last byte of its encoding.
    fn leb128(&mut self) -> Result<(u32, u8), Error> {
        let start = *self;
        let mut value = 0;
        for index in 0..VARUINT32_BYTES {
            let byte = self.u8()?;
            if index == VARUINT32_BYTES - 1 && byte > VARUINT32_LAST_MAX {
                break;
            }
            value |= u32::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                return Ok((value, byte));
            }
        }
        Err(start.error(ErrorKind::BadInteger))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = Result<u32, ErrorKind>;

    fn var(bytes: &[u8]) -> Read {
        Reader::new(bytes, 0).var_u32().map_err(|e| e.kind())
    }

    fn shortest(bytes: &[u8]) -> Read {
        Reader::new(bytes, 0).shortest_u32().map_err(|e| e.kind())
    }

    #[test]
    fn a_varuint32_has_at_most_five_bytes_and_32_bits() {
        use ErrorKind::{BadInteger, PaddedInteger, UnexpectedEnd};
        #[rustfmt::skip]
        let table: [(&[u8], Read, Read); 13] = [
            (&[],                             Err(UnexpectedEnd), Err(UnexpectedEnd)),
            (&[0x00],                         Ok(0),              Ok(0)),
            (&[0x7f],                         Ok(127),            Ok(127)),
            (&[0x80],                         Err(UnexpectedEnd), Err(UnexpectedEnd)),
            (&[0x80, 0x00],                   Ok(0),              Err(PaddedInteger)),
            (&[0x80, 0x01],                   Ok(128),            Ok(128)),
            (&[0x81, 0x80, 0x80, 0x80, 0x00], Ok(1),              Err(PaddedInteger)),
            (&[0xff, 0xff, 0xff, 0xff, 0x0f], Ok(u32::MAX),       Ok(u32::MAX)),
            (&[0xff, 0xff, 0xff, 0xff, 0x1f], Err(BadInteger),    Err(BadInteger)),
            (&[0x80, 0x80, 0x80, 0x80, 0x10], Err(BadInteger),    Err(BadInteger)),
            (&[0x80, 0x80, 0x80, 0x80, 0x80], Err(BadInteger),    Err(BadInteger)),
            (&[0x80, 0x80, 0x80, 0x80],       Err(UnexpectedEnd), Err(UnexpectedEnd)),
            (&[0x80, 0x80, 0x80, 0x80, 0x80, 0x00], Err(BadInteger), Err(BadInteger)),
        ];
        for (bytes, tolerant, strict) in table {
            assert_eq!(var(bytes), tolerant, "{bytes:02x?}");
            assert_eq!(shortest(bytes), strict, "{bytes:02x?}");
        }
    }

    #[test]
    fn a_nested_reader_ends_where_its_length_says_and_keeps_the_offset() {
        let mut outer = Reader::new(&[1, 2, 3, 4], 10);
        let mut inner = outer.nested(3).unwrap();
        assert_eq!(inner.take(2).unwrap(), [1, 2]);
        let error = inner.take(2).unwrap_err();
        assert_eq!(
            (error.kind(), error.offset()),
            (ErrorKind::UnexpectedEnd, 12)
        );
        assert_eq!(inner.finish().unwrap_err().kind(), ErrorKind::TrailingBytes);
        assert_eq!((outer.rest(), outer.offset()), (&[4_u8][..], 13));
        assert_eq!(
            outer.nested(u32::MAX).unwrap_err().kind(),
            ErrorKind::UnexpectedEnd
        );
    }
}
