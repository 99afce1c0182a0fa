//! Every `verify` check of the manifest, through each form of a module.

use std::collections::BTreeMap;

use serde_json::Value;
use wsc::{Error, Keyring, Module, PublicKey, SignedModule, StreamVerifier, Wanted};

use crate::manifest::{DECISIONS, Verdict, checks, expected, has, read, text};
use crate::vectors::{public, ring, wants};

/// What there is in the manifest: operation, what it needs, how many, and where they are run.
const ACCOUNT: [(&str, &str, usize, &str); 12] = [
    ("attach", "", 2, "attach.rs"),
    ("detach", "", 2, "attach.rs"),
    (
        "note",
        "",
        1,
        "attach.rs: what a padded module is signed as",
    ),
    ("sign", "", 6, "sign.rs"),
    ("sign", "openssh", 1, "sign.rs"),
    ("verify", "", 134, "here"),
    ("verify", "openssh", 2, "here"),
    ("verify", "signature", 6, "here"),
    ("verify", "split", 20, "here"),
    ("verify_matrix", "", 6, "matrix.rs"),
    ("verify_matrix", "split", 1, "matrix.rs"),
    ("total", "", 181, ""),
];

fn verify_checks() -> Vec<Value> {
    let mut checks = checks();
    checks.retain(|check| text(check, "op") == "verify");
    assert_eq!(checks.len(), 162);
    checks
}

fn keyring(check: &Value) -> Result<Keyring, Error> {
    let file = read(text(check, "public_key"));
    let key = if has(check, "key_format") {
        PublicKey::from_openssh(&file)
    } else {
        PublicKey::from_bytes(&file)
    };
    // The content of a file says which it is, whatever is wrong with it.
    assert_eq!(PublicKey::parse(&file).ok(), key.clone().ok());
    Ok(Keyring::from_iter([key?]))
}

fn verify_borrowed(check: &Value) -> Result<(), Error> {
    let keyring = keyring(check)?;
    let file = read(text(check, "module"));
    let signature = has(check, "signature").then(|| read(text(check, "signature")));
    let module = match &signature {
        Some(signature) => SignedModule::parse_detached(&file, signature)?,
        None => SignedModule::parse(&file)?,
    };
    let verified = if has(check, "split") {
        module.verify_parts(&keyring, |name| wants(text(check, "split"), name))?
    } else {
        module.verify(&keyring)?
    };
    assert!(verified.is_whole() || has(check, "split"));
    assert!(verified.keys().eq(&keyring));
    Ok(())
}

fn verify_owned(check: &Value) -> Result<(), Error> {
    let keyring = keyring(check)?;
    let module = Module::parse(&read(text(check, "module")))?;
    if has(check, "signature") {
        let signature = read(text(check, "signature"));
        assert!(!has(check, "split"));
        module.verify_detached(&signature, &keyring)?;
    } else if has(check, "split") {
        module.verify_parts(&keyring, |name| wants(text(check, "split"), name))?;
    } else {
        module.verify(&keyring)?;
    }
    Ok(())
}

/// The file comes in pieces of this length.
fn verify_streamed(check: &Value, piece: usize) -> Result<(), Error> {
    let keyring = keyring(check)?;
    let wants = |name: &str| wants(text(check, "split"), name);
    let wanted = if has(check, "split") {
        Wanted::Parts(&wants)
    } else {
        Wanted::Whole
    };
    let mut buffer = vec![0; 32_768];
    let signature = has(check, "signature").then(|| read(text(check, "signature")));
    let mut verifier = match &signature {
        Some(signature) => StreamVerifier::detached(signature, &mut buffer, &keyring, wanted)?,
        None => StreamVerifier::new(&mut buffer, &keyring, wanted),
    };
    for piece in read(text(check, "module")).chunks(piece) {
        verifier.update(piece)?;
    }
    verifier.finish().map(|_| ())
}

/// Runs all checks, and gives those whose verdict is not the expected one.
fn wrong(verify: impl Fn(&Value) -> Result<(), Error>) -> Vec<String> {
    let differs = |check: &Value| {
        let result = verify(check);
        let verdict = match result {
            Ok(()) => Verdict::Accept,
            Err(_) => Verdict::Reject,
        };
        (verdict != expected(check)).then(|| format!("{}: {result:?}", text(check, "id")))
    };
    verify_checks().iter().filter_map(differs).collect()
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
fn the_streamed_form_gives_the_strict_verdicts_whatever_the_pieces() {
    for piece in [1, 7, 4096, usize::MAX] {
        assert_eq!(wrong(|check| verify_streamed(check, piece)), [""; 0]);
    }
}

#[test]
fn both_forms_in_memory_give_the_same_error() {
    for check in verify_checks() {
        assert_eq!(
            verify_borrowed(&check),
            verify_owned(&check),
            "{}",
            check["id"]
        );
    }
}

/// A wrong number of parts shows at the end of a stream only, so that another fault comes first.
const OTHER_FAULT_FIRST: [&str; 2] = ["extended-first-whole", "hashes-64-unrelated"];

#[test]
fn the_streamed_form_gives_the_same_error_but_for_wrong_counts() {
    let mut others = Vec::new();
    for check in verify_checks() {
        let streamed = verify_streamed(&check, 1000);
        assert_eq!(verify_streamed(&check, 1), streamed, "{}", check["id"]);
        if verify_borrowed(&check) != streamed {
            others.push(text(&check, "id").to_owned());
        }
    }
    assert_eq!(others, OTHER_FAULT_FIRST);
}

#[test]
fn no_decision_is_unused() {
    let open: Vec<_> = verify_checks()
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
