//! The one error of this crate: what is wrong, and at which byte.

use core::fmt;

/// Why bytes were refused.
///
/// It is small and `Copy`, and making, passing on and printing it never allocates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    offset: Option<usize>,
}

impl Error {
    pub(crate) const fn new(kind: ErrorKind, offset: usize) -> Self {
        let offset = Some(offset);
        Self { kind, offset }
    }

    /// For what is about no byte: something is not there, or does not follow from something else.
    pub(crate) const fn without_offset(kind: ErrorKind) -> Self {
        let offset = None;
        Self { kind, offset }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The byte, counted from the start of the input that was read, at which it is wrong.
    ///
    /// The input is the module; the signature, where a detached one is at fault; the key; or, for a log entry, the JSON
    /// or the checkpoint. It is 0 where no byte can be named, as for [`ErrorKind::BadSignature`] of a bare message.
    #[must_use]
    pub const fn offset(&self) -> usize {
        match self.offset {
            Some(offset) => offset,
            None => 0,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.offset {
            Some(offset) => write!(f, "{} at byte {offset}", self.kind),
            None => write!(f, "{}", self.kind),
        }
    }
}

impl core::error::Error for Error {}

/// Each kind stands once, with what it is and the message it gives.
macro_rules! kinds {
    ($($(#[$documentation:meta])* $kind:ident => $message:literal,)*) => {
        /// What can be wrong.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $($(#[$documentation])* $kind,)*
        }

        impl fmt::Display for ErrorKind {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self {
                    $(Self::$kind => $message,)*
                })
            }
        }

        #[cfg(test)]
        const ALL: &[ErrorKind] = &[$(ErrorKind::$kind,)*];
    };
}

kinds! {
    /// The input ends inside something, or a length reaches past the end of what holds it.
    UnexpectedEnd => "unexpected end, or a length that reaches past it",
    /// The first eight bytes are neither those of a module nor those of a component.
    BadHeader => "not the header of a WebAssembly module or component",
    /// A `varuint32` has more than five bytes, or more than 32 bits.
    BadInteger => "integer of more than 32 bits",
    /// A `varuint32` of the signature payload is longer than it needs to be.
    PaddedInteger => "integer not in its shortest form",
    /// The name of a custom section is not UTF-8.
    BadName => "section name is not UTF-8",
    /// The first section is no signature section.
    NotSigned => "no signature section in first place",
    /// The signature payload names a version, a content type or a hash function that is not known.
    UnsupportedFormat => "unknown version, content type or hash function",
    /// There are more sets, hashes or signatures, or bytes of an OpenSSH key, than a limit allows.
    LimitExceeded => "more sets, hashes, signatures or bytes of a key than the limit",
    /// Bytes follow where a record of the signature payload, or the payload, should have ended.
    TrailingBytes => "bytes after the end of a record",
    /// A key has the wrong length or encoding, or is no point of the curve.
    InvalidKey => "not an Ed25519 key in a known encoding",
    /// A public key of small order: anyone can make signatures for it.
    WeakKey => "public key of small order",
    /// A secret key is encrypted; it must be decrypted first.
    EncryptedKey => "secret key is encrypted",
    /// A key id is empty or longer than [`MAX_KEY_ID_BYTES`](crate::MAX_KEY_ID_BYTES).
    InvalidKeyId => "key id is empty or too long",
    /// A keyring was to require no signer, or more than it has keys.
    InvalidThreshold => "keyring cannot have that many signers",
    /// No set has as many hashes as the module has parts, so nothing signs the whole of it.
    PartCountMismatch => "no signed set has as many hashes as the module has parts",
    /// A part holds sections that are wanted and others that are not; it can be verified only as one.
    MixedPart => "section is in one part with others that are treated differently",
    /// A part that is wanted has no signed hash.
    UnsignedPart => "part that must be signed is not",
    /// The module has no section that is wanted, so nothing was verified.
    NothingWanted => "no section that must be signed",
    /// No usable signature is by a key of the keyring.
    UnknownKey => "no signature by a key of the keyring",
    /// A signature does not verify with its key.
    BadSignature => "signature does not verify",
    /// Fewer keys signed it than the keyring requires.
    TooFewSigners => "fewer signers than required",
    /// A part of the module differs from what was signed.
    HashMismatch => "content differs from what was signed",
    /// The very same signature is already there.
    DuplicateSignature => "the same signature is already there",
    /// The module has a signature in it, which this would replace or break.
    AlreadySigned => "a signature is in the module already",
    /// The signed content does not end with a delimiter, so that nothing can be put behind it.
    NoDelimiter => "signed content does not end with a delimiter",
    /// The module has no section of this index.
    NoSuchSection => "no section of this index",
    /// The buffer cannot hold the signature, or the name of a section.
    BufferTooSmall => "buffer too small for a signature or a name",
    /// The JSON of a log entry or of a trusted root is not JSON in UTF-8.
    BadJson => "not JSON",
    /// JSON is nested more deeply than `rekor::MAX_JSON_DEPTH`.
    JsonTooDeep => "nesting of JSON too deep",
    /// A JSON field is missing, is there twice, or does not hold what it must.
    BadField => "field missing, doubled or not of its form",
    /// A bundle has no log entry.
    NoLogEntry => "no log entry in the bundle",
    /// The key of a log is not of the kind that the trusted root says.
    InvalidLogKey => "not the kind of log key it is said to be",
    /// The id of a log is not that of its key.
    LogIdMismatch => "log id is not that of the key",
    /// The trusted root has no key for the log of the entry.
    UnknownLog => "no key for the log of this entry",
    /// A signed entry timestamp (SET) is needed, and there is none.
    NoSet => "no signed entry timestamp",
    /// The signed entry timestamp does not verify with the key of the log.
    BadSet => "signed entry timestamp does not verify",
    /// There is no inclusion proof.
    NoInclusionProof => "no inclusion proof",
    /// The inclusion proof does not lead from the entry to the root hash.
    BadInclusionProof => "inclusion proof does not lead to the root hash",
    /// There is no checkpoint.
    NoCheckpoint => "no checkpoint",
    /// The text of the checkpoint is not that of a checkpoint of this log.
    BadCheckpoint => "not the text of a checkpoint of this log",
    /// No signature line of the checkpoint has the name and the key hint of the log.
    NoCheckpointSignature => "no line of the log among the checkpoint's signatures",
    /// The log's signature of the checkpoint does not verify.
    BadCheckpointSignature => "checkpoint signature does not verify",
    /// The checkpoint is of another tree than the inclusion proof: size or root hash differ.
    CheckpointMismatch => "checkpoint and inclusion proof are of different trees",
    /// The uuid or the index that the entry came with is not what its proofs are about.
    EntryMismatch => "uuid or index differs from what the proofs are about",
    /// The log says that it took the entry at a time at which its key was not valid.
    OutsideValidity => "log key not valid at the time of the entry",
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::collections::BTreeSet;
    use std::string::ToString;

    use super::ALL;

    #[test]
    fn messages_are_different_lower_case_fragments() {
        let messages: BTreeSet<_> = ALL.iter().map(ToString::to_string).collect();
        assert_eq!(messages.len(), ALL.len());
        for message in messages {
            assert!(message.starts_with(char::is_lowercase) && !message.ends_with('.'));
        }
    }
}
