//! Hashes, checksums, signatures and ciphers.

use std::{hash::Hasher as _, hint::black_box};

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit as _,
    aead::{AeadInOut as _, arrayvec::ArrayVec},
};
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use sha2::{Digest as _, Sha512};
use xxhash_rust::{xxh3::Xxh3Default, xxh64::Xxh64};

use super::super::Body;

/// More than one block of any of them.
const MESSAGE: [u8; 1_500] = [0x5A; 1_500];

pub(super) fn xxh3_one_shot() -> Body {
    Box::new(|| assert_ne!(xxhash_rust::xxh3::xxh3_64(black_box(&MESSAGE)), 0))
}

pub(super) fn xxh3_streamed() -> Body {
    Box::new(|| {
        let mut hasher = Xxh3Default::new();
        for part in black_box(&MESSAGE).chunks(100) {
            hasher.update(part);
        }
        assert_eq!(hasher.digest(), xxhash_rust::xxh3::xxh3_64(&MESSAGE));
    })
}

pub(super) fn xxh64_streamed() -> Body {
    Box::new(|| {
        let mut hasher = Xxh64::new(1);
        for part in black_box(&MESSAGE).chunks(100) {
            hasher.write(part);
        }
        assert_eq!(hasher.finish(), xxhash_rust::xxh64::xxh64(&MESSAGE, 1));
    })
}

pub(super) fn blake3_to_hex() -> Body {
    Box::new(|| {
        let hash = blake3::hash(black_box(&MESSAGE));
        assert_eq!(hash.to_hex().len(), 64);
    })
}

pub(super) fn crc32fast_hash() -> Body {
    Box::new(|| assert_ne!(crc32fast::hash(black_box(&MESSAGE)), 0))
}

pub(super) fn sha512_streamed() -> Body {
    Box::new(|| {
        let mut hasher = Sha512::new();
        for part in black_box(&MESSAGE).chunks(100) {
            hasher.update(part);
        }
        assert_eq!(hasher.finalize(), Sha512::digest(MESSAGE));
    })
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(super) fn ed25519_verify() -> Body {
    let signature = key().sign(&MESSAGE);
    let verifying_key = key().verifying_key();
    Box::new(move || {
        let verified = verifying_key.verify_strict(black_box(&MESSAGE), &signature);
        assert!(verified.is_ok());
    })
}

pub(super) fn ed25519_verify_bad() -> Body {
    let mut bytes = key().sign(&MESSAGE).to_bytes();
    bytes[3] ^= 1;
    let signature = Signature::from_bytes(&bytes);
    let verifying_key = key().verifying_key();
    Box::new(move || {
        let verified = verifying_key.verify_strict(black_box(&MESSAGE), &signature);
        assert!(verified.is_err());
    })
}

fn cipher() -> ChaCha20Poly1305 {
    ChaCha20Poly1305::new(&[9; 32].into())
}

pub(super) fn chacha20poly1305_round_trip() -> Body {
    let cipher = cipher();
    Box::new(move || {
        let mut buffer: ArrayVec<u8, 2_000> = ArrayVec::new();
        buffer.extend(black_box(MESSAGE));
        let nonce = [1; 12].into();
        assert!(cipher.encrypt_in_place(&nonce, b"", &mut buffer).is_ok());
        assert_eq!(buffer.len(), MESSAGE.len() + 16);
        assert!(cipher.decrypt_in_place(&nonce, b"", &mut buffer).is_ok());
        assert_eq!(&buffer[..], MESSAGE);
    })
}

pub(super) fn chacha20poly1305_bad_tag() -> Body {
    let cipher = cipher();
    Box::new(move || {
        let mut buffer: ArrayVec<u8, 2_000> = ArrayVec::new();
        buffer.extend(black_box(MESSAGE));
        let decrypted = cipher.decrypt_in_place(&[1; 12].into(), b"", &mut buffer);
        assert!(decrypted.is_err());
    })
}
