//! What changes the signature of a `Module`: signing, splitting into parts, attaching and detaching.

use alloc::vec::Vec;
use core::{iter, mem};

use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind};
use crate::hash::Hash;
use crate::key::{KeyId, SecretKey};
use crate::module::Module;
use crate::owned_section::OwnedSection;
use crate::payload::SignatureData;
use crate::payload_writer::sign_hashes;
use crate::section::{DELIMITER_NAME, HEADER_BYTES, SIGNATURE_NAME};

const ALREADY_SIGNED: Error = Error::new(ErrorKind::AlreadySigned, HEADER_BYTES);

impl Module {
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
        let payload = sign_hashes(existing, &hash_parts(content), key.as_ref(), key_id)?;
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
        sign_hashes(None, &hash_parts(&self.sections), key.as_ref(), key_id)
    }

    /// Adds a signature to a detached one, as [`sign`](Self::sign) does to an embedded one.
    ///
    /// # Errors
    ///
    /// As for [`sign`](Self::sign) and [`SignatureData::parse`].
    pub fn cosign_detached(
        &self,
        signature: &[u8],
        key: &impl AsRef<SecretKey>,
        key_id: Option<&KeyId>,
    ) -> Result<Vec<u8>, Error> {
        let existing = Some(SignatureData::parse(signature)?);
        let hashes = hash_parts(&self.sections);
        sign_hashes(existing, &hashes, key.as_ref(), key_id)
    }

    /// Divides the module into parts that can be verified one without those behind it: a delimiter is put wherever
    /// wanted sections follow unwanted ones or the other way round, and one at the end.
    ///
    /// Sections that are no custom sections are always wanted. Delimiters that stand there already are kept, so
    /// that splitting again divides further, and splitting in the same way changes nothing. `random` gives what a
    /// delimiter holds: 16 bytes that nobody can foresee.
    ///
    /// ```
    /// # use wsc::{Keyring, Module, OwnedSection, SecretKey};
    /// # let key = SecretKey::from_seed(&[7; 32]);
    /// # let keyring = Keyring::from_iter([key.public_key()]);
    /// # let random = || [4; 16];
    /// let mut module = Module::parse(b"\0asm\x01\0\0\0\x01\x01\0")?;
    /// module.insert(1, OwnedSection::custom("notes", b"for readers")?)?;
    /// module.split(|name| name != "notes", random)?;
    /// module.sign(&key, None)?;
    ///
    /// // The notes and their delimiter are taken out; the code is still what was signed.
    /// assert_eq!(module.sections()[3].name(), Some("notes"));
    /// module.remove(4)?;
    /// module.remove(3)?;
    /// assert_eq!(module.verify_parts(&keyring, |_| false)?.parts(), 1);
    /// assert!(module.verify(&keyring).is_err());
    /// # Ok::<(), wsc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadySigned`] if the module has a signature in it, which would no longer hold.
    pub fn split(
        &mut self,
        wants: impl Fn(&str) -> bool,
        mut random: impl FnMut() -> [u8; 16],
    ) -> Result<(), Error> {
        if self.split_signature().is_some() {
            return Err(ALREADY_SIGNED);
        }
        let mut delimiters = Vec::new();
        let mut before = None;
        for (index, section) in self.sections.iter().enumerate() {
            if section.is_delimiter() {
                before = None;
                continue;
            }
            let is_wanted = section.name().is_none_or(&wants);
            if before.is_some_and(|before| before != is_wanted) {
                delimiters.push((index, delimiter(random())?));
            }
            before = Some(is_wanted);
        }
        if before.is_some() {
            delimiters.push((self.sections.len(), delimiter(random())?));
        }

        // From here on nothing fails, so the sections can be moved.
        let mut sections = Vec::with_capacity(self.sections.len() + delimiters.len());
        let mut old = mem::take(&mut self.sections).into_iter();
        let mut moved = 0;
        for (index, delimiter) in delimiters {
            sections.extend(old.by_ref().take(index - moved));
            sections.push(delimiter);
            moved = index;
        }
        sections.extend(old);
        self.sections = sections;
        Ok(())
    }

    /// Puts sections behind all others, with a delimiter after them, and signs the whole.
    ///
    /// The signatures that are there go on covering what they covered: [`verify`](Self::verify) then needs the new
    /// signer, [`verify_parts`](Self::verify_parts) without the new sections any of the former. In a module without
    /// signature a delimiter is put before the new sections if there is none.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NoDelimiter`] if the module is signed but does not end with a delimiter (it was not
    /// [`split`](Self::split) before), and what [`sign`](Self::sign) gives. The module is then as it was.
    pub fn append(
        &mut self,
        sections: impl IntoIterator<Item = OwnedSection>,
        key: &impl AsRef<SecretKey>,
        key_id: Option<&KeyId>,
        mut random: impl FnMut() -> [u8; 16],
    ) -> Result<(), Error> {
        let is_signed = self.split_signature().is_some();
        let ends_part = self.content().last().map(OwnedSection::is_delimiter);
        let before = self.sections.len();
        match (is_signed, ends_part) {
            (_, Some(true)) | (false, None) => {}
            (false, Some(false)) => self.sections.push(delimiter(random())?),
            (true, _) => {
                let end = self.serialize().len();
                return Err(Error::new(ErrorKind::NoDelimiter, end));
            }
        }
        self.sections.extend(sections);
        let signed = delimiter(random()).and_then(|delimiter| {
            self.sections.push(delimiter);
            self.sign(key, key_id)
        });
        if signed.is_err() {
            self.sections.truncate(before);
        }
        signed
    }

    /// Puts a detached signature into the module. It is read, but not compared with the module.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::AlreadySigned`] if there is one in it, and what [`SignatureData::parse`] gives.
    pub fn attach(&mut self, signature: &[u8]) -> Result<(), Error> {
        if self.split_signature().is_some() {
            return Err(ALREADY_SIGNED);
        }
        SignatureData::parse(signature)?;
        let section = OwnedSection::custom(SIGNATURE_NAME, signature)?;
        self.sections.insert(0, section);
        Ok(())
    }

    /// Takes the signature out of the module; [`attach`](Self::attach) puts it back.
    ///
    /// What was in the signature section is given as it was, readable or not.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotSigned`] if there is none.
    pub fn detach(&mut self) -> Result<Vec<u8>, Error> {
        let Some((signature, _)) = self.split_signature() else {
            return Err(Error::new(ErrorKind::NotSigned, HEADER_BYTES));
        };
        let payload = signature.payload().to_vec();
        self.sections.remove(0);
        Ok(payload)
    }
}

/// One hash for each delimiter, and one for the end if no delimiter stands there; each of all bytes up to there.
fn hash_parts(content: &[OwnedSection]) -> Vec<Hash> {
    let mut running = Sha256::new();
    let mut hashes = Vec::new();
    let mut is_open = true;
    for section in content {
        running.update(section.as_bytes());
        is_open = !section.is_delimiter();
        if !is_open {
            hashes.push(running.clone().finalize().into());
        }
    }
    if is_open {
        hashes.push(running.finalize().into());
    }
    hashes
}

fn delimiter(random: [u8; 16]) -> Result<OwnedSection, Error> {
    OwnedSection::custom(DELIMITER_NAME, &random)
}
