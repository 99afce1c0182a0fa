//! SHA-256.

use sha2::{Digest, Sha256};

pub(crate) type Hash = [u8; 32];

/// The SHA-256 hash of `bytes`.
///
/// ```
/// assert_eq!(wsc::sha256(b"")[..4], [0xe3, 0xb0, 0xc4, 0x42]);
/// ```
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}
