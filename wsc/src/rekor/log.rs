//! `Log`: a transparency log whose key is trusted, by its id.

use alloc::string::String;
use core::fmt;

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::hash::{Hash, sha256};
use crate::key::PublicKey;

/// SEQUENCE { SEQUENCE { OID 1.2.840.10045.2.1, OID 1.2.840.10045.3.1.7 } BIT STRING (65 bytes) }: the
/// `SubjectPublicKeyInfo` of a P-256 key (RFC 5480), whose point is not compressed.
const P256_PREFIX: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

/// The first byte of a point that is not compressed (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 0x04;

/// The number that signed notes have for Ed25519.
const NOTE_ED25519: u8 = 0x01;

/// What a log goes by: a hash of its key, for a log of version 2 together with its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LogId(Hash);

impl LogId {
    /// The id of these bytes.
    #[must_use]
    pub const fn new(id: [u8; 32]) -> Self {
        Self(id)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Lower-case hexadecimal digits.
impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LogId({self})")
    }
}

/// The two generations of Rekor, which sign in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LogVersion {
    /// ECDSA with P-256 and SHA-256. Entries have a signed entry timestamp.
    V1,
    /// Ed25519. Entries have no time.
    V2,
}

/// When a key is valid, in Unix seconds; both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Validity {
    /// The first second. Without one, the key has always been valid.
    pub start: Option<i64>,
    /// The last second. Without one, the key is valid still.
    pub end: Option<i64>,
}

impl Validity {
    /// Whether the key is valid at this time.
    #[must_use]
    pub fn contains(&self, unix_seconds: i64) -> bool {
        self.start.is_none_or(|start| start <= unix_seconds)
            && self.end.is_none_or(|end| unix_seconds <= end)
    }
}

/// A log whose key is trusted.
#[derive(Debug, Clone)]
pub struct Log {
    pub(super) id: LogId,
    pub(super) name: String,
    pub(super) key: LogKey,
    pub(super) validity: Validity,
}

impl Log {
    /// Its id.
    #[must_use]
    pub const fn id(&self) -> &LogId {
        &self.id
    }

    /// Its host name, which is also what it goes by in checkpoints.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its generation, which follows from the kind of its key.
    #[must_use]
    pub const fn version(&self) -> LogVersion {
        match self.key {
            LogKey::P256(_) => LogVersion::V1,
            LogKey::Ed25519(_) => LogVersion::V2,
        }
    }

    /// When its key is valid. For a log of version 2, compare this with a time that something else vouches for: its
    /// entries have none.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        self.validity
    }

    /// What the log's signature lines in checkpoints start with.
    pub(super) fn key_hint(&self) -> &[u8] {
        self.id.0.get(..4).unwrap_or_default()
    }
}

/// The key of a log, ready to verify.
#[derive(Debug, Clone)]
pub(super) enum LogKey {
    P256(VerifyingKey),
    Ed25519(PublicKey),
}

impl LogKey {
    /// The P-256 key in this DER file.
    pub(super) fn p256(der: &[u8]) -> Option<Self> {
        let point = der.strip_prefix(&P256_PREFIX)?;
        let key = VerifyingKey::from_sec1_bytes(point).ok()?;
        (point.first() == Some(&UNCOMPRESSED)).then_some(Self::P256(key))
    }

    /// The Ed25519 key in this DER file.
    pub(super) fn ed25519(der: &[u8]) -> Option<Self> {
        PublicKey::from_der(der).ok().map(Self::Ed25519)
    }

    /// The id of the log that has this key and name: for P-256 as RFC 6962, section 3.2, for Ed25519 as the key id of
    /// signed notes (C2SP, signed-note), but whole.
    pub(super) fn log_id(&self, der: &[u8], name: &str) -> LogId {
        LogId(match self {
            Self::P256(_) => sha256(der),
            Self::Ed25519(key) => Sha256::new()
                .chain_update(name)
                .chain_update([b'\n', NOTE_ED25519])
                .chain_update(key.as_ed25519())
                .finalize()
                .into(),
        })
    }

    /// Whether this is the key's signature of the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::P256(key) => verifies_hash(key, &sha256(message), signature),
            Self::Ed25519(key) => key.verify(message, signature).is_ok(),
        }
    }
}

/// Whether this is the key's ECDSA signature, in DER, of a message with this hash.
pub(super) fn verifies_hash(key: &VerifyingKey, hash: &Hash, der: &[u8]) -> bool {
    Signature::from_der(der).is_ok_and(|signature| key.verify_prehash(hash, &signature).is_ok())
}
