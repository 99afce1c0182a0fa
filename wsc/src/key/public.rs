//! `PublicKey`: an Ed25519 key that verifies, with the id it goes by.

use core::fmt;

use ed25519_dalek::{Signature, VerifyingKey};

use crate::error::{Error, ErrorKind};
use crate::key::KeyId;
use crate::key::encoding::{SPKI_PREFIX, decode_pem, unframe};

/// The first byte of a raw public-key file.
const RAW_TYPE: u8 = 0x01;

/// An Ed25519 public key.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: VerifyingKey,
    id: KeyId,
}

impl PublicKey {
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
        decode_pem(pem, b"PUBLIC KEY", &mut der)?;
        Self::from_der(&der)
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
        let bad = Error::new(ErrorKind::BadSignature, 0);
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
