//! The one error of this crate: what is wrong, and at which byte.

use core::fmt;

/// Why bytes were refused.
///
/// It is small and `Copy`, and making, passing on and printing it never allocates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: usize,
}

impl Error {
    pub(crate) const fn new(kind: ErrorKind, offset: usize) -> Self {
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The byte, counted from the start of the input that was read, at which it is wrong.
    ///
    /// The input is the module; the signature, where a detached one is at fault; or the key. It is 0 where no byte
    /// can be named, as for [`ErrorKind::BadSignature`] of a bare message.
    #[must_use]
    pub const fn offset(&self) -> usize {
        self.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at byte {}", self.kind, self.offset)
    }
}

impl core::error::Error for Error {}

/// What can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input ends inside something, or a length reaches past the end of what holds it.
    UnexpectedEnd,
    /// The first eight bytes are neither those of a module nor those of a component.
    BadHeader,
    /// A `varuint32` has more than five bytes, or more than 32 bits.
    BadInteger,
    /// A `varuint32` of the signature payload is longer than it needs to be.
    PaddedInteger,
    /// The name of a custom section is not UTF-8.
    BadName,
    /// The first section is no signature section.
    NotSigned,
    /// The signature payload names a version, a content type or a hash function that is not known.
    UnsupportedFormat,
    /// There are more sets, hashes or signatures than a limit allows.
    LimitExceeded,
    /// Bytes follow where a record of the signature payload, or the payload, should have ended.
    TrailingBytes,
    /// A key has the wrong length or encoding, or is no point of the curve.
    InvalidKey,
    /// A public key of small order: anyone can make signatures for it.
    WeakKey,
    /// A key id is empty or longer than [`MAX_KEY_ID_BYTES`](crate::MAX_KEY_ID_BYTES).
    InvalidKeyId,
    /// No set has as many hashes as the module has parts, so nothing signs the whole of it.
    PartCountMismatch,
    /// No usable signature is by a key of the keyring.
    UnknownKey,
    /// A signature does not verify with its key.
    BadSignature,
    /// A part of the module differs from what was signed.
    HashMismatch,
    /// The very same signature is already there.
    DuplicateSignature,
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnexpectedEnd => "unexpected end, or a length that reaches past it",
            Self::BadHeader => "not the header of a WebAssembly module or component",
            Self::BadInteger => "integer of more than 32 bits",
            Self::PaddedInteger => "integer not in its shortest form",
            Self::BadName => "section name is not UTF-8",
            Self::NotSigned => "no signature section in first place",
            Self::UnsupportedFormat => "unknown version, content type or hash function",
            Self::LimitExceeded => "more sets, hashes or signatures than the limit",
            Self::TrailingBytes => "bytes after the end of a record",
            Self::InvalidKey => "not an Ed25519 key in a known encoding",
            Self::WeakKey => "public key of small order",
            Self::InvalidKeyId => "key id is empty or too long",
            Self::PartCountMismatch => "no signed set has as many hashes as the module has parts",
            Self::UnknownKey => "no signature by a key of the keyring",
            Self::BadSignature => "signature does not verify",
            Self::HashMismatch => "content differs from what was signed",
            Self::DuplicateSignature => "the same signature is already there",
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::collections::BTreeSet;
    use std::string::ToString;

    use super::ErrorKind::{self, *};

    #[test]
    fn messages_are_different_lower_case_fragments() {
        let kinds = [
            UnexpectedEnd,
            BadHeader,
            BadInteger,
            PaddedInteger,
            BadName,
            NotSigned,
            UnsupportedFormat,
            LimitExceeded,
            TrailingBytes,
            InvalidKey,
            WeakKey,
            InvalidKeyId,
            PartCountMismatch,
            UnknownKey,
            BadSignature,
            HashMismatch,
            DuplicateSignature,
        ];
        let messages: BTreeSet<_> = kinds.iter().map(ErrorKind::to_string).collect();
        assert_eq!(messages.len(), kinds.len());
        for message in messages {
            assert!(message.starts_with(char::is_lowercase) && !message.ends_with('.'));
        }
    }
}
