//! The outermost layer: chunks, each compressed by itself, which together are one stream.

use std::io::{self, Read};

use crate::error::Error;

/// What a chunk holds when it is unpacked, at most.
const CHUNK_LIMIT: usize = 512 * 1024;
/// Incompressible data grows a little when it is packed.
const PACKED_LIMIT: usize = CHUNK_LIMIT + CHUNK_LIMIT / 255 + 16;

/// Why reading stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file ends between two chunks.
    End,
    /// The file ends within a chunk.
    CutOff,
    Error(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

pub(super) type Result<T> = std::result::Result<T, Stop>;

/// The stream of events, unpacked chunk by chunk.
pub(super) struct Chunks<R> {
    file: R,
    /// How much of the file has been read.
    read: u64,
    /// Where the chunk begins that `unpacked` came from.
    chunk: u64,
    packed: Vec<u8>,
    unpacked: Vec<u8>,
    /// How much of `unpacked` has been taken.
    taken: usize,
    /// What has been taken since the last [`Chunks::kept`]; `None` before the first.
    kept: Option<Vec<u8>>,
}

impl<R: Read> Chunks<R> {
    pub(super) fn new(file: R) -> Self {
        Self {
            file,
            read: 0,
            chunk: 0,
            packed: Vec::new(),
            unpacked: Vec::new(),
            taken: 0,
            kept: None,
        }
    }

    /// Where the chunk begins that is read now.
    pub(super) fn offset(&self) -> u64 {
        self.chunk
    }

    /// How much of the file has been read.
    pub(super) fn read(&self) -> u64 {
        self.read
    }

    fn rest(&self) -> &[u8] {
        self.unpacked.get(self.taken..).unwrap_or_default()
    }

    /// Whether the file goes on.
    pub(super) fn more(&mut self) -> Result<bool> {
        match self.fill() {
            Ok(()) => Ok(true),
            Err(Stop::End) => Ok(false),
            Err(stop) => Err(stop),
        }
    }

    /// Makes sure that there is a byte to take.
    fn fill(&mut self) -> Result<()> {
        while self.taken >= self.unpacked.len() {
            self.chunk = self.read;
            let mut header = [0; 5];
            match self.raw(&mut header)? {
                0 => return Err(Stop::End),
                5 => {}
                _ => return Err(Stop::CutOff),
            }
            let [kind, length @ ..] = header;
            let length = u32::from_le_bytes(length) as usize;
            if !matches!(kind, 1 | 2) {
                return Err(self.damaged(&format!("no chunk is of the kind {kind}")));
            }
            if length > PACKED_LIMIT {
                return Err(self.damaged(&format!(
                    "a chunk of {length} bytes, and {PACKED_LIMIT} are the most"
                )));
            }
            self.packed.resize(length, 0);
            let mut packed = std::mem::take(&mut self.packed);
            let read = self.raw(&mut packed);
            self.packed = packed;
            if read? < length {
                return Err(Stop::CutOff);
            }
            self.taken = 0;
            if kind == 2 {
                std::mem::swap(&mut self.packed, &mut self.unpacked);
                continue;
            }
            self.unpacked.resize(CHUNK_LIMIT, 0);
            match lz4_flex::block::decompress_into(&self.packed, &mut self.unpacked) {
                Ok(length) => self.unpacked.truncate(length),
                Err(error) => {
                    self.unpacked.clear();
                    return Err(self.damaged(&format!("the chunk cannot be unpacked: {error}")));
                }
            }
        }
        Ok(())
    }

    /// Reads until `buffer` is full or the file ends.
    fn raw(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..)
            && !rest.is_empty()
        {
            match self.file.read(rest) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Error::io(&error).at(self.read).into()),
            }
        }
        self.read += filled as u64;
        Ok(filled)
    }

    pub(super) fn damaged(&self, what: &str) -> Stop {
        Error::damaged(self.chunk, format!("damaged ByteHound file: {what}")).into()
    }

    /// What has been taken since this was asked last; from the first time on it is kept.
    pub(super) fn kept(&mut self) -> Vec<u8> {
        self.kept.replace(Vec::new()).unwrap_or_default()
    }

    fn advance(&mut self, length: usize) {
        let end = self.taken + length;
        if let Some(kept) = &mut self.kept {
            kept.extend_from_slice(self.unpacked.get(self.taken..end).unwrap_or_default());
        }
        self.taken = end;
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        let mut filled = 0;
        while let Some(to) = array.get_mut(filled..)
            && !to.is_empty()
        {
            self.fill()?;
            let from = self.rest();
            let length = from.len().min(to.len());
            to[..length].copy_from_slice(&from[..length]);
            filled += length;
            self.advance(length);
        }
        Ok(array)
    }

    pub(super) fn u8(&mut self) -> Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u32(&mut self) -> Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(super) fn u64(&mut self) -> Result<u64> {
        self.array().map(u64::from_le_bytes)
    }

    /// A number whose first byte says, by its leading ones, how many follow.
    pub(super) fn varint(&mut self) -> Result<u64> {
        let first = self.u8()?;
        let more = first.leading_ones().min(8);
        let mut bytes = [0; 8];
        for byte in bytes.iter_mut().take(more as usize) {
            *byte = self.u8()?;
        }
        let low = u64::from_le_bytes(bytes);
        // Of eight more bytes the first has nothing left to say.
        let high = u64::from(first & 0x7f_u8.checked_shr(more).unwrap_or(0));
        Ok(low | high.checked_shl(8 * more).unwrap_or(0))
    }

    /// Hands the next `length` bytes to `take`, in parts, so that nobody must have room for what is merely claimed.
    pub(super) fn bytes(&mut self, length: u64, mut take: impl FnMut(&[u8])) -> Result<()> {
        let mut left = length;
        while left > 0 {
            self.fill()?;
            let from = self.rest();
            let part = from.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            take(&from[..part]);
            self.advance(part);
            left -= part as u64;
        }
        Ok(())
    }

    pub(super) fn skip(&mut self, length: u64) -> Result<()> {
        self.bytes(length, |_| {})
    }

    pub(super) fn vec(&mut self, length: u64) -> Result<Vec<u8>> {
        let mut all = Vec::new();
        self.bytes(length, |part| all.extend_from_slice(part))?;
        Ok(all)
    }

    /// The next bytes, if they are unpacked already: for a look ahead.
    pub(super) fn peek(&self) -> &[u8] {
        self.rest()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(bytes: &[u8]) -> Vec<u8> {
        let mut file = vec![2];
        file.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
        file.extend(bytes);
        file
    }

    #[test]
    fn a_number_says_in_its_first_byte_how_long_it_is() {
        for (bytes, number) in [
            (&[0x06][..], 6),
            (&[0x80, 0xab], 0xab),
            (&[0x84, 0x02], 0x402),
            (&[0xc1, 0x00, 0x10], 0x11000),
            (&[0xe4, 0, 0, 0], 0x400_0000),
            (&[0xfe, 1, 0, 0, 0, 0, 0, 0], 1),
            (&[0xff, 1, 0, 0, 0, 0, 0, 0, 0x80], 0x8000_0000_0000_0001),
        ] {
            let mut chunks = Chunks::new(io::Cursor::new(stored(bytes)));
            assert_eq!(chunks.varint().unwrap(), number, "{bytes:x?}");
            assert!(!chunks.more().unwrap());
        }
    }

    #[test]
    fn a_value_may_begin_in_one_chunk_and_end_in_another() {
        let mut file = stored(&[1, 0]);
        file.extend(stored(&[]));
        file.extend(stored(&[0, 0]));
        assert_eq!(Chunks::new(&file[..]).u32().unwrap(), 1);
    }

    #[test]
    fn a_claimed_length_is_not_believed() {
        let mut file = vec![2];
        file.extend(u32::MAX.to_le_bytes());
        assert!(matches!(
            Chunks::new(&file[..]).u8(),
            Err(Stop::Error(error)) if error.to_string().contains("4294967295")
        ));
        let file = stored(&[0; 16]);
        let mut chunks = Chunks::new(&file[..]);
        assert!(matches!(chunks.vec(u64::MAX), Err(Stop::End)));
    }
}
