//! Owns the tree of call paths: every stack that was captured, each as one number.
//!
//! A node is a frame below (called by) its parent, so a stack is the number of its innermost frame,
//! and stacks that begin alike share their nodes. The tree only grows, and neither finding nor
//! adding takes a lock. Its memory is reserved at the first capture, and given by the system where
//! it is touched.

#![expect(
    clippy::inline_always,
    reason = "the walk must be quick in a build without optimisation too, where a call costs as much as a step"
)]
#![expect(
    clippy::cast_possible_truncation,
    reason = "the parts of a packed word have the bits that they were packed with"
)]

use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};

use super::addresses::{AddressId, Addresses};
use crate::memory;

/// A stack, from its outermost frame to the one that the path ends at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct PathId(u32);

impl PathId {
    const BITS: u32 = 22;

    /// No frame at all. The parent of outermost frames, and of a capture that found no room.
    pub const NONE: Self = Self(0);

    /// The parent of the outermost frame that was kept, of a stack too deep to be kept whole.
    pub const CUT: Self = Self(1);

    /// The number. Numbers are given from 2 on without gaps, but for a few that stay unused where
    /// two threads added the same path at once.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// A path from its number.
    #[must_use]
    pub fn from_number(number: u32) -> Self {
        Self(number)
    }

    fn is_root(self) -> bool {
        self.0 <= Self::CUT.0
    }
}

/// One frame of one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    /// The path that ends with this frame.
    pub id: PathId,
    /// The path of its caller, [`PathId::NONE`] or [`PathId::CUT`]. Its number is the smaller one.
    pub parent: PathId,
    /// Where it calls: the return address of the next frame.
    pub address: usize,
}

/// How many nodes there can be.
const NODES: usize = 3 << 20;
/// Where they are looked up; a power of two, not more than three quarters full.
const SLOTS: usize = 1 << PathId::BITS;

/// The tree. All zero bytes are an empty one.
pub struct Paths {
    pub(super) addresses: Addresses,
    used: AtomicU32,
    lost: AtomicU64,
    /// By a hash of parent and address: those two and the number, as a [`Word`].
    slots: [AtomicU64; SLOTS],
    /// The same words by number, less [`FIRST`].
    nodes: [AtomicU64; NODES],
}

const FIRST: u32 = 2;
const KEY_BITS: u32 = PathId::BITS + AddressId::BITS;

// The parts of a word have room in it, numbers have room in their part, and searches end soon.
const _: () = assert!(PathId::BITS + KEY_BITS <= 64);
const _: () = assert!(NODES + (FIRST as usize) < 1 << PathId::BITS);
const _: () = assert!(NODES <= SLOTS / 4 * 3);

/// A node in one word: its key, and above it its number, which is not 0. A word of 0 is none.
#[derive(Clone, Copy)]
pub(super) struct Word(u64);

impl Word {
    /// In place of a node: its number was given to nobody. No node looks so, because no number is
    /// as large.
    const UNUSED: Self = Self(u64::MAX);

    /// What a node is looked up by.
    #[inline(always)]
    pub(super) fn key(parent: PathId, address: AddressId) -> u64 {
        u64::from(parent.0) << AddressId::BITS | address.bits()
    }

    fn new(key: u64, id: PathId) -> Self {
        Self(u64::from(id.0) << KEY_BITS | key)
    }

    /// Whether it is the node with this key.
    #[inline(always)]
    pub(super) fn has(self, key: u64) -> bool {
        self.0 & ((1 << KEY_BITS) - 1) == key && self.0 != 0
    }

    #[inline(always)]
    pub(super) fn id(self) -> PathId {
        PathId((self.0 >> KEY_BITS) as u32)
    }
}

static SHARED: AtomicPtr<Paths> = AtomicPtr::new(std::ptr::null_mut());

impl Paths {
    /// The tree of this process. `None` if the system has no memory for it.
    #[inline(always)]
    pub fn shared() -> Option<&'static Self> {
        // Acquire: pairs with the release in `reserve`.
        let paths = SHARED.load(Ordering::Acquire);
        // SAFETY: null, or what `reserve` put there for good.
        match unsafe { paths.as_ref() } {
            Some(paths) => Some(paths),
            None => Self::reserve(),
        }
    }

    #[cold]
    #[inline(never)]
    fn reserve() -> Option<&'static Self> {
        // SAFETY: all zero bytes are an empty tree.
        let paths: &'static Self = unsafe { memory::zeroed() }?;
        let none = std::ptr::null_mut();
        let ours = std::ptr::from_ref(paths).cast_mut();
        // Release: pairs with the acquire in `shared`, and the acquire with the release of a
        // thread that was first.
        match SHARED.compare_exchange(none, ours, Ordering::Release, Ordering::Acquire) {
            Ok(_) => Some(paths),
            Err(theirs) => {
                // SAFETY: made above, and nobody else has it.
                unsafe { memory::release(paths) };
                // SAFETY: put there for good.
                unsafe { theirs.as_ref() }
            }
        }
    }

    /// The node with this key, whose path goes on from its parent with a call at its address. `None`
    /// if there is no room.
    #[inline(always)]
    pub(super) fn child(&self, key: u64) -> Option<Word> {
        // Fibonacci hashing; the shift brings the parent, which is above, to bear on all bits.
        let mut index =
            ((key ^ key >> 23).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - PathId::BITS)) as usize;
        // Not `get_unchecked`, which calls what checks its arguments where nothing is optimised.
        let slots = (&raw const self.slots).cast::<AtomicU64>();
        loop {
            // SAFETY: the product has `BITS` bits left, and the sum below is masked.
            let slot = unsafe { &*slots.wrapping_add(index) };
            // Acquire: pairs with the release in `add`, so that who has a number finds its node.
            let found = Word(slot.load(Ordering::Acquire));
            if found.has(key) {
                return Some(found);
            }
            if found.0 == 0 {
                match self.add(slot, key) {
                    Added::Here(word) => return Some(word),
                    Added::Occupied => {}
                    Added::Full => return None,
                }
            }
            index = (index + 1) & (SLOTS - 1);
        }
    }

    #[cold]
    #[inline(never)]
    fn add(&self, slot: &AtomicU64, key: u64) -> Added {
        // Relaxed: numbers are given once each; what they mean is published by `slot`. The bound
        // keeps the count from wrapping.
        if self.used.load(Ordering::Relaxed) as usize >= NODES {
            return Added::Full;
        }
        let place = self.used.fetch_add(1, Ordering::Relaxed);
        let Some(node) = self.nodes.get(place as usize) else {
            return Added::Full;
        };
        let word = Word::new(key, PathId(place.wrapping_add(FIRST)));
        // Release: pairs with the acquire in `nodes_from`, which then finds the address too.
        node.store(word.0, Ordering::Release);
        // Release: pairs with the acquire in `child`.
        match slot.compare_exchange(0, word.0, Ordering::Release, Ordering::Acquire) {
            Ok(_) => Added::Here(word),
            Err(other) => {
                // The number stays unused: nobody was told of it.
                node.store(Word::UNUSED.0, Ordering::Release);
                let other = Word(other);
                if other.has(key) {
                    Added::Here(other)
                } else {
                    Added::Occupied
                }
            }
        }
    }

    /// The path of a whole stack, outermost frame first. `None` if there is no room.
    pub(super) fn path(
        &self,
        root: PathId,
        mut addresses: impl Iterator<Item = Option<AddressId>>,
    ) -> Option<PathId> {
        addresses.try_fold(root, |path, address| {
            Some(self.child(Word::key(path, address?))?.id())
        })
    }

    /// The node that a path ends with; `None` of the roots and of what no capture returned.
    pub fn node(&self, id: PathId) -> Option<Node> {
        let place = id.0.checked_sub(FIRST)?;
        // Acquire: pairs with the release in `add`.
        let word = self.nodes.get(place as usize)?.load(Ordering::Acquire);
        self.unpack(word)
    }

    fn unpack(&self, word: u64) -> Option<Node> {
        if word == 0 || word == Word::UNUSED.0 {
            return None;
        }
        Some(Node {
            id: Word(word).id(),
            parent: PathId((word >> AddressId::BITS) as u32 & ((1 << PathId::BITS) - 1)),
            address: self.addresses.address(AddressId::from_bits(word)),
        })
    }

    /// The addresses of a path, innermost first.
    pub fn frames(&self, id: PathId) -> impl Iterator<Item = usize> {
        let mut node = self.node(id);
        std::iter::from_fn(move || {
            let Node {
                parent, address, ..
            } = node?;
            // A parent's number is the smaller one, so this ends.
            node = self.node(parent);
            Some(address)
        })
    }

    /// The outermost frame's parent: [`PathId::CUT`] if frames outside it were not kept.
    pub fn root(&self, id: PathId) -> PathId {
        let mut id = id;
        while let Some(node) = self.node(id) {
            id = node.parent;
        }
        if id.is_root() { id } else { PathId::NONE }
    }

    /// The nodes added since `cursor` was where it is, parents before children, and moves it past
    /// them. It ends early before a node that another thread is still adding, and gives that one
    /// and those after it next time.
    pub fn added(&self, cursor: &mut Cursor) -> impl Iterator<Item = Node> {
        std::iter::from_fn(move || {
            loop {
                // Acquire: pairs with the release in `add`.
                let word = self.nodes.get(cursor.0)?.load(Ordering::Acquire);
                if word == 0 {
                    return None;
                }
                cursor.0 = cursor.0.wrapping_add(1);
                if let Some(node) = self.unpack(word) {
                    return Some(node);
                }
            }
        })
    }

    /// How many captures found no room, and were given [`PathId::NONE`].
    pub fn lost(&self) -> u64 {
        // Relaxed: a count.
        self.lost.load(Ordering::Relaxed)
    }

    /// As if all numbers but those in use were given away.
    #[cfg(test)]
    pub(super) fn fill(&self) {
        self.used.store(NODES as u32, Ordering::Relaxed);
    }

    #[cold]
    #[inline(never)]
    pub(super) fn lose(&self) -> PathId {
        // Relaxed: a count.
        self.lost.fetch_add(1, Ordering::Relaxed);
        PathId::NONE
    }
}

/// How far [`Paths::added`] has come; at first, nowhere.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cursor(usize);

enum Added {
    Here(Word),
    Occupied,
    Full,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn tree() -> &'static Paths {
        // SAFETY: all zero bytes are an empty tree.
        unsafe { memory::zeroed() }.unwrap()
    }

    fn path(paths: &Paths, root: PathId, addresses: &[usize]) -> PathId {
        let found = addresses.iter();
        let found = found.map(|address| Some(paths.addresses.find(*address)?.0));
        paths.path(root, found).unwrap()
    }

    #[test]
    fn a_path_is_read_back_as_it_was_added() {
        let paths = tree();
        let deep: Vec<usize> = (1..=500).map(|n| n * 4097).collect();
        let id = path(paths, PathId::NONE, &deep);
        let read: Vec<_> = paths.frames(id).collect();
        assert_eq!(read, deep.iter().rev().copied().collect::<Vec<_>>());
        assert_eq!(paths.root(id), PathId::NONE);
    }

    #[test]
    fn equal_paths_are_one_and_beginnings_are_shared() {
        let paths = tree();
        let long = path(paths, PathId::NONE, &[10, 20, 30]);
        assert_eq!(path(paths, PathId::NONE, &[10, 20, 30]), long);
        let short = path(paths, PathId::NONE, &[10, 20]);
        assert_eq!(paths.node(long).unwrap().parent, short);
        assert_ne!(path(paths, PathId::NONE, &[20, 10]), short);
        assert_eq!(paths.added(&mut Cursor::default()).count(), 5);
    }

    #[test]
    fn what_was_cut_is_another_path() {
        let paths = tree();
        let whole = path(paths, PathId::NONE, &[10, 20]);
        let cut = path(paths, PathId::CUT, &[10, 20]);
        assert_ne!(whole, cut);
        assert_eq!(paths.root(cut), PathId::CUT);
        assert!(paths.frames(cut).eq(paths.frames(whole)));
    }

    #[test]
    fn roots_and_unknown_numbers_are_no_nodes() {
        let paths = tree();
        for id in [PathId::NONE, PathId::CUT, PathId(2), PathId(u32::MAX)] {
            assert_eq!(paths.node(id), None);
            assert_eq!(paths.frames(id).count(), 0);
        }
    }

    #[test]
    fn what_was_added_is_given_once_and_parents_first() {
        let paths = tree();
        let mut cursor = Cursor::default();
        assert_eq!(paths.added(&mut cursor).count(), 0);
        let first = path(paths, PathId::NONE, &[1, 2, 3]);
        let nodes: Vec<_> = paths.added(&mut cursor).collect();
        assert_eq!(
            nodes.iter().map(|it| it.address).collect::<Vec<_>>(),
            [1, 2, 3]
        );
        assert_eq!((nodes[0].parent, nodes[2].id), (PathId::NONE, first));
        assert_eq!(
            (nodes[1].parent, nodes[2].parent),
            (nodes[0].id, nodes[1].id)
        );
        assert_eq!(paths.added(&mut cursor).count(), 0);
        path(paths, PathId::NONE, &[1, 2, 4]);
        let nodes: Vec<_> = paths.added(&mut cursor).collect();
        assert_eq!((nodes.len(), nodes[0].address), (1, 4));
    }

    #[test]
    fn threads_that_add_the_same_paths_are_given_the_same_numbers() {
        let paths = tree();
        let add = || {
            let mut ids = Vec::new();
            for n in 0..3_000 {
                ids.push(path(
                    paths,
                    PathId::NONE,
                    &[n % 7 + 1, n % 31 + 40, n + 100],
                ));
            }
            ids
        };
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(add)).collect();
        let mut seen = HashSet::new();
        let mut cursor = Cursor::default();
        for thread in threads {
            let ids = thread.join().unwrap();
            assert_eq!(ids, add());
        }
        for node in paths.added(&mut cursor) {
            assert!(node.parent == PathId::NONE || seen.contains(&node.parent));
            seen.insert(node.id);
        }
        let nodes = 7 + 7 * 31 + 3_000;
        // A path that two threads added at once is there twice until one of them gave up its number.
        assert_eq!(seen.len(), nodes);
    }

    #[test]
    fn a_full_tree_says_so_and_goes_on_finding_what_it_has() {
        let paths = tree();
        let known = path(paths, PathId::NONE, &[1, 2]);
        paths.fill();
        let (address, _) = paths.addresses.find(3).unwrap();
        assert!(paths.child(Word::key(known, address)).is_none());
        assert_eq!(path(paths, PathId::NONE, &[1, 2]), known);
        assert_eq!(paths.lost(), 0);
        assert_eq!(paths.lose(), PathId::NONE);
        assert_eq!(paths.lost(), 1);
    }
}
