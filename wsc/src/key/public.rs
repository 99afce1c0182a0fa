//! `PublicKey`: an Ed25519 key that verifies, with the id it goes by.

use core::fmt;

use ed25519_dalek::{Signature, VerifyingKey};

use crate::error::{Error, ErrorKind};
use crate::key::KeyId;
use crate::key::encoding::{SPKI_PREFIX, decode_pem, encode_pem, fill, unframe};
use crate::key::openssh::{self, Line};

/// The first byte of a raw public-key file.
const RAW_TYPE: u8 = 0x01;

const PEM_LABEL: &[u8] = b"PUBLIC KEY";

/// An Ed25519 public key.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    id: KeyId,
}

impl PublicKey {
    /// The key in a file of any format that is read here, which the content tells: raw, DER, PEM or OpenSSH.
    ///
    /// ```
    /// let line = b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHCLsq6yWY5KN8QNPxqcMYCROq7pSQt6ZCq1zuSsJJDV dora";
    /// let key = wsc::PublicKey::parse(line)?;
    /// assert_eq!(key.key_id().to_string(), "27f75b5d1f14d04078ad7138");
    /// # Ok::<(), wsc::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for the format that it seems to be in.
    pub fn parse(file: &[u8]) -> Result<Self, Error> {
        match file.trim_ascii_start() {
            _ if file.first() == Some(&RAW_TYPE) => Self::from_bytes(file),
            _ if file.starts_with(&SPKI_PREFIX) => Self::from_der(file),
            [b'-', ..] => Self::from_pem(file),
            _ => Self::from_openssh(file),
        }
    }

    /// The key in a raw key file: the byte `01` and the 32 bytes of the key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidKey`] for another length or first byte, or if the bytes are no point of the curve;
    /// [`ErrorKind::WeakKey`] for a point of small order.
    pub fn from_bytes(file: &[u8]) -> Result<Self, Error> {
        match file {
            [RAW_TYPE, key @ ..] => match key.try_into() {
                Ok(key) => Self::from_point(key, 1),
                Err(_) => Err(Error::new(ErrorKind::InvalidKey, file.len())),
            },
            _ => Err(Error::new(ErrorKind::InvalidKey, 0)),
        }
    }

    /// The key whose 32 bytes, as in RFC 8032, are these.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidKey`] if the bytes are no point of the curve; [`ErrorKind::WeakKey`] for a point of small
    /// order.
    pub fn from_ed25519(key: &[u8; 32]) -> Result<Self, Error> {
        Self::from_point(key, 0)
    }

    /// The key in a DER file (`SubjectPublicKeyInfo`, RFC 8410).
    ///
    /// # Errors
    ///
    /// As for [`from_bytes`](Self::from_bytes).
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        Self::from_point(unframe(der, &SPKI_PREFIX)?, SPKI_PREFIX.len())
    }

    /// The key in a PEM file (`PUBLIC KEY`, RFC 7468).
    ///
    /// # Errors
    ///
    /// As for [`from_bytes`](Self::from_bytes); offsets are then those of the DER inside.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        let mut der = [0; SPKI_PREFIX.len() + 32];
        decode_pem(pem, PEM_LABEL, &mut der)?;
        Self::from_der(&der)
    }

    /// The first Ed25519 key in an OpenSSH file (`id_ed25519.pub`, or several lines of that kind).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidKey`] if there is none, or the first one is malformed; [`ErrorKind::WeakKey`] for a point
    /// of small order.
    pub fn from_openssh(file: &[u8]) -> Result<Self, Error> {
        Self::all_from_openssh(file)
            .next()
            .unwrap_or(Err(Error::new(ErrorKind::InvalidKey, 0)))
    }

    /// All Ed25519 keys in an OpenSSH file, in order. Lines with other keys are passed over.
    ///
    /// # Errors
    ///
    /// As for [`from_openssh`](Self::from_openssh), for each key; the offset is where its line starts.
    pub fn all_from_openssh(file: &[u8]) -> impl Iterator<Item = Result<Self, Error>> {
        Line::ed25519(file).map(|line| Self::from_point(&line.key()?, line.offset))
    }

    /// The same key, going by another id than the default one.
    #[must_use]
    pub fn with_key_id(self, id: KeyId) -> Self {
        Self { id, ..self }
    }

    /// What a raw key file holds.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; 33] {
        let mut file = [RAW_TYPE; 33];
        let (_, key) = file.split_at_mut(1);
        key.copy_from_slice(self.key.as_bytes());
        file
    }

    /// What a DER file holds (`SubjectPublicKeyInfo`, RFC 8410).
    #[must_use]
    pub fn to_der(&self) -> [u8; 44] {
        let mut der = [0; 44];
        fill(&mut der, &[&SPKI_PREFIX, self.key.as_bytes()]);
        der
    }

    /// What a PEM file holds (`PUBLIC KEY`, RFC 7468).
    #[must_use]
    pub fn to_pem(&self) -> [u8; 113] {
        let mut pem = [0; 113];
        encode_pem(PEM_LABEL, &self.to_der(), &mut pem);
        pem
    }

    /// A line of an OpenSSH file (`id_ed25519.pub`), without a comment.
    #[must_use]
    pub fn to_openssh(&self) -> [u8; 81] {
        openssh::write_public(self.key.as_bytes())
    }

    /// The 32 bytes of the key, as in RFC 8032.
    #[must_use]
    pub fn as_ed25519(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// The id that signatures by this key carry: the default one, unless another was given.
    #[must_use]
    pub const fn key_id(&self) -> &KeyId {
        &self.id
    }

    /// Verifies a signature of a message.
    ///
    /// The rule is that of RFC 8032, without the cofactor, and with the strictness of ed25519-dalek's
    /// `verify_strict`: S is reduced, and neither the key nor R is of small order.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadSignature`] if it does not hold, or if the signature does not have 64 bytes.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), Error> {
        let bad = Error::without_offset(ErrorKind::BadSignature);
        let signature = Signature::from_slice(signature).map_err(|_| bad)?;
        self.key.verify_strict(message, &signature).map_err(|_| bad)
    }

    pub(super) fn from_verifying(key: VerifyingKey) -> Self {
        let id = KeyId::default_of(key.as_bytes());
        Self { key, id }
    }

    fn from_point(bytes: &[u8; 32], offset: usize) -> Result<Self, Error> {
        let key = VerifyingKey::from_bytes(bytes)
            .map_err(|_| Error::new(ErrorKind::InvalidKey, offset))?;
        if key.is_weak() {
            return Err(Error::new(ErrorKind::WeakKey, offset));
        }
        Ok(Self::from_verifying(key))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicKey(")?;
        for byte in self.as_ed25519() {
            write!(f, "{byte:02x}")?;
        }
        write!(f, ", id {})", self.id)
    }
}
