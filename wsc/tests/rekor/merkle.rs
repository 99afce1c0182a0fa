//! Trees of our own: every leaf is proven, and no damaged proof holds.

use std::sync::LazyLock;

use wsc::rekor::{InclusionProof, TreeHead};
use wsc::{ErrorKind, sha256};

type Hash = [u8; 32];

/// Deterministic bytes (splitmix64).
struct Bytes(u64);

impl Bytes {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A leaf of 0 to 79 bytes.
    fn leaf(&mut self) -> Vec<u8> {
        let len = usize::try_from(self.next() % 80).unwrap();
        std::iter::repeat_with(|| self.next().to_le_bytes())
            .flatten()
            .take(len)
            .collect()
    }
}

/// RFC 6962, section 2.1: the largest power of two smaller than `n`.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// RFC 6962, section 2.1, as it is written there.
fn tree_hash(leaves: &[Vec<u8>]) -> Hash {
    match leaves {
        [] => sha256(b""),
        [leaf] => sha256(&[&[0], &leaf[..]].concat()),
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            sha256(&[&[1], &tree_hash(left)[..], &tree_hash(right)].concat())
        }
    }
}

/// RFC 6962, section 2.1.1, as it is written there.
fn path(index: usize, leaves: &[Vec<u8>]) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let middle = split(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, beside) = if index < middle {
        (path(index, left), right)
    } else {
        (path(index - middle, right), left)
    };
    path.push(tree_hash(beside));
    path
}

/// A leaf, its index, the tree, the path.
type Proof = (Vec<u8>, u64, TreeHead, Vec<Hash>);

/// Every leaf of every tree of 1 to 70.
static PROOFS: LazyLock<Vec<Proof>> = LazyLock::new(|| {
    let of_size = |size| {
        let mut bytes = Bytes(size);
        let leaves: Vec<_> = (0..size).map(|_| bytes.leaf()).collect();
        let root = tree_hash(&leaves);
        let proof = move |index: u64| {
            let at = usize::try_from(index).unwrap();
            let (leaf, path) = (leaves[at].clone(), path(at, &leaves));
            (leaf, index, TreeHead { size, root }, path)
        };
        (0..size).map(proof)
    };
    (1..=70).flat_map(of_size).collect()
});

/// The same, each to be changed at will.
fn proofs() -> impl Iterator<Item = Proof> {
    PROOFS.iter().cloned()
}

fn holds(leaf: &[u8], index: u64, tree: TreeHead, path: &[Hash]) -> bool {
    let proof = InclusionProof::new(index, tree, path.to_vec());
    match proof.verify(leaf) {
        Ok(verified) => {
            assert_eq!((verified.index(), verified.tree()), (index, tree));
            assert_eq!(verified.leaf_hash(), &sha256(&[&[0], leaf].concat()));
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::BadInclusionProof);
            false
        }
    }
}

#[test]
fn every_leaf_of_every_small_tree_is_proven() {
    assert_eq!(proofs().count(), 70 * 71 / 2);
    for (leaf, index, tree, path) in proofs() {
        assert!(holds(&leaf, index, tree, &path), "{index} of {}", tree.size);
    }
}

#[test]
fn a_flipped_bit_in_a_leaf_a_root_or_a_path_is_found() {
    let mut bytes = Bytes(1);
    for (leaf, index, tree, path) in proofs() {
        let bit = usize::try_from(bytes.next() % 256).unwrap();
        let flip = |hash: &mut Hash| hash[bit / 8] ^= 1 << (bit % 8);
        for at in 0..path.len() {
            let mut path = path.clone();
            flip(&mut path[at]);
            assert!(!holds(&leaf, index, tree, &path));
        }
        let mut other = tree;
        flip(&mut other.root);
        assert!(!holds(&leaf, index, other, &path));
        let mut other = leaf.clone();
        match other.get_mut(bit % leaf.len().max(1)) {
            Some(byte) => *byte ^= 1,
            None => other.push(0),
        }
        assert!(!holds(&other, index, tree, &path));
    }
}

#[test]
fn a_path_of_another_length_or_order_is_refused() {
    for (leaf, index, tree, path) in proofs() {
        for at in 0..path.len() {
            let mut shorter = path.clone();
            shorter.remove(at);
            assert!(!holds(&leaf, index, tree, &shorter));
        }
        for at in 0..=path.len() {
            let mut longer = path.clone();
            longer.insert(at, tree.root);
            assert!(!holds(&leaf, index, tree, &longer));
        }
        for at in 1..path.len() {
            let mut swapped = path.clone();
            swapped.swap(at - 1, at);
            assert!(!holds(&leaf, index, tree, &swapped));
        }
    }
}

#[test]
fn a_proof_holds_for_no_other_index() {
    for (leaf, index, tree, path) in proofs() {
        for other in (0..tree.size + 3).chain([u64::MAX]) {
            assert_eq!(holds(&leaf, other, tree, &path), other == index);
        }
    }
}

#[test]
fn a_node_is_no_leaf() {
    for (leaf, index, tree, path) in proofs().filter(|(.., path)| !path.is_empty()) {
        let own = sha256(&[&[0], &leaf[..]].concat());
        let node = if index % 2 == 0 {
            [own, path[0]]
        } else {
            [path[0], own]
        };
        assert!(!holds(node.as_flattened(), index / 2, tree, &path[1..]));
    }
}

#[test]
fn sizes_at_the_end_of_the_numbers_are_no_matter() {
    let root = [7; 32];
    for (size, index, len) in [
        (0, 0, 0),
        (u64::MAX, 0, 64),
        (u64::MAX, u64::MAX - 1, 64),
        (1 << 63, (1 << 63) - 1, 63),
        ((1 << 63) + 1, 1 << 63, 1),
        (u64::MAX, u64::MAX, 64),
    ] {
        assert!(!holds(
            b"",
            index,
            TreeHead { size, root },
            &vec![root; len]
        ));
    }
}

#[test]
fn the_last_leaf_of_a_huge_tree_is_proven() {
    // Of 2^63 + 1 leaves the last is alone on its side, so its path has one hash.
    let (leaf, beside) = (sha256(&[0]), [7; 32]);
    let tree = TreeHead {
        size: (1 << 63) + 1,
        root: sha256(&[&[1], &beside[..], &leaf].concat()),
    };
    assert!(holds(b"", 1 << 63, tree, &[beside]));
}

#[test]
fn a_path_alone_may_hold_for_another_size() {
    // Of two leaves or of three, the way from the first one is as long: only the checkpoint tells the sizes apart.
    let (leaf, _, tree, path) = proofs()
        .find(|(.., tree, path)| tree.size == 3 && path.len() == 2)
        .unwrap();
    let other = TreeHead { size: 4, ..tree };
    assert!(holds(&leaf, 0, other, &path));
}
