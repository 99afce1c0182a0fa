//! `SecretKey` and `KeyPair`: Ed25519 keys that sign. Every copy of a secret that is made here is wiped.

use core::fmt;

use ed25519_dalek::{Signer, SigningKey};
use zeroize::{ZeroizeOnDrop, Zeroizing};

use crate::error::{Error, ErrorKind};
use crate::key::PublicKey;
use crate::key::encoding::{PKCS8_PREFIX, decode_pem, encode_pem, fill, pem_body, unframe};
use crate::key::openssh::{PRIVATE_LABEL, read_private, write_private};

/// The first byte of a raw secret-key file.
const RAW_TYPE: u8 = 0x81;

const PEM_LABEL: &[u8] = b"PRIVATE KEY";

/// An Ed25519 secret key. Its memory is wiped when it is dropped, and `Debug` does not show it.
pub struct SecretKey(SigningKey);

impl SecretKey {
    /// The key in a file of any format that is read here, which the content tells: raw, DER, PEM or OpenSSH.
    ///
    /// # Errors
    ///
    /// As for the format that it seems to be in.
    pub fn parse(file: &[u8]) -> Result<Self, Error> {
        match file.first() {
            Some(&RAW_TYPE) => Self::from_bytes(file),
            _ if file.starts_with(&PKCS8_PREFIX) => Self::from_der(file),
            _ if pem_body(file, PRIVATE_LABEL).is_some() => Self::from_openssh(file),
            _ => Self::from_pem(file),
        }
    }

    /// The key in a raw key file: the byte `81`, the 32 bytes of the seed, the 32 bytes of the public key.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidKey`] for another length or first byte, or if the public key is not that of the seed.
    pub fn from_bytes(file: &[u8]) -> Result<Self, Error> {
        let [RAW_TYPE, pair @ ..] = file else {
            return Err(Error::new(ErrorKind::InvalidKey, 0));
        };
        let pair = pair
            .try_into()
            .map_err(|_| Error::new(ErrorKind::InvalidKey, file.len()))?;
        SigningKey::from_keypair_bytes(pair)
            .map(Self)
            .map_err(|_| Error::new(ErrorKind::InvalidKey, 33))
    }

    /// The key that grows from these 32 bytes, which must be as hard to guess as the key shall be.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The key in a DER file (PKCS#8 version 1, RFC 8410), not encrypted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidKey`] for anything else.
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        unframe(der, &PKCS8_PREFIX).map(Self::from_seed)
    }

    /// The key in a PEM file (`PRIVATE KEY`, RFC 7468), not encrypted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::EncryptedKey`] for an `ENCRYPTED PRIVATE KEY`, [`ErrorKind::InvalidKey`] for anything else.
    pub fn from_pem(pem: &[u8]) -> Result<Self, Error> {
        if pem_body(pem, b"ENCRYPTED PRIVATE KEY").is_some() {
            return Err(Error::without_offset(ErrorKind::EncryptedKey));
        }
        let mut der = Zeroizing::new([0; PKCS8_PREFIX.len() + 32]);
        decode_pem(pem, PEM_LABEL, der.as_mut_slice())?;
        Self::from_der(der.as_slice())
    }

    /// The key in an OpenSSH file (`id_ed25519`), not encrypted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::EncryptedKey`] if it is protected by a password (`ssh-keygen -p` takes it away),
    /// [`ErrorKind::LimitExceeded`] if it has more than
    /// [`MAX_OPENSSH_KEY_BYTES`](crate::MAX_OPENSSH_KEY_BYTES), [`ErrorKind::InvalidKey`] for anything else.
    pub fn from_openssh(file: &[u8]) -> Result<Self, Error> {
        read_private(file, |seed, public| {
            let key = Self::from_seed(seed);
            if key.0.verifying_key().as_bytes() == public {
                return Ok(key);
            }
            Err(Error::new(ErrorKind::InvalidKey, 0))
        })
    }

    /// What a raw key file holds; wiped when it is dropped.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 65]> {
        let pair = Zeroizing::new(self.0.to_keypair_bytes());
        let mut file = Zeroizing::new([0; 65]);
        fill(file.as_mut_slice(), &[&[RAW_TYPE], pair.as_slice()]);
        file
    }

    /// What a DER file holds (PKCS#8 version 1, RFC 8410); wiped when it is dropped.
    #[must_use]
    pub fn to_der(&self) -> Zeroizing<[u8; 48]> {
        let mut der = Zeroizing::new([0; 48]);
        fill(der.as_mut_slice(), &[&PKCS8_PREFIX, self.0.as_bytes()]);
        der
    }

    /// What a PEM file holds (`PRIVATE KEY`, RFC 7468); wiped when it is dropped.
    #[must_use]
    pub fn to_pem(&self) -> Zeroizing<[u8; 119]> {
        let mut pem = Zeroizing::new([0; 119]);
        encode_pem(PEM_LABEL, &self.to_der(), pem.as_mut_slice());
        pem
    }

    /// What an OpenSSH file (`id_ed25519`) holds, without a comment; wiped when it is dropped.
    #[must_use]
    pub fn to_openssh(&self) -> Zeroizing<[u8; 387]> {
        write_private(self.0.as_bytes(), self.0.verifying_key().as_bytes())
    }

    /// The public key that belongs to it, with its default id.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey::from_verifying(self.0.verifying_key())
    }

    /// Signs a message: Ed25519 of RFC 8032, so the same message gives the same 64 bytes.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl ZeroizeOnDrop for SecretKey {}

/// The promise above is kept by the field, as long as ed25519-dalek has its `zeroize` feature.
const _: () = {
    const fn is_wiped_on_drop<T: ZeroizeOnDrop>() {}
    is_wiped_on_drop::<SigningKey>();
};

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

impl AsRef<SecretKey> for SecretKey {
    fn as_ref(&self) -> &SecretKey {
        self
    }
}

/// A secret key together with its public key.
#[derive(Debug)]
pub struct KeyPair {
    secret: SecretKey,
    public: PublicKey,
}

impl KeyPair {
    /// The part that signs.
    #[must_use]
    pub const fn secret_key(&self) -> &SecretKey {
        &self.secret
    }

    /// The part that verifies.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.public
    }
}

impl From<SecretKey> for KeyPair {
    fn from(secret: SecretKey) -> Self {
        let public = secret.public_key();
        Self { secret, public }
    }
}

impl AsRef<SecretKey> for KeyPair {
    fn as_ref(&self) -> &SecretKey {
        &self.secret
    }
}
