//! What key files ask of the allocator: read and written, in each of their formats, and refused.

use std::hint::black_box;

use alloc_guard::alloc_free;
use real_world::{alice, alice_secret, vector};
use wsc::{Error, ErrorKind, PublicKey, SecretKey};

alloc_guard::main!();

const SSH_PUBLIC: &[u8] = vector!("keys/many.ssh.pub");
const SSH_SECRET: &[u8] = vector!("keys/dora.ssh");
const SSH_ENCRYPTED: &[u8] = include_bytes!("../../wsc/tests/keys/encrypted.ssh");
const NO_POINT: &[u8] = vector!("keys/not-a-point.bad");

/// Key files, public: raw, DER, PEM
#[alloc_free]
fn public_keys() -> Result<(), Error> {
    for file in [
        &vector!("keys/alice.pk")[..],
        vector!("keys/alice.pk.der"),
        vector!("keys/alice.pk.pem"),
    ] {
        black_box(PublicKey::parse(file)?);
    }
    Ok(())
}

/// Key files, public, refused
#[alloc_free]
fn public_keys_refused() {
    for file in [NO_POINT, SSH_SECRET, b""] {
        let refused = PublicKey::parse(file).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::InvalidKey);
    }
}

/// Key files, secret: raw, DER, PEM
#[alloc_free]
fn secret_keys() -> Result<(), Error> {
    for file in [
        &vector!("keys/alice.sk")[..],
        vector!("keys/alice.sk.der"),
        vector!("keys/alice.sk.pem"),
    ] {
        black_box(SecretKey::parse(file)?);
    }
    Ok(())
}

/// Key files, written in each format
#[alloc_free]
fn keys_written(#[init(alice())] public: &PublicKey, #[init(alice_secret())] secret: &SecretKey) {
    black_box((public.to_bytes(), public.to_der()));
    black_box((public.to_pem(), public.to_openssh()));
    black_box((secret.to_bytes(), secret.to_der()));
    black_box((secret.to_pem(), secret.to_openssh()));
}

/// OpenSSH public keys, all lines
#[alloc_free]
fn openssh_public_keys(#[init(SSH_PUBLIC)] file: &[u8]) {
    assert_eq!(PublicKey::all_from_openssh(file).flatten().count(), 3);
}

/// OpenSSH secret key
#[alloc_free]
fn openssh_secret_key(#[init(SSH_SECRET)] file: &[u8]) -> Result<(), Error> {
    black_box(SecretKey::parse(file)?);
    Ok(())
}

/// OpenSSH secret key, refused: encrypted
#[alloc_free]
fn openssh_secret_key_refuses_an_encrypted_one(#[init(SSH_ENCRYPTED)] file: &[u8]) {
    let refused = SecretKey::parse(file).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::EncryptedKey);
}
