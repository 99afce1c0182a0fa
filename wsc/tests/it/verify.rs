//! Every `verify` check of the manifest that is about a whole module, through both forms of a module.

use std::collections::BTreeMap;

use serde_json::Value;
use wsc::{Error, Keyring, Module, PublicKey, SignedModule};

use crate::vectors::{checks, has, json, public, read, ring, text, unhex};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Accept,
    Reject,
}

use Verdict::{Accept, Reject};

/// What we say where the written format leaves it open, and why.
const DECISIONS: [(&str, Verdict, &str); 12] = [
    (
        "named-kids",
        Reject,
        "a non-empty key id is looked up, and no key goes by this one",
    ),
    (
        "kid-of-other",
        Reject,
        "a non-empty key id is looked up, and no key goes by this one",
    ),
    (
        "flip-kid",
        Reject,
        "a non-empty key id is looked up, and no key goes by this one",
    ),
    (
        "siglen-63-beside",
        Accept,
        "a record that cannot be valid does not spoil a good one",
    ),
    (
        "header-swapped",
        Accept,
        "the header is not signed; `encoding()` tells which one it is",
    ),
    (
        "hashes-64-unrelated",
        Reject,
        "a whole module has as many hashes as parts",
    ),
    (
        "record-trailing-zero",
        Reject,
        "one encoding for each value: nothing follows a signature",
    ),
    (
        "count-padded",
        Reject,
        "one encoding for each value: integers are in their shortest form",
    ),
    (
        "later-name-not-utf8",
        Reject,
        "malformed by the WebAssembly specification",
    ),
    (
        "garbage-content",
        Reject,
        "malformed by the WebAssembly specification",
    ),
    (
        "ed-small-order-r",
        Reject,
        "strict: a small-order R is refused",
    ),
    (
        "ed-mixed-order-cofactored",
        Reject,
        "strict: the equation without the cofactor must hold",
    ),
];

/// What becomes of each check of the manifest: operation, what it needs, how many there are, where it is used.
const ACCOUNT: [(&str, &str, usize, &str); 12] = [
    ("attach", "", 2, "out of scope: editing of signed modules"),
    ("detach", "", 2, "out of scope: editing of signed modules"),
    ("note", "", 1, "no check"),
    ("sign", "", 6, "sign.rs"),
    (
        "sign",
        "openssh",
        1,
        "out of scope: the secret key is in an OpenSSH file",
    ),
    ("verify", "", 134, "here"),
    (
        "verify",
        "openssh",
        2,
        "here, with the key's 32 bytes from the manifest",
    ),
    ("verify", "signature", 6, "here"),
    (
        "verify",
        "split",
        20,
        "out of scope: verifies a subset of the sections",
    ),
    (
        "verify_matrix",
        "",
        6,
        "out of scope: verifies with many keys at once",
    ),
    (
        "verify_matrix",
        "split",
        1,
        "out of scope: verifies a subset of the sections",
    ),
    ("total", "", 181, ""),
];

fn whole_module_checks() -> Vec<Value> {
    let mut checks = checks();
    checks.retain(|check| text(check, "op") == "verify" && !has(check, "split"));
    checks
}

fn expected(check: &Value) -> Verdict {
    match text(check, "strict") {
        "accept" => Accept,
        "reject" => Reject,
        "either" => {
            let id = text(check, "id");
            let decision = DECISIONS.iter().find(|(decided, ..)| *decided == id);
            decision.unwrap_or_else(|| panic!("{id}: no decision")).1
        }
        other => panic!("unknown verdict {other}"),
    }
}

/// The key that the check names. For the two OpenSSH files it is the key that the manifest and `why` say is meant.
fn key(check: &Value) -> Result<PublicKey, Error> {
    match (text(check, "id"), has(check, "key_format")) {
        ("ok-ssh", true) => {
            let key = unhex(text(
                &json("manifest.json")["keys"]["dora"],
                "ed25519_public",
            ));
            PublicKey::from_ed25519(&key.try_into().unwrap())
        }
        ("ok-ssh-first-ed25519", true) => Ok(public("mallory")),
        (id, true) => panic!("{id}: unknown key format"),
        (_, false) => PublicKey::from_bytes(&read(text(check, "public_key"))),
    }
}

fn verify_borrowed(check: &Value) -> Result<(), Error> {
    let module = read(text(check, "module"));
    let keyring = Keyring::from_iter([key(check)?]);
    if has(check, "signature") {
        let signature = read(text(check, "signature"));
        SignedModule::parse_detached(&module, &signature)?.verify(&keyring)?;
        return Ok(());
    }
    SignedModule::parse(&module)?.verify(&keyring)?;
    Ok(())
}

fn verify_owned(check: &Value) -> Result<(), Error> {
    let module = Module::parse(&read(text(check, "module")))?;
    let keyring = Keyring::from_iter([key(check)?]);
    if has(check, "signature") {
        let signature = read(text(check, "signature"));
        module.verify_detached(&signature, &keyring)?;
        return Ok(());
    }
    module.verify(&keyring)?;
    Ok(())
}

/// Runs all checks, and gives the ids of those whose verdict is not the expected one.
fn wrong(verify: fn(&Value) -> Result<(), Error>) -> Vec<String> {
    let checks = whole_module_checks();
    assert_eq!(checks.len(), 142);
    let differs = |check: &Value| {
        let result = verify(check);
        let verdict = if result.is_ok() { Accept } else { Reject };
        (verdict != expected(check)).then(|| format!("{}: {result:?}", text(check, "id")))
    };
    checks.iter().filter_map(differs).collect()
}

#[test]
fn the_borrowed_form_gives_the_strict_verdicts() {
    assert_eq!(wrong(verify_borrowed), [""; 0]);
}

#[test]
fn the_owned_form_gives_the_strict_verdicts() {
    assert_eq!(wrong(verify_owned), [""; 0]);
}

#[test]
fn both_forms_give_the_same_error() {
    for check in whole_module_checks() {
        assert_eq!(
            verify_borrowed(&check),
            verify_owned(&check),
            "{}",
            check["id"]
        );
    }
}

#[test]
fn no_decision_is_unused() {
    let open: Vec<_> = whole_module_checks()
        .iter()
        .filter(|check| text(check, "strict") == "either")
        .map(|check| text(check, "id").to_owned())
        .collect();
    assert_eq!(open.len(), DECISIONS.len());
    for (id, _, _) in DECISIONS {
        assert!(open.iter().any(|open| open == id), "{id}");
    }
}

#[test]
fn every_check_of_the_manifest_is_accounted_for() {
    let mut counts = BTreeMap::<(String, &str), usize>::new();
    for check in checks() {
        let needs = match &check {
            check if has(check, "split") => "split",
            check if has(check, "key_format") => "openssh",
            check if text(check, "op") == "verify" && has(check, "signature") => "signature",
            _ => "",
        };
        let op = text(&check, "op").to_owned();
        *counts.entry((op, needs)).or_default() += 1;
        *counts.entry(("total".to_owned(), "")).or_default() += 1;
    }
    let account = ACCOUNT.map(|(op, needs, count, _)| ((op.to_owned(), needs), count));
    assert_eq!(counts, BTreeMap::from(account));
}

#[test]
fn what_was_verified_says_by_which_key_and_how_much() {
    let extended = read("signed/extended.wasm");
    let keyring = ring(["alice", "bob"]);
    let verified = SignedModule::parse(&extended)
        .unwrap()
        .verify(&keyring)
        .unwrap();
    let bob = public("bob");
    assert_eq!(verified.key(), &bob);
    assert_eq!(verified.key_id(), bob.key_id().as_bytes());
    assert_eq!((verified.set(), verified.parts()), (1, 2));
}

#[test]
fn a_set_that_does_not_fit_the_content_does_not_hide_a_good_one() {
    let module = read("signed/two-sets.wasm");
    let keyring = ring(["alice", "mallory"]);
    let verified = SignedModule::parse(&module)
        .unwrap()
        .verify(&keyring)
        .unwrap();
    assert_eq!((verified.key(), verified.set()), (&public("alice"), 1));
}

#[test]
fn a_signature_without_key_id_is_tried_with_each_key() {
    let module = read("signed/single.wasm");
    let keyring = ring(["mallory", "carol", "bob", "alice"]);
    let verified = SignedModule::parse(&module)
        .unwrap()
        .verify(&keyring)
        .unwrap();
    assert_eq!(
        (verified.key(), verified.key_id()),
        (&public("alice"), &b""[..])
    );
}

#[test]
fn a_key_that_goes_by_the_id_in_the_file_verifies_it() {
    let module = read("signed/named-kids.wasm");
    let first = wsc::KeyId::new(b"first").unwrap();
    let keyring = Keyring::from_iter([public("alice").with_key_id(first)]);
    let verified = SignedModule::parse(&module)
        .unwrap()
        .verify(&keyring)
        .unwrap();
    assert_eq!(verified.key_id(), b"first");
}

#[test]
fn an_empty_keyring_verifies_nothing() {
    let module = read("signed/single.wasm");
    let error = SignedModule::parse(&module)
        .unwrap()
        .verify(&ring([]))
        .unwrap_err();
    assert_eq!(error.kind(), wsc::ErrorKind::UnknownKey);
}
