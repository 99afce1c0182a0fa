//! The rule for whole modules, on modules signed by hand: every hash counts, in its place, and no more than the parts.

use ErrorKind::{BadSignature, HashMismatch, PartCountMismatch, UnknownKey};
use wsc::{Error, ErrorKind, Module, SignedModule, sha256};

use crate::craft::{HEADER, Hash, payload, record, set, sign, signed_set};
use crate::vectors::{ring, secret};

/// Two parts: a section and a delimiter, and a section.
const FIRST: &[u8] = b"\0\x02\x01a\0\x14\x13signature_delimiter";
const SECOND: &[u8] = b"\0\x02\x01b";

/// Which set verified the module; or the kind of error, and where.
type Verdict = Result<usize, (ErrorKind, usize)>;

/// The verdict on the two parts with these sets, which both forms share.
fn verify(sets: &[Vec<u8>]) -> Verdict {
    let payload = payload(sets);
    let module = [HEADER, FIRST, SECOND].concat();
    let keyring = ring(["alice"]);
    let borrowed = SignedModule::parse_detached(&module, &payload)
        .and_then(|module| module.verify(&keyring).map(|verified| verified.set()));
    let owned = Module::parse(&module).unwrap();
    let owned = owned
        .verify_detached(&payload, &keyring)
        .map(|verified| verified.set());
    assert_eq!(borrowed, owned);
    borrowed.map_err(|error: Error| (error.kind(), error.offset()))
}

#[test]
fn every_hash_must_be_right_and_in_its_place() {
    let first = sha256(FIRST);
    let second = sha256(&[FIRST, SECOND].concat());
    let alone = sha256(SECOND);
    let other = [7; 32];
    let second_part = HEADER.len() + FIRST.len();
    #[rustfmt::skip]
    let table: [(&[Hash], Verdict); 10] = [
        (&[first, second],         Ok(0)),
        (&[other, second],         Err((HashMismatch, HEADER.len()))),
        (&[second, second],        Err((HashMismatch, HEADER.len()))),
        (&[second, first],         Err((HashMismatch, HEADER.len()))),
        (&[first, other],          Err((HashMismatch, second_part))),
        (&[first, alone],          Err((HashMismatch, second_part))),
        (&[first],                 Err((PartCountMismatch, 0))),
        (&[second],                Err((PartCountMismatch, 0))),
        (&[first, second, second], Err((PartCountMismatch, 0))),
        (&[],                      Err((PartCountMismatch, 0))),
    ];
    for (hashes, verdict) in table {
        assert_eq!(verify(&[signed_set("alice", hashes)]), verdict);
    }
}

#[test]
fn the_set_that_comes_nearest_decides() {
    let right = [sha256(FIRST), sha256(&[FIRST, SECOND].concat())];
    let wrong = [right[0], [7; 32]];
    let few = signed_set("alice", &right[..1]);
    let unknown = set(&right, &[record(b"id", 1, &sign("bob", &right))]);
    let bad = signed_set("bob", &right);
    let changed = signed_set("alice", &wrong);
    let good = signed_set("alice", &right);

    let mut sets = Vec::new();
    let kind = |sets: &[Vec<u8>]| verify(sets).map_err(|(kind, _)| kind);
    for (set, verdict) in [
        (few, Err(PartCountMismatch)),
        (unknown, Err(UnknownKey)),
        (bad, Err(BadSignature)),
        (changed, Err(HashMismatch)),
    ] {
        sets.push(set);
        assert_eq!(kind(&sets), verdict);
        let backward: Vec<_> = sets.iter().rev().cloned().collect();
        assert_eq!(kind(&backward), verdict);
    }
    sets.push(good.clone());
    assert_eq!(kind(&sets), Ok(4));
    sets.insert(0, good);
    assert_eq!(kind(&sets), Ok(0));
}

#[test]
fn a_good_signature_counts_whatever_stands_before_it() {
    let hashes = [sha256(FIRST), sha256(&[FIRST, SECOND].concat())];
    let good = sign("alice", &hashes);
    for before in [
        record(&[], 2, &[7; 80]),
        record(&[], 1, &good[..63]),
        record(&[], 1, &[]),
        record(&[], 1, &[7; 64]),
        record(b"id", 1, &good),
    ] {
        assert!(verify(&[set(&hashes, std::slice::from_ref(&before))]).is_err());
        assert_eq!(
            verify(&[set(&hashes, &[before, record(&[], 1, &good)])]),
            Ok(0)
        );
    }
}

#[test]
fn another_algorithm_number_makes_no_ed25519_signature() {
    let hashes = [sha256(FIRST), sha256(&[FIRST, SECOND].concat())];
    let good = sign("alice", &hashes);
    for algorithm in [0, 2, 255] {
        let verdict = verify(&[set(&hashes, &[record(&[], algorithm, &good)])]);
        assert_eq!(verdict, Err((UnknownKey, 0)));
    }
}

#[test]
fn a_delimiter_at_the_end_closes_the_last_part() {
    let mut module = Module::parse(&[HEADER, FIRST].concat()).unwrap();
    module.sign(&secret("alice"), None).unwrap();
    let signed = module.serialize();
    let parsed = SignedModule::parse(&signed).unwrap();
    assert_eq!(parsed.parts(), 1);
    assert_eq!(parsed.verify(&ring(["alice"])).unwrap().parts(), 1);
    assert_eq!(module.verify(&ring(["alice"])).unwrap().parts(), 1);
}
