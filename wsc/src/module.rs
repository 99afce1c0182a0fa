//! `Module`: a module that owns its sections, so that it can be signed and written.

use alloc::vec::Vec;
use core::iter;

use crate::error::{Error, ErrorKind};
use crate::hash::{PartHashes, Run, RunEnd};
use crate::key::{KeyId, PublicKey, SecretKey};
use crate::keyring::Keyring;
use crate::owned_section::OwnedSection;
use crate::payload::SignatureData;
use crate::payload_writer::sign_hashes;
use crate::reader::Reader;
use crate::section::{Encoding, HEADER_BYTES, SIGNATURE_NAME, Sections};
use crate::whole::{Verified, verify_whole};

/// A WebAssembly module or component, signed or not.
///
/// It keeps the bytes it was read from, padded integers included: what was parsed and not changed is serialized byte
/// for byte. To verify only, [`SignedModule`](crate::SignedModule) does the same without copying or allocating.
///
/// ```
/// use wsc::{Keyring, Module, SecretKey};
///
/// let secret = SecretKey::from_seed(&[7; 32]);
/// let public = secret.public_key();
///
/// let mut module = Module::parse(b"\0asm\x01\0\0\0")?;
/// module.sign(&secret, Some(public.key_id()))?;
///
/// let signed = Module::parse(&module.serialize())?;
/// let keyring = Keyring::from_iter([public]);
/// assert_eq!(signed.verify(&keyring)?.parts(), 1);
/// # Ok::<(), wsc::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    encoding: Encoding,
    sections: Vec<OwnedSection>,
}

impl Module {
    /// Reads a module and copies its sections.
    ///
    /// The frames of the sections are read; what they hold, a signature included, is not.
    ///
    /// # Errors
    ///
    /// The kind says what is wrong with the header or with the frame of a section.
    pub fn parse(module: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(module, 0);
        let encoding = Encoding::read(&mut reader)?;
        let sections = Sections::new(reader)
            .map(|section| section.map(OwnedSection::from))
            .collect::<Result<_, _>>()?;
        Ok(Self { encoding, sections })
    }

    /// The bytes of the module.
    #[must_use]
    pub fn serialize(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(end_of(&self.sections));
        bytes.extend_from_slice(self.encoding.header());
        for section in &self.sections {
            bytes.extend_from_slice(section.as_bytes());
        }
        bytes
    }

    /// Whether it is a module or a component.
    #[must_use]
    pub const fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// All sections, in order, an embedded signature included.
    #[must_use]
    pub fn sections(&self) -> &[OwnedSection] {
        &self.sections
    }

    /// What the embedded signature says, unverified; `None` if there is none.
    ///
    /// # Errors
    ///
    /// As for [`SignatureData::parse`], with offsets in the module.
    pub fn signature(&self) -> Result<Option<SignatureData<'_>>, Error> {
        let Some((signature, _)) = self.split_signature() else {
            return Ok(None);
        };
        let offset = HEADER_BYTES + (signature.as_bytes().len() - signature.payload().len());
        SignatureData::read(Reader::new(signature.payload(), offset)).map(Some)
    }

    /// Signs all sections behind the signature section, and puts the signature into it.
    ///
    /// In a signed module the signature joins those of the same hashes; if content was added since, it starts a set
    /// of its own. The sections that are signed are not touched. `key_id` is what the signature shall carry, most
    /// often `Some(public_key.key_id())`; without one, verifiers try each key they have.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::DuplicateSignature`] if the very same signature is there, [`ErrorKind::LimitExceeded`] if there
    /// is no room for one more, and what [`signature`](Self::signature) gives. The module is then as it was.
    pub fn sign(
        &mut self,
        key: &impl AsRef<SecretKey>,
        key_id: Option<&KeyId>,
    ) -> Result<(), Error> {
        let existing = self.signature()?;
        let content = self.content();
        let hashes = self.hash_parts(content)?;
        let payload = sign_hashes(existing, &hashes, key.as_ref(), key_id)?;
        let signed = OwnedSection::custom(SIGNATURE_NAME, &payload)?;
        let replaced = self.sections.len() - content.len();
        self.sections.splice(..replaced, iter::once(signed));
        Ok(())
    }

    /// Signs all sections and gives the signature to be kept apart from the module, which stays as it is.
    ///
    /// A signature that is embedded in the module is then content like any other section.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::LimitExceeded`] if the module has more parts than a set may have hashes.
    pub fn sign_detached(
        &self,
        key: &impl AsRef<SecretKey>,
        key_id: Option<&KeyId>,
    ) -> Result<Vec<u8>, Error> {
        let hashes = self.hash_parts(&self.sections)?;
        sign_hashes(None, &hashes, key.as_ref(), key_id)
    }

    /// Verifies the whole module, by the rule of [`SignedModule::verify`](crate::SignedModule::verify).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotSigned`] if the first section is no signature section, and otherwise as there.
    pub fn verify<'v, K: AsRef<[PublicKey]>>(
        &'v self,
        keyring: &'v Keyring<K>,
    ) -> Result<Verified<'v>, Error> {
        let signature = self
            .signature()?
            .ok_or(Error::new(ErrorKind::NotSigned, HEADER_BYTES))?;
        self.verify_sections(signature, self.content(), keyring)
    }

    /// Verifies the whole module with a signature that is kept apart.
    ///
    /// # Errors
    ///
    /// As for [`SignedModule::parse_detached`](crate::SignedModule::parse_detached) and
    /// [`SignedModule::verify`](crate::SignedModule::verify).
    pub fn verify_detached<'v, K: AsRef<[PublicKey]>>(
        &'v self,
        signature: &'v [u8],
        keyring: &'v Keyring<K>,
    ) -> Result<Verified<'v>, Error> {
        let signature = SignatureData::parse(signature)?;
        self.verify_sections(signature, &self.sections, keyring)
    }

    fn verify_sections<'v, K: AsRef<[PublicKey]>>(
        &self,
        signature: SignatureData<'v>,
        content: &[OwnedSection],
        keyring: &'v Keyring<K>,
    ) -> Result<Verified<'v>, Error> {
        let ends_part = |run: &Run<'_>| run.end == RunEnd::OfPart;
        let parts = self.runs(content).filter(ends_part).count();
        let hashes = PartHashes::new(self.runs(content).map(Ok));
        verify_whole(signature, parts, hashes, keyring)
    }

    fn hash_parts(&self, content: &[OwnedSection]) -> Result<Vec<[u8; 32]>, Error> {
        PartHashes::new(self.runs(content).map(Ok))
            .map(|part| part.map(|part| part.hash))
            .collect()
    }

    /// The sections as runs to hash. `content` is the end of the module's list.
    fn runs<'m>(&self, content: &'m [OwnedSection]) -> impl Iterator<Item = Run<'m>> + use<'m> {
        let before = self.sections.len() - content.len();
        let start = end_of(self.sections.get(..before).unwrap_or_default());
        // Without content there is one part, the empty one.
        let empty = content.is_empty().then_some(Run {
            bytes: &[],
            offset: start,
            end: RunEnd::OfPart,
        });
        let mut offset = start;
        let runs = content.iter().enumerate().map(move |(index, section)| {
            let bytes = section.as_bytes();
            let run = Run {
                bytes,
                offset,
                end: if index + 1 == content.len() || section.is_delimiter() {
                    RunEnd::OfPart
                } else {
                    RunEnd::InsidePart
                },
            };
            offset += bytes.len();
            run
        });
        empty.into_iter().chain(runs)
    }

    /// The sections that an embedded signature signs.
    fn content(&self) -> &[OwnedSection] {
        match self.split_signature() {
            Some((_, content)) => content,
            None => &self.sections,
        }
    }

    fn split_signature(&self) -> Option<(&OwnedSection, &[OwnedSection])> {
        self.sections
            .split_first()
            .filter(|(first, _)| first.is_signature())
    }
}

/// Where these first sections of a module end.
fn end_of(sections: &[OwnedSection]) -> usize {
    let len = |section: &OwnedSection| section.as_bytes().len();
    HEADER_BYTES + sections.iter().map(len).sum::<usize>()
}
