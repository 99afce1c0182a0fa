//! The message that the signatures of a set sign.

use crate::hash::Hash;
use crate::limits::MAX_HASHES;
use crate::payload::IDENTIFIERS;

const DOMAIN: &[u8; 7] = b"wasmsig";
const PREFIX_BYTES: usize = DOMAIN.len() + IDENTIFIERS.len();
const MAX_BYTES: usize = PREFIX_BYTES + MAX_HASHES * size_of::<Hash>();

/// The message that each signature of a set signs: a domain, the identifiers of the format, all hashes.
pub(crate) struct Message {
    bytes: [u8; MAX_BYTES],
    len: usize,
}

impl Message {
    /// `None` if there are more hashes than the limit.
    pub(crate) fn new(hashes: &[Hash]) -> Option<Self> {
        let hashes = hashes.as_flattened();
        let mut bytes = [0; MAX_BYTES];
        let (domain, rest) = bytes.split_first_chunk_mut()?;
        *domain = *DOMAIN;
        let (identifiers, rest) = rest.split_first_chunk_mut()?;
        *identifiers = IDENTIFIERS;
        rest.get_mut(..hashes.len())?.copy_from_slice(hashes);
        Some(Self {
            bytes,
            len: PREFIX_BYTES + hashes.len(),
        })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}
