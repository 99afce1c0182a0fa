//! Key ids: short names that signatures carry, and the default one of a key.

use core::fmt;

use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind};
use crate::limits::MAX_KEY_ID_BYTES;

const DEFAULT_BYTES: usize = 12;
const DEFAULT_MESSAGE: &[u8] = b"key_id";
const SHA256_BLOCK_BYTES: usize = 64;

/// The name of a key: 1 to [`MAX_KEY_ID_BYTES`] bytes. It is a hint, not a proof: signatures do not cover it.
#[derive(Clone, Copy)]
pub struct KeyId {
    bytes: [u8; MAX_KEY_ID_BYTES],
    len: usize,
}

impl KeyId {
    /// A key id of these bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidKeyId`] if there is no byte, or more than [`MAX_KEY_ID_BYTES`].
    pub fn new(id: &[u8]) -> Result<Self, Error> {
        let invalid = Error::without_offset(ErrorKind::InvalidKeyId);
        if id.is_empty() {
            return Err(invalid);
        }
        let mut bytes = [0; MAX_KEY_ID_BYTES];
        bytes
            .get_mut(..id.len())
            .ok_or(invalid)?
            .copy_from_slice(id);
        let len = id.len();
        Ok(Self { bytes, len })
    }

    /// What all tools call a key that was given no name: the first 12 bytes of HMAC-SHA256, the key being the public
    /// key and the message `key_id`.
    pub(crate) fn default_of(public_key: &[u8; 32]) -> Self {
        let hmac = hmac_sha256(public_key, DEFAULT_MESSAGE);
        let mut bytes = [0; MAX_KEY_ID_BYTES];
        for (to, from) in bytes.iter_mut().zip(hmac).take(DEFAULT_BYTES) {
            *to = from;
        }
        let len = DEFAULT_BYTES;
        Self { bytes, len }
    }

    /// The bytes of the id.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl PartialEq for KeyId {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for KeyId {}

/// Lower-case hexadecimal digits.
impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_bytes()
            .iter()
            .try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// RFC 2104, for a key that is shorter than a block.
fn hmac_sha256(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let padded = |pad: u8| {
        let mut block = [pad; SHA256_BLOCK_BYTES];
        for (byte, key) in block.iter_mut().zip(key) {
            *byte ^= key;
        }
        block
    };
    let inner = Sha256::new()
        .chain_update(padded(0x36))
        .chain_update(message);
    let outer = Sha256::new()
        .chain_update(padded(0x5c))
        .chain_update(inner.finalize());
    outer.finalize().into()
}
