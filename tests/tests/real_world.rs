//! What each operation of wsc asks of the allocator: on success, and where it refuses.
//!
//! The owned forms allocate, as those of other tools do; the borrowed ones beside them need not.

use std::hint::black_box;

use alloc_guard::{alloc_free, allocates};
use real_world::{
    BIG, CHANGED, HOSTILE, MESSAGE, SPLIT, THREE_SIGNERS, TRUNCATED, alice, alice_secret, damaged,
    keyring, mallory, strangers,
};
use wsc::{Error, Keyring, Module, PublicKey, SecretKey, SignedModule};

alloc_guard::main!();

/// SHA-256 hashing
#[alloc_free]
fn sha256(#[init(BIG)] module: &[u8]) {
    black_box(wsc::sha256(module));
}

/// Ed25519 signing
#[alloc_free]
fn ed25519_sign(#[init(alice_secret())] key: &SecretKey) {
    black_box(key.sign(MESSAGE));
}

/// Ed25519 signature verification
#[alloc_free]
fn ed25519_verify(
    #[init(alice())] key: &PublicKey,
    #[init(alice_secret().sign(MESSAGE))] signature: &[u8; 64],
) -> Result<(), Error> {
    key.verify(MESSAGE, signature)
}

/// Ed25519, a signature by another key
#[alloc_free]
fn ed25519_refuses_another_key(
    #[init(mallory())] key: &PublicKey,
    #[init(alice_secret().sign(MESSAGE))] signature: &[u8; 64],
) {
    assert!(key.verify(MESSAGE, signature).is_err());
}

/// Ed25519, a signature cut short
#[alloc_free]
fn ed25519_refuses_a_short_signature(
    #[init(alice())] key: &PublicKey,
    #[init(alice_secret().sign(MESSAGE))] signature: &[u8; 64],
) {
    assert!(key.verify(MESSAGE, &signature[..63]).is_err());
}

/// WASM module parsing (owned)
#[allocates(no_leaks)]
fn module_parsing(#[init(BIG)] module: &[u8]) -> Result<Module, Error> {
    Module::parse(module)
}

/// WASM module parsing (borrowed)
#[alloc_free]
fn module_parsing_borrowed(#[init(BIG)] module: &[u8]) -> Result<(), Error> {
    black_box(SignedModule::parse(module)?);
    Ok(())
}

/// WASM parsing (borrowed), refused: truncated
#[alloc_free]
fn module_parsing_borrowed_refuses_truncated(
    #[init(TRUNCATED)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) {
    assert!(
        SignedModule::parse(module)
            .and_then(|signed| signed.verify(keys))
            .is_err()
    );
}

/// WASM module serialization (owned)
#[allocates(max_allocations = 1, no_leaks)]
fn module_serialization(#[init(Module::parse(BIG).unwrap())] module: &Module) {
    assert_eq!(module.serialize().len(), BIG.len());
}

/// WASM module signature verification (owned)
#[allocates(no_leaks)]
fn module_verification(
    #[init(BIG)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    Module::parse(module)?.verify(keys)?;
    Ok(())
}

/// WASM module signature verification (borrowed)
#[alloc_free]
fn module_verification_borrowed(
    #[init(BIG)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    SignedModule::parse(module)?.verify(keys)?;
    Ok(())
}

/// WASM verification (borrowed), three signers
#[alloc_free]
fn module_verification_borrowed_three_signers(
    #[init(THREE_SIGNERS)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    SignedModule::parse(module)?.verify(keys)?;
    Ok(())
}

/// WASM verification (borrowed), several parts
#[alloc_free]
fn module_verification_borrowed_parts(
    #[init(SPLIT)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    SignedModule::parse(module)?.verify(keys)?;
    Ok(())
}

/// WASM verification (borrowed), refused: code changed
#[alloc_free]
fn module_verification_borrowed_refuses_changed_code(
    #[init(CHANGED)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) -> Result<(), Error> {
    assert!(SignedModule::parse(module)?.verify(keys).is_err());
    Ok(())
}

/// WASM verification (borrowed), refused: strangers' keys
#[alloc_free]
fn module_verification_borrowed_refuses_strangers(
    #[init(BIG)] module: &[u8],
    #[init(strangers())] keys: &Keyring,
) -> Result<(), Error> {
    assert!(SignedModule::parse(module)?.verify(keys).is_err());
    Ok(())
}

/// WASM verification (borrowed), refused: claims 4 GiB
#[alloc_free]
fn module_verification_borrowed_refuses_hostile_lengths(
    #[init(HOSTILE)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) {
    assert!(
        SignedModule::parse(module)
            .and_then(|signed| signed.verify(keys))
            .is_err()
    );
}

/// WASM verification (borrowed), every damaged module
#[alloc_free]
fn module_verification_borrowed_every_damaged_module(
    #[init(damaged().unwrap())] modules: &[(String, Vec<u8>)],
    #[init(keyring())] keys: &Keyring,
) {
    assert!(modules.len() > 70);
    for (_, module) in modules {
        // Some are damaged where a verifier may look away; what counts is what it allocates.
        let _ = black_box(SignedModule::parse(module).and_then(|signed| signed.verify(keys)));
    }
}

/// WASM verification (owned), refused: claims 4 GiB
#[allocates(max_bytes = 65_536, no_leaks)]
fn module_verification_refuses_hostile_lengths(
    #[init(HOSTILE)] module: &[u8],
    #[init(keyring())] keys: &Keyring,
) {
    assert!(
        Module::parse(module)
            .and_then(|module| module.verify(keys).map(|_| ()))
            .is_err()
    );
}

/// WASM module signing
#[allocates(no_leaks)]
fn module_signing(
    #[init(Module::parse(real_world::vector!("modules/treesitter.wasm")).unwrap())]
    module: &mut Module,
    #[init(alice_secret())] key: &SecretKey,
) -> Result<(), Error> {
    module.sign(key, None)
}

/// Loading a keyring
#[allocates(no_leaks)]
fn keyring_loading() -> Result<Keyring, Error> {
    let alice = PublicKey::from_bytes(real_world::vector!("keys/alice.pk"))?;
    let bob = PublicKey::from_bytes(real_world::vector!("keys/bob.pk"))?;
    Ok([alice, bob].into_iter().collect())
}

/// Pre-loaded keyring access
#[alloc_free]
fn keyring_access(#[init(keyring())] keys: &Keyring, #[init(alice())] alice: &PublicKey) {
    assert!(keys.get(alice.key_id().as_bytes()).is_some());
    assert_eq!(keys.iter().count(), 3);
}

/// Pre-loaded keyring access, an unknown key
#[alloc_free]
fn keyring_access_unknown(#[init(keyring())] keys: &Keyring) {
    assert!(keys.get(b"nobody").is_none());
}
