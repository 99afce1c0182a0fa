//! `Module`: a module that owns its sections, read, edited, verified and written. `signing.rs` signs it.

use alloc::vec::Vec;

use crate::comparison::{Claim, Comparison};
use crate::error::{Error, ErrorKind};
use crate::key::PublicKey;
use crate::keyring::Keyring;
use crate::owned_section::OwnedSection;
use crate::payload::SignatureData;
use crate::reader::Reader;
use crate::section::{Encoding, HEADER_BYTES, Sections};
use crate::verified::Verified;
use crate::wanted::Wanted;

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
    pub(crate) sections: Vec<OwnedSection>,
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

    /// Puts a section in front of the one at `index`, or behind all if there are `index` sections.
    ///
    /// This, [`replace`](Self::replace) and [`remove`](Self::remove) change what a signature covers, as any change
    /// of the file would, and leave an embedded signature where it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchSection`] if there are fewer sections.
    pub fn insert(&mut self, index: usize, section: OwnedSection) -> Result<(), Error> {
        if index > self.sections.len() {
            return Err(NO_SUCH_SECTION);
        }
        self.sections.insert(index, section);
        Ok(())
    }

    /// Puts a section in the place of the one at `index`, which is given back.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchSection`] if there is none.
    pub fn replace(&mut self, index: usize, section: OwnedSection) -> Result<OwnedSection, Error> {
        let place = self.sections.get_mut(index).ok_or(NO_SUCH_SECTION)?;
        Ok(core::mem::replace(place, section))
    }

    /// Takes out the section at `index`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoSuchSection`] if there is none.
    pub fn remove(&mut self, index: usize) -> Result<OwnedSection, Error> {
        if index >= self.sections.len() {
            return Err(NO_SUCH_SECTION);
        }
        Ok(self.sections.remove(index))
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
        let [verdict] = self.verify_matrix(keyring, [Wanted::Whole])?;
        verdict
    }

    /// Verifies the sections that are no custom sections, and the custom sections whose name is wanted, by the rule
    /// of [`SignedModule::verify_parts`](crate::SignedModule::verify_parts).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotSigned`] if the first section is no signature section, and otherwise as there.
    pub fn verify_parts<'v, K: AsRef<[PublicKey]>>(
        &'v self,
        keyring: &'v Keyring<K>,
        wants: impl Fn(&str) -> bool,
    ) -> Result<Verified<'v>, Error> {
        let [verdict] = self.verify_matrix(keyring, [Wanted::Parts(&wants)])?;
        verdict
    }

    /// Answers several questions in one pass over the module, as
    /// [`SignedModule::verify_matrix`](crate::SignedModule::verify_matrix) does.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotSigned`] if the first section is no signature section, and what
    /// [`signature`](Self::signature) gives.
    pub fn verify_matrix<'v, K: AsRef<[PublicKey]>, const N: usize>(
        &'v self,
        keyring: &'v Keyring<K>,
        wanted: [Wanted<'_>; N],
    ) -> Result<[Result<Verified<'v>, Error>; N], Error> {
        let signature = self
            .signature()?
            .ok_or(Error::new(ErrorKind::NotSigned, HEADER_BYTES))?;
        Ok(self.compare(signature, self.content(), keyring, wanted))
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
        let [verdict] = self.verify_matrix_detached(signature, keyring, [Wanted::Whole])?;
        verdict
    }

    /// Verifies the sections that are no custom sections, and the custom sections whose name is wanted, with a
    /// signature that is kept apart.
    ///
    /// # Errors
    ///
    /// As for [`SignedModule::parse_detached`](crate::SignedModule::parse_detached) and
    /// [`SignedModule::verify_parts`](crate::SignedModule::verify_parts).
    pub fn verify_parts_detached<'v, K: AsRef<[PublicKey]>>(
        &'v self,
        signature: &'v [u8],
        keyring: &'v Keyring<K>,
        wants: impl Fn(&str) -> bool,
    ) -> Result<Verified<'v>, Error> {
        let [verdict] = self.verify_matrix_detached(signature, keyring, [Wanted::Parts(&wants)])?;
        verdict
    }

    /// Answers several questions in one pass over the module, with a signature that is kept apart.
    ///
    /// # Errors
    ///
    /// As for [`SignatureData::parse`].
    pub fn verify_matrix_detached<'v, K: AsRef<[PublicKey]>, const N: usize>(
        &'v self,
        signature: &'v [u8],
        keyring: &'v Keyring<K>,
        wanted: [Wanted<'_>; N],
    ) -> Result<[Result<Verified<'v>, Error>; N], Error> {
        let signature = SignatureData::parse(signature)?;
        Ok(self.compare(signature, &self.sections, keyring, wanted))
    }

    /// `content` is the end of the module's list of sections.
    fn compare<'v, K: AsRef<[PublicKey]>, const N: usize>(
        &self,
        signature: SignatureData<'v>,
        content: &[OwnedSection],
        keyring: &'v Keyring<K>,
        wanted: [Wanted<'_>; N],
    ) -> [Result<Verified<'v>, Error>; N] {
        let before = self.sections.len() - content.len();
        let mut offset = end_of(self.sections.get(..before).unwrap_or_default());
        let delimiters = content.iter().filter(|s| s.is_delimiter()).count();
        let is_open = content.last().is_none_or(|last| !last.is_delimiter());
        let claim = Claim {
            signature,
            trusted: keyring.trusted(),
            content_offset: offset,
            parts: Some(delimiters + usize::from(is_open)),
        };
        let mut comparison = Comparison::new(claim, wanted);
        for section in content {
            if comparison.is_decided() {
                break;
            }
            comparison.section(section.name(), offset, section.as_bytes());
            offset += section.as_bytes().len();
        }
        comparison.finish(offset)
    }

    /// The sections that an embedded signature signs.
    pub(crate) fn content(&self) -> &[OwnedSection] {
        match self.split_signature() {
            Some((_, content)) => content,
            None => &self.sections,
        }
    }

    pub(crate) fn split_signature(&self) -> Option<(&OwnedSection, &[OwnedSection])> {
        self.sections
            .split_first()
            .filter(|(first, _)| first.is_signature())
    }
}

const NO_SUCH_SECTION: Error = Error::without_offset(ErrorKind::NoSuchSection);

/// Where these first sections of a module end.
fn end_of(sections: &[OwnedSection]) -> usize {
    let len = |section: &OwnedSection| section.as_bytes().len();
    HEADER_BYTES + sections.iter().map(len).sum::<usize>()
}
