//! The rule by which a whole module is verified, whatever holds the module.
//!
//! It follows "whole module" of the WebAssembly tool-conventions document `Signatures.md`.

use crate::error::{Error, ErrorKind};
use crate::hash::{Hash, PartHash};
use crate::key::PublicKey;
use crate::keyring::Keyring;
use crate::limits::{MAX_HASHES, MAX_SETS};
use crate::payload::{ALGORITHM_ED25519, IDENTIFIERS, SignatureData, SignatureSet};

const DOMAIN: &[u8; 7] = b"wasmsig";
const MESSAGE_PREFIX_BYTES: usize = DOMAIN.len() + IDENTIFIERS.len();
const MESSAGE_MAX_BYTES: usize = MESSAGE_PREFIX_BYTES + MAX_HASHES * size_of::<Hash>();

/// The proof that a module was verified, and by what.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'v> {
    key: &'v PublicKey,
    key_id: &'v [u8],
    set: usize,
    parts: usize,
}

impl<'v> Verified<'v> {
    /// The key of the keyring that verified the module.
    #[must_use]
    pub const fn key(&self) -> &'v PublicKey {
        self.key
    }

    /// The key id in the signature, which may be empty.
    #[must_use]
    pub const fn key_id(&self) -> &'v [u8] {
        self.key_id
    }

    /// Which of the hash sets it was, counted from 0.
    #[must_use]
    pub const fn set(&self) -> usize {
        self.set
    }

    /// The number of parts, which is all of them.
    #[must_use]
    pub const fn parts(&self) -> usize {
        self.parts
    }
}

/// Signatures first, for they are cheap; then one pass over the content, as far as a set is still right.
pub(crate) fn verify_whole<'v, K: AsRef<[PublicKey]>>(
    signature: SignatureData<'v>,
    parts: usize,
    part_hashes: impl Iterator<Item = Result<PartHash, Error>>,
    keyring: &'v Keyring<K>,
) -> Result<Verified<'v>, Error> {
    let mut candidates = Candidates::find(signature, parts, keyring)?;
    let mut compared = 0;
    for part in part_hashes {
        let PartHash { hash, offset } = part?;
        candidates.keep(|hashes| hashes.get(compared) == Some(&hash));
        if candidates.first().is_none() {
            return Err(Error::new(ErrorKind::HashMismatch, offset));
        }
        compared += 1;
    }
    candidates
        .first()
        // Content that gave fewer hashes than it has parts has not been compared to its end.
        .filter(|_| compared == parts)
        .ok_or(Error::new(ErrorKind::HashMismatch, signature.offset()))
}

/// The message that each signature of a set signs.
pub(crate) struct Message {
    bytes: [u8; MESSAGE_MAX_BYTES],
    len: usize,
}

impl Message {
    /// `None` if there are more hashes than the limit.
    pub(crate) fn new(hashes: &[Hash]) -> Option<Self> {
        let hashes = hashes.as_flattened();
        let mut bytes = [0; MESSAGE_MAX_BYTES];
        let (domain, rest) = bytes.split_first_chunk_mut()?;
        *domain = *DOMAIN;
        let (identifiers, rest) = rest.split_first_chunk_mut()?;
        *identifiers = IDENTIFIERS;
        rest.get_mut(..hashes.len())?.copy_from_slice(hashes);
        Some(Self {
            bytes,
            len: MESSAGE_PREFIX_BYTES + hashes.len(),
        })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

/// A set with a valid signature, whose hashes are yet to be compared with the content.
#[derive(Clone, Copy)]
struct Candidate<'v> {
    verified: Verified<'v>,
    hashes: &'v [Hash],
}

struct Candidates<'v>([Option<Candidate<'v>>; MAX_SETS]);

impl<'v> Candidates<'v> {
    fn find<K: AsRef<[PublicKey]>>(
        signature: SignatureData<'v>,
        parts: usize,
        keyring: &'v Keyring<K>,
    ) -> Result<Self, Error> {
        let mut found = Self([None; MAX_SETS]);
        let mut nearest = Miss::PartCount;
        for ((index, set), slot) in signature.sets().enumerate().zip(&mut found.0) {
            if set.hashes().len() != parts {
                continue;
            }
            match find_signature(&set, keyring) {
                Ok((key, key_id)) => {
                    let verified = Verified {
                        key,
                        key_id,
                        set: index,
                        parts,
                    };
                    let hashes = set.hashes();
                    *slot = Some(Candidate { verified, hashes });
                }
                Err(miss) => nearest = nearest.max(miss),
            }
        }
        if found.first().is_none() {
            return Err(Error::new(nearest.kind(), signature.offset()));
        }
        Ok(found)
    }

    fn keep(&mut self, is_right: impl Fn(&[Hash]) -> bool) {
        for slot in &mut self.0 {
            *slot = slot.take_if(|candidate| is_right(candidate.hashes));
        }
    }

    fn first(&self) -> Option<Verified<'v>> {
        let candidate = self.0.iter().flatten().next()?;
        Some(candidate.verified)
    }
}

/// How near a set came to having a valid signature; a later one is nearer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Miss {
    PartCount,
    Key,
    Signature,
}

impl Miss {
    const fn kind(self) -> ErrorKind {
        match self {
            Self::PartCount => ErrorKind::PartCountMismatch,
            Self::Key => ErrorKind::UnknownKey,
            Self::Signature => ErrorKind::BadSignature,
        }
    }
}

/// The first signature of the set that is valid, and its key.
///
/// Records of other algorithms are passed over, and so are Ed25519 ones that do not have 64 bytes: they are no
/// reason to refuse a good signature beside them.
fn find_signature<'v, K: AsRef<[PublicKey]>>(
    set: &SignatureSet<'v>,
    keyring: &'v Keyring<K>,
) -> Result<(&'v PublicKey, &'v [u8]), Miss> {
    let message = Message::new(set.hashes()).ok_or(Miss::PartCount)?;
    let mut nearest = Miss::Key;
    for record in set.signatures() {
        if record.algorithm() != ALGORITHM_ED25519 {
            continue;
        }
        let Ok(signature) = <&[u8; 64]>::try_from(record.signature()) else {
            continue;
        };
        for key in keyring.keys_for(record.key_id()) {
            if key.verify(message.as_bytes(), signature).is_ok() {
                return Ok((key, record.key_id()));
            }
            nearest = Miss::Signature;
        }
    }
    Err(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_that_was_not_compared_to_its_end_is_refused() {
        let payload = include_bytes!("../tests/vectors/signed/detached.sig");
        let key = include_bytes!("../tests/vectors/keys/alice.pk");
        let signature = SignatureData::parse(payload).unwrap();
        let keyring = Keyring::new([PublicKey::from_bytes(key).unwrap()]);
        let hash = signature.sets().next().unwrap().hashes()[0];
        let part = Ok(PartHash { hash, offset: 8 });
        let verify = |parts: &[_]| verify_whole(signature, 1, parts.iter().copied(), &keyring);

        assert_eq!(verify(&[part]).unwrap().parts(), 1);
        for wrong in [&[][..], &[part, part]] {
            let error = verify(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::HashMismatch);
        }
    }
}
