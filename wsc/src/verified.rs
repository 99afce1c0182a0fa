//! `Verified`: the proof that a module, or a part of it, is what was signed.

use core::ops::Range;

use crate::key::PublicKey;
use crate::payload::SignatureData;
use crate::signers::{SetMask, Signer, Trusted};

/// The proof that a module, or the part of it that was wanted, was verified: by which keys, and how much of it.
#[derive(Debug, Clone, Copy)]
pub struct Verified<'v> {
    pub(crate) trusted: Trusted<'v>,
    pub(crate) signature: SignatureData<'v>,
    /// All sets that are signed and right.
    pub(crate) sets: SetMask,
    /// The first of them, and its first signer.
    pub(crate) set: usize,
    pub(crate) signer: Signer<'v>,
    pub(crate) coverage: Coverage,
}

/// Which bytes were found to be what was signed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Coverage {
    pub(crate) parts: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) is_whole: bool,
}

impl<'v> Verified<'v> {
    /// A key of the keyring that verified the module: the first one found. [`keys`](Self::keys) gives all.
    #[must_use]
    pub const fn key(&self) -> &'v PublicKey {
        self.signer.key
    }

    /// The id in the signature of [`key`](Self::key), which may be empty.
    #[must_use]
    pub const fn key_id(&self) -> &'v [u8] {
        self.signer.key_id
    }

    /// Every key of the keyring that signed what was verified, each once, in the order of their ids.
    ///
    /// As nothing is stored, this verifies the signatures once more: about the cost of an Ed25519 verification for
    /// each key that comes into question.
    pub fn keys(&self) -> impl Iterator<Item = &'v PublicKey> + use<'v> {
        self.trusted.signers(self.signature, self.sets)
    }

    /// Which of the hash sets [`key`](Self::key) signed, counted from 0.
    #[must_use]
    pub const fn set(&self) -> usize {
        self.set
    }

    /// The number of parts that are covered, from the first one on.
    ///
    /// Each hash covers all parts before it, so where a part was verified, those before it were as well, whether
    /// they were wanted or not.
    #[must_use]
    pub const fn parts(&self) -> usize {
        self.coverage.parts
    }

    /// The bytes of the file that are what the keys signed. What lies behind them was not verified.
    #[must_use]
    pub const fn covered(&self) -> Range<usize> {
        self.coverage.start..self.coverage.end
    }

    /// Whether the module is complete: covered up to its end, and nothing that was signed behind it is missing.
    ///
    /// Where the whole module was verified, it is.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.coverage.is_whole
    }
}
