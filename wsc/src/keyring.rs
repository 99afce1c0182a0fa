//! The keys that are trusted, found by id without allocating, and how many of them must have signed.

use core::slice;

#[cfg(feature = "alloc")]
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};
use crate::key::PublicKey;
use crate::signers::Trusted;

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
    required: usize,
}

/// Public keys, in the order of their ids.
///
/// `K` holds the keys: an array, or a mutable slice.
#[cfg(not(feature = "alloc"))]
#[derive(Debug, Clone)]
pub struct Keyring<K> {
    keys: K,
    required: usize,
}

impl<K: AsRef<[PublicKey]> + AsMut<[PublicKey]>> Keyring<K> {
    /// A keyring of these keys, which are put in order once, here. A signature by one of them is enough.
    #[must_use]
    pub fn new(mut keys: K) -> Self {
        keys.as_mut()
            .sort_unstable_by(|a, b| a.key_id().as_bytes().cmp(b.key_id().as_bytes()));
        let required = 1;
        Self { keys, required }
    }
}

impl<K: AsRef<[PublicKey]>> Keyring<K> {
    /// The same keys, of which so many must have signed what is verified: "2 of these 3".
    ///
    /// A key counts once, however many signatures it made and whatever ids it goes by. The signatures may stand in
    /// several sets, as long as each set is right.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidThreshold`] if `signers` is 0, or more than there are different keys.
    pub fn require(self, signers: usize) -> Result<Self, Error> {
        let keys = self.keys.as_ref();
        let is_new = |index: usize, key: &PublicKey| {
            let mut before = keys.iter().take(index);
            before.all(|other| other.as_ed25519() != key.as_ed25519())
        };
        let different = keys.iter().enumerate();
        let different = different.filter(|(index, key)| is_new(*index, key)).count();
        if signers == 0 || signers > different {
            return Err(Error::without_offset(ErrorKind::InvalidThreshold));
        }
        let required = signers;
        Ok(Self { required, ..self })
    }

    /// How many keys must have signed: 1, unless [`require`](Self::require) asked for more.
    #[must_use]
    pub const fn required(&self) -> usize {
        self.required
    }

    /// The key with this id; of several, one of them.
    #[must_use]
    pub fn get(&self, key_id: &[u8]) -> Option<&PublicKey> {
        self.trusted().with_id(key_id).first()
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

    pub(crate) fn trusted(&self) -> Trusted<'_> {
        Trusted::new(self.keys.as_ref(), self.required)
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
