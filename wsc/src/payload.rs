//! The signature payload, read in place: hash sets, and the signatures of each.
//!
//! WebAssembly tool-conventions, `Signatures.md`, with the record lengths that every tool writes before a set and
//! before a signature. Each value has one encoding, so what is accepted here writes back byte for byte.

use core::iter;

use crate::error::{Error, ErrorKind};
use crate::hash::Hash;
use crate::limits::{MAX_HASHES, MAX_SETS, MAX_SIGNATURES};
use crate::reader::Reader;

const SPECIFICATION_VERSION: u8 = 1;
const CONTENT_MODULE: u8 = 1;
const HASH_SHA256: u8 = 1;
/// What a payload starts with, and what stands between the domain and the hashes in a signed message.
pub(crate) const IDENTIFIERS: [u8; 3] = [SPECIFICATION_VERSION, CONTENT_MODULE, HASH_SHA256];
pub(crate) const ALGORITHM_ED25519: u8 = 1;

/// What a signature section, or a detached signature, says.
///
/// Saying is not proving: nothing in here has been verified.
#[derive(Debug, Clone, Copy)]
pub struct SignatureData<'a> {
    sets: Records<'a>,
    offset: usize,
}

impl<'a> SignatureData<'a> {
    /// Reads the content of a signature section, which is also what a detached signature holds.
    ///
    /// # Errors
    ///
    /// The payload must be complete and nothing may follow it; its integers must be in their shortest form; its
    /// identifiers must be known, and its counts within the limits.
    pub fn parse(payload: &'a [u8]) -> Result<Self, Error> {
        Self::read(Reader::new(payload, 0))
    }

    pub(crate) fn read(mut reader: Reader<'a>) -> Result<Self, Error> {
        let offset = reader.offset();
        for known in IDENTIFIERS {
            let at = reader;
            if reader.u8()? != known {
                return Err(at.error(ErrorKind::UnsupportedFormat));
            }
        }
        let sets = Records::read(reader, MAX_SETS)?;
        let mut check = sets;
        while let Some(record) = check.next_record()? {
            SignatureSet::read(record)?;
        }
        check.reader.finish()?;
        Ok(Self { sets, offset })
    }

    /// The hash sets, in order.
    pub fn sets(&self) -> impl Iterator<Item = SignatureSet<'a>> + use<'a> {
        self.sets
            .iter()
            .filter_map(|record| SignatureSet::read(record).ok())
    }

    /// Where the payload starts in its file.
    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }
}

/// Hashes, and signatures that each sign all of them.
#[derive(Debug, Clone, Copy)]
pub struct SignatureSet<'a> {
    hashes: &'a [Hash],
    signatures: Records<'a>,
}

impl<'a> SignatureSet<'a> {
    fn read(mut record: Reader<'a>) -> Result<Self, Error> {
        let count = read_count(&mut record, MAX_HASHES)?;
        let (hashes, _) = record.take(count * size_of::<Hash>())?.as_chunks();
        let signatures = Records::read(record, MAX_SIGNATURES)?;
        let mut check = signatures;
        while let Some(record) = check.next_record()? {
            SignatureRecord::read(record)?;
        }
        check.reader.finish()?;
        Ok(Self { hashes, signatures })
    }

    /// The hashes: one for each part of the module, each covering the parts before it as well.
    #[must_use]
    pub const fn hashes(&self) -> &'a [[u8; 32]] {
        self.hashes
    }

    /// The signatures, in order.
    pub fn signatures(&self) -> impl Iterator<Item = SignatureRecord<'a>> + use<'a> {
        self.signatures
            .iter()
            .filter_map(|record| SignatureRecord::read(record).ok())
    }

    /// The bytes of the signature records, and how many there are.
    #[cfg(feature = "alloc")]
    pub(crate) const fn raw_signatures(&self) -> (usize, &'a [u8]) {
        (self.signatures.left, self.signatures.reader.rest())
    }
}

/// One signature, with the id of the key that is said to have made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignatureRecord<'a> {
    key_id: &'a [u8],
    algorithm: u8,
    signature: &'a [u8],
}

impl<'a> SignatureRecord<'a> {
    fn read(mut record: Reader<'a>) -> Result<Self, Error> {
        let key_id_len = record.shortest_u32()?;
        let key_id = record.nested(key_id_len)?.rest();
        let algorithm = record.u8()?;
        let signature_len = record.shortest_u32()?;
        let signature = record.nested(signature_len)?.rest();
        record.finish()?;
        Ok(Self {
            key_id,
            algorithm,
            signature,
        })
    }

    /// The id of the key. It is not signed, and it may be empty.
    #[must_use]
    pub const fn key_id(&self) -> &'a [u8] {
        self.key_id
    }

    /// The number of the algorithm; 1 is Ed25519, the only one that is verified here.
    #[must_use]
    pub const fn algorithm(&self) -> u8 {
        self.algorithm
    }

    /// The signature.
    #[must_use]
    pub const fn signature(&self) -> &'a [u8] {
        self.signature
    }
}

/// A counted list of records, each with its length before it.
#[derive(Debug, Clone, Copy)]
struct Records<'a> {
    left: usize,
    reader: Reader<'a>,
}

impl<'a> Records<'a> {
    fn read(mut reader: Reader<'a>, max: usize) -> Result<Self, Error> {
        let left = read_count(&mut reader, max)?;
        Ok(Self { left, reader })
    }

    fn next_record(&mut self) -> Result<Option<Reader<'a>>, Error> {
        let Some(left) = self.left.checked_sub(1) else {
            return Ok(None);
        };
        let len = self.reader.shortest_u32()?;
        let record = self.reader.nested(len)?;
        self.left = left;
        Ok(Some(record))
    }

    /// For a list that was read to its end once: an error, which cannot come again, would end it.
    fn iter(mut self) -> impl Iterator<Item = Reader<'a>> + use<'a> {
        iter::from_fn(move || self.next_record().ok().flatten())
    }
}

fn read_count(reader: &mut Reader<'_>, max: usize) -> Result<usize, Error> {
    let start = *reader;
    let count = reader.shortest_u32()?;
    usize::try_from(count)
        .ok()
        .filter(|count| *count <= max)
        .ok_or(start.error(ErrorKind::LimitExceeded))
}
