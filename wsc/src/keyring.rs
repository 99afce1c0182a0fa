//! The keys that are trusted, found by id without allocating.

use core::slice;

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use crate::key::PublicKey;

/// Public keys, in the order of their ids.
///
/// `K` holds the keys: a `Vec` by default; without the `alloc` feature an array, or a mutable slice.
///
/// ```
/// # let keys = [1, 2, 3].map(|seed| wsc::SecretKey::from_seed(&[seed; 32]).public_key());
/// # let alice = keys[0].clone();
/// let keyring = wsc::Keyring::from_iter(keys);
/// assert_eq!(keyring.get(alice.key_id().as_bytes()), Some(&alice));
/// ```
#[cfg(feature = "alloc")]
#[derive(Debug, Clone)]
pub struct Keyring<K = Vec<PublicKey>> {
    keys: K,
}

/// Public keys, in the order of their ids.
///
/// `K` holds the keys: an array, or a mutable slice.
#[cfg(not(feature = "alloc"))]
#[derive(Debug, Clone)]
pub struct Keyring<K> {
    keys: K,
}

impl<K: AsRef<[PublicKey]> + AsMut<[PublicKey]>> Keyring<K> {
    /// A keyring of these keys, which are put in order once, here.
    #[must_use]
    pub fn new(mut keys: K) -> Self {
        keys.as_mut()
            .sort_unstable_by(|a, b| a.key_id().as_bytes().cmp(b.key_id().as_bytes()));
        Self { keys }
    }
}

impl<K: AsRef<[PublicKey]>> Keyring<K> {
    /// The key with this id; of several, one of them.
    #[must_use]
    pub fn get(&self, key_id: &[u8]) -> Option<&PublicKey> {
        self.with_id(key_id).first()
    }

    /// All keys, in the order of their ids.
    pub fn iter(&self) -> slice::Iter<'_, PublicKey> {
        self.keys.as_ref().iter()
    }

    /// The number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keys.as_ref().len()
    }

    /// Whether there is no key. Such a keyring verifies nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.as_ref().is_empty()
    }

    /// The keys that may have made a signature with this id: those of that id, or all if it is empty.
    pub(crate) fn keys_for(&self, key_id: &[u8]) -> &[PublicKey] {
        if key_id.is_empty() {
            return self.keys.as_ref();
        }
        self.with_id(key_id)
    }

    fn with_id(&self, key_id: &[u8]) -> &[PublicKey] {
        let keys = self.keys.as_ref();
        let start = keys.partition_point(|key| key.key_id().as_bytes() < key_id);
        let from_start = keys.get(start..).unwrap_or_default();
        let len = from_start.partition_point(|key| key.key_id().as_bytes() == key_id);
        from_start.get(..len).unwrap_or_default()
    }
}

#[cfg(feature = "alloc")]
impl FromIterator<PublicKey> for Keyring {
    fn from_iter<I: IntoIterator<Item = PublicKey>>(keys: I) -> Self {
        Self::new(keys.into_iter().collect())
    }
}

impl<'a, K: AsRef<[PublicKey]>> IntoIterator for &'a Keyring<K> {
    type Item = &'a PublicKey;
    type IntoIter = slice::Iter<'a, PublicKey>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
