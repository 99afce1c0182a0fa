//! "2 of these 3": how many keys must have signed.

use wsc::{Error, ErrorKind, KeyId, Keyring, Module, PublicKey, SignedModule, Verified};

use crate::craft::{embed, record, set, sign, signed_set};
use crate::manifest::read;
use crate::vectors::{public, ring};

use ErrorKind::{HashMismatch, InvalidThreshold, TooFewSigners};

const CONTENT: &[u8] = b"\0\x02\x01x";

fn names(verified: Result<Verified<'_>, Error>) -> Result<usize, ErrorKind> {
    verified
        .map(|verified| verified.keys().count())
        .map_err(|error| error.kind())
}

fn verify(file: &[u8], keyring: &Keyring) -> Result<usize, ErrorKind> {
    let module = SignedModule::parse(file).unwrap();
    let borrowed = names(module.verify(keyring));
    let owned = names(Module::parse(file).unwrap().verify(keyring));
    assert_eq!(borrowed, owned);
    borrowed
}

#[test]
fn as_many_keys_as_required_must_have_signed() {
    let file = read("signed/three.wasm");
    let keyring = || ring(["alice", "bob", "carol", "mallory"]);
    assert_eq!(keyring().required(), 1);
    for (required, verdict) in [(1, Ok(3)), (2, Ok(3)), (3, Ok(3)), (4, Err(TooFewSigners))] {
        let keyring = keyring().require(required).unwrap();
        assert_eq!(keyring.required(), required);
        assert_eq!(verify(&file, &keyring), verdict);
    }
    let two_of_three = ring(["alice", "bob", "mallory"]).require(2).unwrap();
    assert_eq!(verify(&file, &two_of_three), Ok(2));
    let strangers = ring(["alice", "mallory"]).require(2).unwrap();
    assert_eq!(verify(&file, &strangers), Err(TooFewSigners));
}

#[test]
fn a_threshold_that_cannot_be_met_or_missed_is_refused() {
    let keyring = || ring(["alice", "bob"]);
    for impossible in [0, 3, usize::MAX] {
        let error = keyring().require(impossible).unwrap_err();
        assert_eq!(error.kind(), InvalidThreshold);
    }
    assert_eq!(ring([]).require(1).unwrap_err().kind(), InvalidThreshold);
    let alias = KeyId::new(b"alias").unwrap();
    let twice = [public("alice"), public("alice").with_key_id(alias)];
    let error = Keyring::from_iter(twice).require(2).unwrap_err();
    assert_eq!(error.kind(), InvalidThreshold);
}

#[test]
fn a_key_counts_once_however_often_it_signed_and_whatever_its_ids() {
    let hashes = [wsc::sha256(CONTENT)];
    let good = sign("alice", &hashes);
    let alias = KeyId::new(b"alias").unwrap();
    let default = *public("alice").key_id();
    let records = [
        record(&[], 1, &good),
        record(&[], 1, &good),
        record(b"alias", 1, &good),
        record(default.as_bytes(), 1, &good),
    ];
    let sets = [set(&hashes, &records), set(&hashes, &records)];
    let file = embed(&sets, CONTENT);
    let keys = || {
        let alice = [public("alice"), public("alice").with_key_id(alias)];
        alice.into_iter().chain([public("bob")])
    };
    let keyring: Keyring = keys().collect();
    assert_eq!(verify(&file, &keyring), Ok(1));
    assert_eq!(
        verify(&file, &keyring.require(2).unwrap()),
        Err(TooFewSigners)
    );
}

#[test]
fn signers_may_stand_in_several_sets_if_each_is_right() {
    let right = [wsc::sha256(CONTENT)];
    let wrong = [[7; 32]];
    let keyring = ring(["alice", "bob", "mallory"]).require(2).unwrap();
    let [alice, bob, other] = [
        signed_set("alice", &right),
        signed_set("bob", &right),
        signed_set("bob", &wrong),
    ];
    for (sets, verdict) in [
        (vec![alice.clone(), bob.clone()], Ok(2)),
        (vec![other.clone(), bob, alice.clone()], Ok(2)),
        (vec![alice.clone(), other.clone()], Err(TooFewSigners)),
        (vec![other.clone()], Err(TooFewSigners)),
        (vec![alice], Err(TooFewSigners)),
        (
            vec![other, signed_set("mallory", &wrong)],
            Err(HashMismatch),
        ),
    ] {
        assert_eq!(verify(&embed(&sets, CONTENT), &keyring), verdict);
    }
}

#[test]
fn for_a_part_those_count_who_signed_that_part() {
    let file = read("signed/extended.wasm");
    let module = SignedModule::parse(&file).unwrap();
    let both = ring(["alice", "bob"]).require(2).unwrap();
    assert_eq!(names(module.verify(&both)), Err(TooFewSigners));
    let first = module.verify_parts(&both, |name| name == "dylink");
    assert_eq!(names(first), Ok(2));
    let all = module.verify_parts(&both, |_| true);
    assert_eq!(names(all), Err(TooFewSigners));
}

#[test]
fn every_key_that_signed_is_named_in_the_order_of_the_keyring() {
    let file = read("signed/mixed.wasm");
    let keyring = ring(["mallory", "carol", "bob", "alice"]);
    let module = SignedModule::parse(&file).unwrap();
    let verified = module.verify(&keyring).unwrap();
    let signed = |key: &&PublicKey| [public("alice"), public("bob")].contains(key);
    assert!(verified.keys().eq(keyring.iter().filter(signed)));
}

#[test]
fn a_signature_under_the_id_of_another_key_does_not_count() {
    let hashes = [wsc::sha256(CONTENT)];
    let bob = *public("bob").key_id();
    let records = ["bob", "alice"].map(|name| record(bob.as_bytes(), 1, &sign(name, &hashes)));
    let file = embed(&[set(&hashes, &records)], CONTENT);
    let keyring = ring(["alice", "bob"]);
    assert_eq!(verify(&file, &keyring), Ok(1));
    let both = keyring.require(2).unwrap();
    assert_eq!(verify(&file, &both), Err(TooFewSigners));
}
