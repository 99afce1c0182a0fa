//! Who signed which sets: signatures against the keys that are trusted.

use crate::error::ErrorKind;
use crate::key::PublicKey;
use crate::limits::MAX_SETS;
use crate::message::Message;
use crate::payload::{ALGORITHM_ED25519, SignatureData, SignatureRecord, SignatureSet};

/// Some of the sets of one payload, by their index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SetMask(u64);

// One bit for each set.
const _: () = assert!(MAX_SETS <= 64);

impl SetMask {
    pub(crate) fn insert(&mut self, set: usize) {
        self.0 |= 1 << set;
    }

    pub(crate) const fn contains(self, set: usize) -> bool {
        self.0 >> set & 1 == 1
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = usize> {
        (0..MAX_SETS).filter(move |set| self.contains(*set))
    }

    pub(crate) fn filter(self, is_kept: impl Fn(usize) -> bool) -> Self {
        let mut kept = Self::default();
        for set in self.iter().filter(|set| is_kept(*set)) {
            kept.insert(set);
        }
        kept
    }
}

/// How near a set came to having a valid signature; a later one is nearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Miss {
    PartCount,
    Key,
    Signature,
}

impl Miss {
    pub(crate) const fn kind(self) -> ErrorKind {
        match self {
            Self::PartCount => ErrorKind::PartCountMismatch,
            Self::Key => ErrorKind::UnknownKey,
            Self::Signature => ErrorKind::BadSignature,
        }
    }
}

/// A key, and the id that its signature carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Signer<'v> {
    pub(crate) key: &'v PublicKey,
    pub(crate) key_id: &'v [u8],
}

/// What a keyring says, whatever holds its keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trusted<'v> {
    /// In the order of their ids.
    keys: &'v [PublicKey],
    /// How many of them must have signed.
    required: usize,
}

impl<'v> Trusted<'v> {
    pub(crate) const fn new(keys: &'v [PublicKey], required: usize) -> Self {
        Self { keys, required }
    }

    /// The keys that go by this id.
    pub(crate) fn with_id(self, key_id: &[u8]) -> &'v [PublicKey] {
        let start = self
            .keys
            .partition_point(|key| key.key_id().as_bytes() < key_id);
        let from_start = self.keys.get(start..).unwrap_or_default();
        let len = from_start.partition_point(|key| key.key_id().as_bytes() == key_id);
        from_start.get(..len).unwrap_or_default()
    }

    /// The keys that may have made a signature with this id: those of that id, or all if it is empty.
    fn keys_for(self, key_id: &[u8]) -> &'v [PublicKey] {
        if key_id.is_empty() {
            return self.keys;
        }
        self.with_id(key_id)
    }

    /// The first signature of the set that is valid.
    ///
    /// Records of other algorithms are passed over, and so are Ed25519 ones that do not have 64 bytes: they are no
    /// reason to refuse a good signature beside them.
    pub(crate) fn find(self, set: &SignatureSet<'v>) -> Result<Signer<'v>, Miss> {
        let message = Message::new(set.hashes()).ok_or(Miss::Key)?;
        let mut nearest = Miss::Key;
        for record in set.signatures() {
            let Some(signature) = ed25519(&record) else {
                continue;
            };
            let key_id = record.key_id();
            for key in self.keys_for(key_id) {
                if key.verify(message.as_bytes(), signature).is_ok() {
                    return Ok(Signer { key, key_id });
                }
                nearest = Miss::Signature;
            }
        }
        Err(nearest)
    }

    /// Every key that made a valid signature in one of these sets, each key once.
    ///
    /// The signatures are verified anew, so that no list of keys needs room.
    pub(crate) fn signers(
        self,
        signature: SignatureData<'v>,
        sets: SetMask,
    ) -> impl Iterator<Item = &'v PublicKey> + use<'v> {
        let signed = move |key: &PublicKey| {
            signature
                .sets()
                .enumerate()
                .any(|(index, set)| sets.contains(index) && is_signed_by(&set, key))
        };
        let keys = self.keys;
        keys.iter().enumerate().filter_map(move |(index, key)| {
            // The same key under two ids is one signer.
            let is_repeated = || {
                let mut before = keys.iter().take(index);
                before.any(|other| other.as_ed25519() == key.as_ed25519() && signed(other))
            };
            (signed(key) && !is_repeated()).then_some(key)
        })
    }

    /// Whether as many keys as must have signed did so, in one of these sets each.
    pub(crate) fn are_enough(self, signature: SignatureData<'v>, sets: SetMask) -> bool {
        // A set is only among them if one key has signed it.
        if self.required <= 1 {
            return !sets.is_empty();
        }
        let signers = self.signers(signature, sets).take(self.required);
        signers.count() == self.required
    }
}

fn ed25519<'v>(record: &SignatureRecord<'v>) -> Option<&'v [u8; 64]> {
    if record.algorithm() != ALGORITHM_ED25519 {
        return None;
    }
    record.signature().try_into().ok()
}

fn is_signed_by(set: &SignatureSet<'_>, key: &PublicKey) -> bool {
    let Some(message) = Message::new(set.hashes()) else {
        return false;
    };
    set.signatures()
        .filter(|record| record.key_id().is_empty() || record.key_id() == key.key_id().as_bytes())
        .filter_map(|record| ed25519(&record))
        .any(|signature| key.verify(message.as_bytes(), signature).is_ok())
}
