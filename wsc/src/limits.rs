//! The limits, so that hostile input has a bounded cost. The first three are those of the public tools.

/// Hash sets in one signature payload.
pub const MAX_SETS: usize = 64;

/// Hashes in one set, and so signed parts in one module.
pub const MAX_HASHES: usize = 64;

/// Signatures in one set.
pub const MAX_SIGNATURES: usize = 256;

/// Bytes of a [`KeyId`](crate::KeyId). Ids in a file may be longer; they match no key.
pub const MAX_KEY_ID_BYTES: usize = 64;

/// Base64 characters of an OpenSSH private key. Without a comment there are about 350.
pub const MAX_OPENSSH_KEY_BYTES: usize = 4096;
