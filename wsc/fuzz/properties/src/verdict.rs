//! One question asked of every form in which a module can be verified: the answers must agree.

use std::ops::Range;
use std::sync::LazyLock;

use wsc::{
    Error, ErrorKind, Keyring, Module, PublicKey, SecretKey, SignedModule, StreamVerifier,
    Verified, Wanted,
};

use crate::allocation::free;
use crate::choice::Choice;

/// The keys of the vectors that signed most of them, and the one that signs here.
pub(crate) static KEYRING: LazyLock<Keyring> = LazyLock::new(|| {
    let files = [
        include_bytes!("../../../tests/vectors/keys/alice.pk"),
        include_bytes!("../../../tests/vectors/keys/bob.pk"),
    ];
    let keys = files.map(|file| PublicKey::parse(file).expect("the vector is a key"));
    keys.into_iter().chain([SIGNER.public_key()]).collect()
});

/// Signs here. No vector is by this key.
pub(crate) static SIGNER: LazyLock<SecretKey> = LazyLock::new(|| SecretKey::from_seed(&[7; 32]));

/// The key that signs here, and no other.
pub(crate) static SIGNER_ONLY: LazyLock<Keyring> =
    LazyLock::new(|| Keyring::from_iter([SIGNER.public_key()]));

/// What there is to compare of a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) covered: Range<usize>,
    pub(crate) is_whole: bool,
    parts: usize,
    set: usize,
    key_id: Vec<u8>,
    signers: Vec<PublicKey>,
}

impl From<Verified<'_>> for Answer {
    fn from(verified: Verified<'_>) -> Self {
        Self {
            covered: verified.covered(),
            is_whole: verified.is_whole(),
            parts: verified.parts(),
            set: verified.set(),
            key_id: verified.key_id().to_vec(),
            signers: verified.keys().cloned().collect(),
        }
    }
}

/// Where a signature stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Signature<'a> {
    Embedded,
    Detached(&'a [u8]),
}

/// Asks the borrowed form, compares with the others, and gives the answer that all agree on.
pub(crate) fn verify(
    file: &[u8],
    signature: Signature<'_>,
    keyring: &Keyring,
    wanted: Wanted<'_>,
) -> Result<Answer, Error> {
    let borrowed = free(|| verify_borrowed(file, signature, keyring, wanted)).map(Answer::from);
    if let Ok(module) = Module::parse(file)
        && let Some(owned) = verify_owned(&module, signature, keyring, wanted)
    {
        assert_eq!(owned.map(Answer::from), borrowed, "owned and borrowed");
    }

    let mut choice = Choice::of(file);
    // Never too small: what is held was there.
    let room = file.len();
    let at_once = verify_streamed(file, signature, keyring, wanted, (room, file.len()));
    let piece = 1 + choice.below(64);
    let in_pieces = verify_streamed(file, signature, keyring, wanted, (room, piece));
    assert_eq!(at_once, in_pieces, "streamed in pieces of {piece}");
    match (&at_once, &borrowed) {
        (Ok(streamed), Ok(borrowed)) => assert_eq!(streamed, borrowed, "streamed and borrowed"),
        // Of several faults the stream meets another one first.
        (Err(error), Err(_)) => assert_ne!(error.kind(), ErrorKind::BufferTooSmall),
        _ => panic!("streamed {at_once:?}, borrowed {borrowed:?}"),
    }
    let in_a_small_buffer = verify_streamed(file, signature, keyring, wanted, (64, piece));
    if !matches!(in_a_small_buffer, Err(error) if error.kind() == ErrorKind::BufferTooSmall) {
        assert_eq!(in_a_small_buffer, at_once, "the buffer is large enough");
    }
    borrowed
}

fn verify_borrowed<'v>(
    file: &'v [u8],
    signature: Signature<'v>,
    keyring: &'v Keyring,
    wanted: Wanted<'_>,
) -> Result<Verified<'v>, Error> {
    let module = match signature {
        Signature::Embedded => SignedModule::parse(file)?,
        Signature::Detached(signature) => SignedModule::parse_detached(file, signature)?,
    };
    let [verdict] = module.verify_matrix(keyring, [wanted]);
    let alone = match wanted {
        Wanted::Whole => module.verify(keyring),
        Wanted::Parts(wants) => module.verify_parts(keyring, wants),
    };
    assert_eq!(verdict.map(|v| v.covered()), alone.map(|v| v.covered()));
    verdict
}

/// `None` for what this form cannot be asked.
fn verify_owned<'v>(
    module: &'v Module,
    signature: Signature<'v>,
    keyring: &'v Keyring,
    wanted: Wanted<'_>,
) -> Option<Result<Verified<'v>, Error>> {
    match (signature, wanted) {
        (Signature::Embedded, Wanted::Whole) => Some(module.verify(keyring)),
        (Signature::Embedded, Wanted::Parts(wants)) => Some(module.verify_parts(keyring, wants)),
        (Signature::Detached(signature), Wanted::Whole) => {
            Some(module.verify_detached(signature, keyring))
        }
        (Signature::Detached(_), Wanted::Parts(_)) => None,
    }
}

/// With a buffer and pieces of these lengths.
fn verify_streamed(
    file: &[u8],
    signature: Signature<'_>,
    keyring: &Keyring,
    wanted: Wanted<'_>,
    (room, piece): (usize, usize),
) -> Result<Answer, Error> {
    let mut buffer = vec![0; room];
    let verdict = free(|| {
        let mut verifier = match signature {
            Signature::Embedded => StreamVerifier::new(&mut buffer, keyring, wanted),
            Signature::Detached(signature) => {
                StreamVerifier::detached(signature, &mut buffer, keyring, wanted)?
            }
        };
        for piece in file.chunks(piece.max(1)) {
            verifier.update(piece)?;
        }
        verifier.finish()
    });
    verdict.map(Answer::from)
}
