//! Each kind of error, by an input that gives it, and at which byte.

use wsc::{Error, ErrorKind, KeyId, Keyring, Module, PublicKey, SignedModule};

use crate::manifest::read;
use crate::vectors::{public, ring, secret};

fn check(file: &str, keyring: &Keyring) -> Error {
    let bytes = read(file);
    match SignedModule::parse(&bytes) {
        Ok(module) => module.verify(keyring).unwrap_err(),
        Err(error) => error,
    }
}

#[test]
fn faults_in_files_have_their_kind_and_offset() {
    use ErrorKind::{
        BadHeader, BadInteger, BadName, BadSignature, HashMismatch, LimitExceeded, NotSigned,
        PaddedInteger, PartCountMismatch, TrailingBytes, UnexpectedEnd, UnknownKey,
        UnsupportedFormat,
    };
    #[rustfmt::skip]
    let table = [
        ("bad/zero-bytes.wasm",             UnexpectedEnd,     0),
        ("bad/trunc-header.wasm",           UnexpectedEnd,     0),
        ("bad/bad-magic.wasm",              BadHeader,         0),
        ("bad/header-version-2.wasm",       BadHeader,         0),
        ("bad/size-6-bytes.wasm",           BadInteger,        9),
        ("bad/size-over-32-bits.wasm",      BadInteger,        9),
        ("bad/size-ffffffff.wasm",          UnexpectedEnd,     14),
        ("bad/name-not-utf8.wasm",          BadName,           16),
        ("modules/empty.wasm",              NotSigned,         8),
        ("modules/json.wasm",               NotSigned,         8),
        ("bad/not-first-second.wasm",       NotSigned,         8),
        ("bad/payload-empty.wasm",          UnexpectedEnd,     20),
        ("bad/version-2.wasm",              UnsupportedFormat, 21),
        ("bad/content-type-2.wasm",         UnsupportedFormat, 22),
        ("bad/hash-fn-2.wasm",              UnsupportedFormat, 23),
        ("bad/sets-65.wasm",                LimitExceeded,     24),
        ("bad/sets-count-huge.wasm",        LimitExceeded,     23),
        ("bad/hashes-65.wasm",              LimitExceeded,     27),
        ("bad/sigs-257.wasm",               LimitExceeded,     62),
        ("signed/count-padded.wasm",        PaddedInteger,     26),
        ("bad/payload-trailing.wasm",       TrailingBytes,     140),
        ("signed/record-trailing-zero.wasm", TrailingBytes,    140),
        ("signed/hashes-64.wasm",           PartCountMismatch, 21),
        ("bad/no-hashes.wasm",              PartCountMismatch, 20),
        ("bad/no-sets.wasm",                PartCountMismatch, 20),
        ("bad/no-signatures.wasm",          UnknownKey,        20),
        ("bad/siglen-63.wasm",              UnknownKey,        21),
        ("bad/flip-kid.wasm",               UnknownKey,        21),
        ("bad/flip-sig-s.wasm",             BadSignature,      21),
        ("bad/flip-code-last.wasm",         HashMismatch,      140),
    ];
    let keyring = ring(["alice"]);
    let wrong: Vec<_> = table
        .into_iter()
        .map(|(file, kind, offset)| (file, kind, offset, check(file, &keyring)))
        .filter(|(_, kind, offset, error)| (error.kind(), error.offset()) != (*kind, *offset))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_part_that_differs_is_named_by_its_offset() {
    let error = check("bad/extended-changed-ignored.wasm", &ring(["bob"]));
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::HashMismatch, 6279)
    );
}

#[test]
fn the_offset_in_a_detached_signature_counts_from_its_own_start() {
    let error = SignedModule::parse_detached(&read("modules/json.wasm"), &[1, 1, 7]).unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::UnsupportedFormat, 2)
    );
}

#[test]
fn faults_in_keys_and_signing_have_their_kind() {
    let mut signed = Module::parse(&read("signed/single.wasm")).unwrap();
    #[rustfmt::skip]
    let table = [
        (PublicKey::from_bytes(&[]).unwrap_err(),                          ErrorKind::InvalidKey),
        (PublicKey::from_bytes(&read("keys/identity.pk")).unwrap_err(),    ErrorKind::WeakKey),
        (KeyId::new(&[]).unwrap_err(),                                     ErrorKind::InvalidKeyId),
        (public("alice").verify(b"", &[0; 64]).unwrap_err(),               ErrorKind::BadSignature),
        (signed.sign(&secret("alice"), None).unwrap_err(),                 ErrorKind::DuplicateSignature),
    ];
    for (error, kind) in table {
        assert_eq!(error.kind(), kind);
    }
}

#[test]
fn messages_are_fragments_that_fit_into_a_sentence() {
    let error = check("bad/bad-magic.wasm", &ring([]));
    let message = format!("failed to verify: {error}");
    assert_eq!(
        message,
        "failed to verify: not the header of a WebAssembly module or component at byte 0"
    );
    let _: &dyn core::error::Error = &error;
}
