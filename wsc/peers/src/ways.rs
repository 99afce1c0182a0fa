//! Owns what is measured: the ways to verify a signed module, and the hash alone.

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use wasmsign2::PublicKey as PeerKey;
use wsc::{Keyring, Module, PublicKey, SecretKey, SignedModule, StreamVerifier, Wanted};

/// A way through a signed module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// SHA-256 of the signed bytes in one update: what no verification can do without.
    Hash,
    /// `SignedModule::parse` and `verify`.
    Borrowed,
    /// `StreamVerifier::read_from`, from memory into the caller's buffer.
    Reader,
    /// `Module::parse` and `verify`.
    Owned,
    /// `verify` of a `Module` that was parsed before.
    Parsed,
    /// wasmsign2's `PublicKey::verify`, from memory.
    Peer,
    /// The hash once more: how far it lies from the first is the noise.
    HashAgain,
}

impl Way {
    /// All of them, in the order of the tables.
    pub const ALL: [Self; 7] = [
        Self::Hash,
        Self::Borrowed,
        Self::Reader,
        Self::Owned,
        Self::Parsed,
        Self::Peer,
        Self::HashAgain,
    ];

    /// The name of its row.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hash => "sha2, one update",
            Self::Borrowed => "**wsc**, borrowed",
            Self::Reader => "**wsc**, reader",
            Self::Owned => "**wsc**, owned: parsed and verified",
            Self::Parsed => "**wsc**, owned: verified",
            Self::Peer => "wasmsign2 0.2.8",
            Self::HashAgain => "sha2, again",
        }
    }

    /// Where it stands in [`ALL`](Self::ALL).
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// The pieces in which the reader takes a module, as the documentation advises.
const PIECE_BYTES: usize = 65_536;

/// A signed module and all that is needed to verify it.
pub struct Subject {
    /// The signed file.
    file: Vec<u8>,
    /// Where the signed bytes start.
    content: usize,
    keyring: Keyring<[PublicKey; 1]>,
    parsed: Module,
    peer_key: PeerKey,
    piece: Vec<u8>,
    buffer: [u8; 4096],
}

impl Subject {
    /// Signs the module with a key of its own, key id included.
    ///
    /// # Errors
    /// If it is no module.
    pub fn new(module: &[u8]) -> Result<Self> {
        let secret = SecretKey::from_seed(&[7; 32]);
        let public = secret.public_key();
        let mut parsed = Module::parse(module)?;
        parsed.sign(&secret, Some(public.key_id()))?;
        let file = parsed.serialize();
        let peer_key = PeerKey::from_bytes(&public.to_bytes())
            .context("failed to give wasmsign2 the key")?
            .attach_default_key_id();
        let keyring = Keyring::new([public]);
        let content = SignedModule::parse(&file)?
            .verify(&keyring)?
            .covered()
            .start;
        Ok(Self {
            file,
            content,
            keyring,
            parsed,
            peer_key,
            piece: vec![0; PIECE_BYTES],
            buffer: [0; 4096],
        })
    }

    /// The length of the signed file.
    #[must_use]
    pub fn file_bytes(&self) -> usize {
        self.file.len()
    }

    /// Goes one way once.
    ///
    /// # Panics
    /// If the module is refused, because then nothing was measured.
    pub fn go(&mut self, way: Way) {
        let verified = match way {
            Way::Hash | Way::HashAgain => {
                let digest = Sha256::digest(&self.file[self.content..]);
                std::hint::black_box(digest);
                true
            }
            Way::Borrowed => SignedModule::parse(&self.file)
                .and_then(|module| module.verify(&self.keyring))
                .is_ok_and(|verified| verified.is_whole()),
            Way::Reader => StreamVerifier::new(&mut self.buffer, &self.keyring, Wanted::Whole)
                .read_from(&self.file[..], &mut self.piece)
                .is_ok_and(|verified| verified.is_whole()),
            Way::Owned => Module::parse(&self.file).is_ok_and(|module| {
                let verified = module.verify(&self.keyring);
                verified.is_ok_and(|verified| verified.is_whole())
            }),
            Way::Parsed => self
                .parsed
                .verify(&self.keyring)
                .is_ok_and(|verified| verified.is_whole()),
            Way::Peer => self.peer_key.verify(&mut &self.file[..], None).is_ok(),
        };
        assert!(verified, "{} refuses what was signed", way.name());
    }
}
