//! `InclusionProof`: that an entry is a leaf of a Merkle tree with a known root hash.

use alloc::vec::Vec;

use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorKind};
use crate::hash::Hash;

const LEAF: [u8; 1] = [0];
const NODE: [u8; 1] = [1];

/// A state of a log: how many entries it has, and the hash over all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    /// The number of entries.
    pub size: u64,
    /// The hash at the root of the tree.
    pub root: [u8; 32],
}

/// The hashes that lead from a leaf to the root.
#[derive(Debug, Clone)]
pub struct InclusionProof {
    index: u64,
    tree: TreeHead,
    hashes: Vec<Hash>,
}

/// What an inclusion proof proved. It says nothing of where the tree comes from: that is the checkpoint's part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedInclusion {
    leaf_hash: Hash,
    index: u64,
    tree: TreeHead,
}

impl InclusionProof {
    /// The proof that the leaf with this index is in this tree, by the hashes beside its way up, the lowest first.
    #[must_use]
    pub const fn new(index: u64, tree: TreeHead, hashes: Vec<[u8; 32]>) -> Self {
        Self {
            index,
            tree,
            hashes,
        }
    }

    /// The tree that the proof is about.
    #[must_use]
    pub const fn tree(&self) -> TreeHead {
        self.tree
    }

    /// Verifies that `leaf` is in the tree, at the index of the proof.
    ///
    /// The rule is that of RFC 9162, section 2.1.3.2, with the hashes of RFC 6962, section 2.1.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadInclusionProof`] if it is not, or if there are more or fewer hashes than such a proof has.
    pub fn verify(&self, leaf: &[u8]) -> Result<VerifiedInclusion, Error> {
        let leaf_hash = hash(LEAF, [leaf]);
        if self.root_above(leaf_hash) != Some(self.tree.root) {
            return Err(Error::without_offset(ErrorKind::BadInclusionProof));
        }
        Ok(VerifiedInclusion {
            leaf_hash,
            index: self.index,
            tree: self.tree,
        })
    }

    /// The root hash that the proof leads to, if its length fits the tree.
    fn root_above(&self, leaf_hash: Hash) -> Option<Hash> {
        let mut node = self.index;
        // The last node of the level that `node` is on.
        let mut last = self.tree.size.checked_sub(1)?;
        if node > last {
            return None;
        }
        let mut above = leaf_hash;
        for beside in &self.hashes {
            if last == 0 {
                return None;
            }
            let is_right = node % 2 == 1;
            above = if is_right || node == last {
                hash(NODE, [beside, &above])
            } else {
                hash(NODE, [&above, beside])
            };
            if !is_right && node == last {
                // A last node without one beside it is its own parent, up to where it is a right one. It is not 0 here,
                // as `last` is not.
                let levels = node.trailing_zeros();
                node >>= levels;
                last >>= levels;
            }
            node >>= 1;
            last >>= 1;
        }
        (last == 0).then_some(above)
    }
}

impl VerifiedInclusion {
    /// The hash of the entry as a leaf.
    #[must_use]
    pub const fn leaf_hash(&self) -> &[u8; 32] {
        &self.leaf_hash
    }

    /// The index of the entry in the tree.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// The tree that it is in.
    #[must_use]
    pub const fn tree(&self) -> TreeHead {
        self.tree
    }
}

/// The hash of a leaf or a node. The first byte keeps one from being taken for the other.
fn hash<const N: usize>(kind: [u8; 1], parts: [&[u8]; N]) -> Hash {
    let mut hasher = Sha256::new_with_prefix(kind);
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}
