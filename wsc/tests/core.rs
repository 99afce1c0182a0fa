//! The verifying core as it is without the `alloc` feature: keys in an array, modules in place.

use wsc::{ErrorKind, Keyring, PublicKey, SignedModule, sha256};

const ALICE: &[u8] = include_bytes!("vectors/keys/alice.pk");
const BOB: &[u8] = include_bytes!("vectors/keys/bob.pk");
const MODULE: &[u8] = include_bytes!("vectors/modules/json.wasm");
const SIGNED: &[u8] = include_bytes!("vectors/signed/two.wasm");
const CHANGED: &[u8] = include_bytes!("vectors/bad/flip-code-middle.wasm");
const DETACHED: &[u8] = include_bytes!("vectors/signed/three.sig");

fn keyring() -> Keyring<[PublicKey; 2]> {
    Keyring::new([ALICE, BOB].map(|file| PublicKey::from_bytes(file).unwrap()))
}

#[test]
fn a_good_module_verifies() {
    let keyring = keyring();
    let verified = SignedModule::parse(SIGNED)
        .unwrap()
        .verify(&keyring)
        .unwrap();
    assert_eq!(keyring.get(verified.key_id()), Some(verified.key()));
}

#[test]
fn a_changed_module_does_not() {
    let error = SignedModule::parse(CHANGED)
        .unwrap()
        .verify(&keyring())
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::HashMismatch);
}

#[test]
fn a_detached_signature_verifies_its_module() {
    let module = SignedModule::parse_detached(MODULE, DETACHED).unwrap();
    assert_eq!(module.verify(&keyring()).unwrap().parts(), 1);
}

#[test]
fn sha256_gives_the_hash_of_fips_180() {
    assert_eq!(sha256(b"abc")[..4], [0xba, 0x78, 0x16, 0xbf]);
}
