//! `SignedModule`: a signed module that stays where it is in memory, parsed and verified without allocating.

use crate::error::{Error, ErrorKind};
use crate::hash::{PartHashes, Run, RunEnd};
use crate::key::PublicKey;
use crate::keyring::Keyring;
use crate::payload::SignatureData;
use crate::reader::Reader;
use crate::section::{Encoding, Section, Sections};
use crate::whole::{Verified, verify_whole};

/// A signed WebAssembly module or component, borrowed.
///
/// Nothing here allocates, for good input or bad, and the memory needed does not depend on the input.
#[derive(Debug, Clone)]
pub struct SignedModule<'a> {
    encoding: Encoding,
    signature: SignatureData<'a>,
    /// All sections, an embedded signature included.
    sections: Reader<'a>,
    /// The sections that are signed.
    content: Reader<'a>,
    parts: usize,
}

impl<'a> SignedModule<'a> {
    /// Reads a module whose first section is its signature.
    ///
    /// The frames of all sections are read, and all of the signature; what the sections hold is not.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotSigned`] if another section, or none, comes first. Otherwise the kind says what is wrong with
    /// the frame of a section or with the signature.
    pub fn parse(module: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(module, 0);
        let encoding = Encoding::read(&mut reader)?;
        let sections = reader;
        let not_signed = sections.error(ErrorKind::NotSigned);
        if reader.is_empty() {
            return Err(not_signed);
        }
        let first = Section::read(&mut reader)?;
        if !first.is_signature() {
            return Err(not_signed);
        }
        let payload = Reader::new(first.payload(), first.payload_offset());
        Ok(Self {
            encoding,
            signature: SignatureData::read(payload)?,
            sections,
            content: reader,
            parts: count_parts(reader)?,
        })
    }

    /// Reads a module and its signature, which is kept apart.
    ///
    /// A signature that is embedded in the module as well is then content like any other section.
    ///
    /// # Errors
    ///
    /// As for [`parse`](Self::parse). The offset of an error in the signature counts from the start of `signature`.
    pub fn parse_detached(module: &'a [u8], signature: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(module, 0);
        let encoding = Encoding::read(&mut reader)?;
        Ok(Self {
            encoding,
            signature: SignatureData::parse(signature)?,
            sections: reader,
            content: reader,
            parts: count_parts(reader)?,
        })
    }

    /// Verifies the whole module: every part, to the end, is what a key of the keyring signed.
    ///
    /// The rule is "whole module" of the tool-conventions document `Signatures.md`: there is a set with a valid
    /// signature, it has as many hashes as the module has parts, and each is the hash at its delimiter, the last one
    /// at the end of the file. Signatures are verified with the strict rule of RFC 8032 (no small-order points),
    /// before anything is hashed.
    ///
    /// A signature with a key id is tried with the keys of that id and no others. A signature without one is tried
    /// with each key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PartCountMismatch`], [`ErrorKind::UnknownKey`], [`ErrorKind::BadSignature`] or
    /// [`ErrorKind::HashMismatch`]: of several sets, the one that came nearest to being right decides.
    pub fn verify<'v, K>(&self, keyring: &'v Keyring<K>) -> Result<Verified<'v>, Error>
    where
        'a: 'v,
        K: AsRef<[PublicKey]>,
    {
        let hashes = PartHashes::new(Runs::new(self.content));
        verify_whole(self.signature, self.parts, hashes, keyring)
    }

    /// Whether the file says it is a module or a component. This is not signed.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// What the signature says, unverified.
    #[must_use]
    pub const fn signature(&self) -> SignatureData<'a> {
        self.signature
    }

    /// All sections of the file, an embedded signature included.
    #[must_use]
    pub const fn sections(&self) -> Sections<'a> {
        Sections::new(self.sections)
    }

    /// The number of parts that delimiters divide the signed sections into; at least 1.
    #[must_use]
    pub const fn parts(&self) -> usize {
        self.parts
    }
}

/// The signed sections, one run each.
#[derive(Debug, Clone)]
struct Runs<'a> {
    content: Reader<'a>,
    /// Without content there is one part, the empty one.
    empty_part: Option<Run<'a>>,
}

impl<'a> Runs<'a> {
    fn new(content: Reader<'a>) -> Self {
        let empty_part = content.is_empty().then_some(Run {
            bytes: content.rest(),
            offset: content.offset(),
            end: RunEnd::OfPart,
        });
        Self {
            content,
            empty_part,
        }
    }

    fn read(&mut self) -> Result<Run<'a>, Error> {
        let section = Section::read(&mut self.content)?;
        let end = if section.is_delimiter() || self.content.is_empty() {
            RunEnd::OfPart
        } else {
            RunEnd::InsidePart
        };
        Ok(Run {
            bytes: section.as_bytes(),
            offset: section.offset(),
            end,
        })
    }
}

impl<'a> Iterator for Runs<'a> {
    type Item = Result<Run<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.content.is_empty() {
            return self.empty_part.take().map(Ok);
        }
        Some(self.read())
    }
}

/// Reads the frame of every section on the way.
fn count_parts(content: Reader<'_>) -> Result<usize, Error> {
    Runs::new(content).try_fold(0, |count, run| match run?.end {
        RunEnd::InsidePart => Ok(count),
        RunEnd::OfPart => Ok(count + 1),
    })
}
