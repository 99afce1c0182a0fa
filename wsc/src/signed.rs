//! `SignedModule`: a signed module that stays where it is in memory, parsed and verified without allocating.

use crate::comparison::{Claim, Comparison};
use crate::error::{Error, ErrorKind};
use crate::key::PublicKey;
use crate::keyring::Keyring;
use crate::payload::SignatureData;
use crate::reader::Reader;
use crate::section::{Encoding, Section, Sections};
use crate::verified::Verified;
use crate::wanted::Wanted;

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
    /// [`ErrorKind::TooFewSigners`] if the keyring [requires](Keyring::require) more keys.
    pub fn verify<'v, K>(&self, keyring: &'v Keyring<K>) -> Result<Verified<'v>, Error>
    where
        'a: 'v,
        K: AsRef<[PublicKey]>,
    {
        let [verdict] = self.verify_matrix(keyring, [Wanted::Whole]);
        verdict
    }

    /// Verifies the sections that are no custom sections, and the custom sections whose name is wanted.
    ///
    /// The rule is "subset of the sections" of `Signatures.md`: all sections between two delimiters are wanted, or
    /// none is, and behind each part that is wanted the hash is the one of a set with a valid signature. Beyond the
    /// document, the hash must be the one of that part, and the end of the file counts as a delimiter; so what was
    /// not compared is never taken for signed.
    ///
    /// Sections behind the last part that is wanted may be changed or missing. What lies before it is covered,
    /// wanted or not: [`Verified::covered`] says which bytes that are.
    ///
    /// # Errors
    ///
    /// As for [`verify`](Self::verify), but for the number of parts; and [`ErrorKind::MixedPart`],
    /// [`ErrorKind::UnsignedPart`] or [`ErrorKind::NothingWanted`].
    pub fn verify_parts<'v, K>(
        &self,
        keyring: &'v Keyring<K>,
        wants: impl Fn(&str) -> bool,
    ) -> Result<Verified<'v>, Error>
    where
        'a: 'v,
        K: AsRef<[PublicKey]>,
    {
        let [verdict] = self.verify_matrix(keyring, [Wanted::Parts(&wants)]);
        verdict
    }

    /// Answers several questions in one pass over the module: for each, which keys signed what is wanted.
    ///
    /// A row is what [`verify`](Self::verify) or [`verify_parts`](Self::verify_parts) would give;
    /// [`Verified::keys`] are the columns.
    pub fn verify_matrix<'v, K, const N: usize>(
        &self,
        keyring: &'v Keyring<K>,
        wanted: [Wanted<'_>; N],
    ) -> [Result<Verified<'v>, Error>; N]
    where
        'a: 'v,
        K: AsRef<[PublicKey]>,
    {
        let claim = Claim {
            signature: self.signature,
            trusted: keyring.trusted(),
            content_offset: self.content.offset(),
            parts: Some(self.parts),
        };
        let mut comparison = Comparison::new(claim, wanted);
        // `parse` has read all of them.
        for section in Sections::new(self.content).map_while(Result::ok) {
            if comparison.is_decided() {
                break;
            }
            comparison.section(section.name(), section.offset(), section.as_bytes());
        }
        comparison.finish(self.content.offset() + self.content.rest().len())
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

/// Reads the frame of every section on the way.
fn count_parts(content: Reader<'_>) -> Result<usize, Error> {
    let mut ended = 0;
    // The end of the file ends the last part, also that of content without sections.
    let mut is_open = true;
    for section in Sections::new(content) {
        let is_delimiter = section?.is_delimiter();
        ended += usize::from(is_delimiter);
        is_open = !is_delimiter;
    }
    Ok(ended + usize::from(is_open))
}
