//! What modules in parts, several signers, streams and edited modules ask of the allocator.
//!
//! Verifying borrows, so it need not allocate. Editing owns, so it does.

use std::hint::black_box;

use alloc_guard::{alloc_free, allocates};
use real_world::{
    BIG, CHANGED, HOSTILE, SPLIT, THREE_SIGNERS, TRUNCATED, alice, alice_secret, damaged, keyring,
    strangers, vector,
};
use wsc::{
    Error, ErrorKind, KeyId, Keyring, Module, OwnedSection, SecretKey, SignedModule,
    StreamVerifier, Verified, Wanted,
};

alloc_guard::main!();

/// A module of four signed parts whose last one was changed.
const CHANGED_PART: &[u8] = vector!("bad/split-changed-wanted-part.wasm");

/// A module with sections behind its last delimiter.
const APPENDED: &[u8] = vector!("bad/split-appended.wasm");

/// Two parts, the first signed by alice, both by bob.
const EXTENDED: &[u8] = vector!("signed/extended.wasm");

fn debug(name: &str) -> bool {
    name.starts_with(".debug_")
}

fn notes(name: &str) -> bool {
    name.starts_with("notes")
}

fn two_required() -> Keyring {
    keyring().require(2).expect("three keys")
}

fn unsigned() -> Module {
    Module::parse(vector!("modules/lz4debug.wasm")).expect("a sound module")
}

fn extended() -> Module {
    Module::parse(EXTENDED).expect("a sound module")
}

/// The module without its signature.
fn bare(file: &[u8]) -> Module {
    let mut module = Module::parse(file).expect("a sound module");
    module.detach().expect("a signed module");
    module
}

/// The signature without its module.
fn detached(file: &[u8]) -> Vec<u8> {
    let mut module = Module::parse(file).expect("a sound module");
    module.detach().expect("a signed module")
}

fn bob_secret() -> SecretKey {
    SecretKey::from_bytes(vector!("keys/bob.sk")).expect("a sound key")
}

fn added() -> OwnedSection {
    OwnedSection::custom("added", b"text").expect("a small section")
}

/// The file in pieces of 4 KiB.
fn stream<'v>(
    file: &[u8],
    buffer: &'v mut [u8],
    keys: &'v Keyring,
    wanted: Wanted<'_>,
) -> Result<Verified<'v>, Error> {
    let mut verifier = StreamVerifier::new(buffer, keys, wanted);
    for piece in file.chunks(4096) {
        verifier.update(piece)?;
    }
    verifier.finish()
}

/// WASM verification (borrowed), a subset of the parts
#[alloc_free]
fn parts_borrowed(
    #[init(SPLIT)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    let verified = SignedModule::parse(module)?.verify_parts(keys, debug)?;
    assert_eq!(verified.keys().count(), 2);
    Ok(())
}

/// WASM verification (borrowed), a subset, refused: part changed
#[alloc_free]
fn parts_borrowed_refuses_a_changed_part(
    #[init(CHANGED_PART)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    let refused = SignedModule::parse(module)?.verify_parts(keys, notes);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::HashMismatch);
    Ok(())
}

/// WASM verification (borrowed), a subset, refused: part appended
#[alloc_free]
fn parts_borrowed_refuses_what_is_not_signed(
    #[init(APPENDED)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    let refused = SignedModule::parse(module)?.verify_parts(keys, notes);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::UnsignedPart);
    Ok(())
}

/// WASM verification (borrowed), a subset, every damaged module
#[alloc_free]
fn parts_borrowed_every_damaged_module(
    #[init(damaged().unwrap())] modules: &[(String, Vec<u8>)],
    #[init(keyring())] keys: &Keyring,
) {
    for (_, module) in modules {
        let parsed = SignedModule::parse(module);
        // What is left out may be damaged; what counts is what it allocates.
        let _ = black_box(parsed.and_then(|signed| signed.verify_parts(keys, notes)));
    }
}

/// WASM verification (borrowed), two signers required
#[alloc_free]
fn threshold_borrowed(
    #[init(THREE_SIGNERS)] module: &[u8],
    #[init(two_required())] keys: &Keyring,
) -> Result<(), Error> {
    SignedModule::parse(module)?.verify(keys)?;
    Ok(())
}

/// WASM verification (borrowed), refused: too few signers
#[alloc_free]
fn threshold_borrowed_refuses_one_signer(
    #[init(BIG)] module: &[u8],
    #[init(two_required())] keys: &Keyring,
) -> Result<(), Error> {
    let refused = SignedModule::parse(module)?.verify(keys);
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::TooFewSigners);
    Ok(())
}

/// WASM verification (borrowed), keys against parts
#[alloc_free]
fn matrix_borrowed(
    #[init(EXTENDED)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    let first = |name: &str| name == "dylink";
    let questions = [Wanted::Whole, Wanted::Parts(&first), Wanted::Parts(&notes)];
    let [whole, first, notes] = SignedModule::parse(module)?.verify_matrix(keys, questions);
    assert_eq!((whole?.keys().count(), first?.keys().count()), (1, 2));
    assert!(notes.is_err());
    Ok(())
}

/// WASM verification (streamed)
#[alloc_free]
fn streamed(
    #[init(BIG)] module: &[u8],
    #[init([0; 1024])] buffer: &mut [u8; 1024],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    stream(module, buffer, keys, Wanted::Whole).map(|_| ())
}

/// WASM verification (streamed), a subset of the parts
#[alloc_free]
fn streamed_parts(
    #[init(SPLIT)] module: &[u8],
    #[init([0; 1024])] buffer: &mut [u8; 1024],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    stream(module, buffer, keys, Wanted::Parts(&debug)).map(|_| ())
}

/// WASM verification (streamed), from a reader
#[alloc_free]
fn streamed_from_a_reader(
    #[init(BIG)] module: &[u8],
    #[init([0; 1024])] buffer: &mut [u8; 1024],
    #[init(keyring())] keys: &Keyring,
) {
    let verifier = StreamVerifier::new(buffer, keys, Wanted::Whole);
    assert!(verifier.read_from(module, &mut [0; 4096]).is_ok());
}

/// WASM verification (streamed), refused: changed, cut, hostile, strangers' keys
#[alloc_free]
fn streamed_refused(
    #[init([0; 1024])] buffer: &mut [u8; 1024],
    #[init(keyring())] keys: &Keyring,
    #[init(strangers())] others: &Keyring,
) {
    for module in [CHANGED, TRUNCATED, HOSTILE] {
        assert!(stream(module, buffer, keys, Wanted::Whole).is_err());
    }
    assert!(stream(BIG, buffer, others, Wanted::Whole).is_err());
    assert!(stream(BIG, &mut buffer[..16], keys, Wanted::Whole).is_err());
}

/// WASM verification (owned), a subset of the parts
#[allocates(no_leaks)]
fn parts(#[init(SPLIT)] module: &[u8], #[init(keyring())] keys: &Keyring) -> Result<(), Error> {
    Module::parse(module)?.verify_parts(keys, debug)?;
    Ok(())
}

/// WASM verification (owned), a subset, parsed beforehand
#[alloc_free]
fn parts_of_a_parsed_module(
    #[init(Module::parse(SPLIT).unwrap())] module: &Module,
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    module.verify_parts(keys, debug)?;
    Ok(())
}

/// WASM module splitting
#[allocates(no_leaks)]
fn splitting(#[init(unsigned())] module: &mut Module) -> Result<(), Error> {
    module.split(debug, || [7; 16])
}

/// WASM module, a signed part appended
#[allocates(no_leaks)]
fn appending(
    #[init(extended())] module: &mut Module,
    #[init([added()])] sections: [OwnedSection; 1],
    #[init(alice_secret())] key: &SecretKey,
    #[init(*alice().key_id())] key_id: &KeyId,
) -> Result<(), Error> {
    module.append(sections, key, Some(key_id), || [7; 16])
}

/// WASM module, signature detached
#[allocates(max_allocations = 1, no_leaks)]
fn detaching(#[init(extended())] module: &mut Module) -> Result<Vec<u8>, Error> {
    module.detach()
}

/// WASM module, signature attached
#[allocates(no_leaks)]
fn attaching(
    #[init(bare(EXTENDED))] module: &mut Module,
    #[init(detached(EXTENDED))] signature: &[u8],
) -> Result<(), Error> {
    module.attach(signature)
}

/// WASM module, refused: signed twice, split or attached to when signed
#[allocates(no_leaks)]
fn editing_refused(
    #[init(Module::parse(BIG).unwrap())] module: &mut Module,
    #[init(alice_secret())] key: &SecretKey,
    #[init(*alice().key_id())] key_id: &KeyId,
) {
    assert!(module.sign(key, Some(key_id)).is_err());
    assert!(module.split(debug, || [7; 16]).is_err());
    assert!(module.attach(&[1, 1, 1, 0]).is_err());
}

/// WASM module, a section replaced
#[alloc_free]
fn editing(
    #[init(unsigned())] module: &mut Module,
    #[init(added())] section: OwnedSection,
) -> Result<(), Error> {
    // What was there goes, which gives memory back and asks for none.
    module.replace(2, section).map(drop)
}

/// WASM verification (owned), detached signature, a subset
#[alloc_free]
fn parts_detached(
    #[init(bare(SPLIT))] module: &Module,
    #[init(detached(SPLIT))] signature: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    module.verify_parts_detached(signature, keys, debug)?;
    Ok(())
}

/// WASM verification (owned), detached signature, keys against parts
#[alloc_free]
fn matrix_detached(
    #[init(bare(EXTENDED))] module: &Module,
    #[init(detached(EXTENDED))] signature: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    let questions = [Wanted::Whole, Wanted::Parts(&notes)];
    let [whole, notes] = module.verify_matrix_detached(signature, keys, questions)?;
    assert_eq!((whole?.parts(), notes.is_err()), (2, true));
    Ok(())
}

/// WASM signing, one more signer of a detached signature
#[allocates(no_leaks)]
fn cosigning(
    #[init(bare(BIG))] module: &Module,
    #[init(detached(BIG))] signature: &[u8],
    #[init(bob_secret())] key: &SecretKey,
) -> Result<Vec<u8>, Error> {
    module.cosign_detached(signature, key, None)
}
