//! Signing gives the bytes that the public tool gives.

use serde_json::Value;
use wsc::{ErrorKind, KeyId, KeyPair, Module, SecretKey, SignedModule, sha256};

use crate::craft;
use crate::manifest::{checks, has, read, text};
use crate::vectors::{hex, public, ring, secret, unhex};

fn sign_checks() -> Vec<Value> {
    let mut checks = checks();
    checks.retain(|check| text(check, "op") == "sign");
    assert_eq!(checks.len(), 7);
    checks
}

fn inputs(check: &Value) -> (Module, KeyPair, Option<KeyId>) {
    let module = Module::parse(&read(text(check, "module"))).unwrap();
    let secret = SecretKey::parse(&read(text(check, "secret_key"))).unwrap();
    let key_id = check["key_id"]
        .as_str()
        .map(|id| KeyId::new(&unhex(id)).unwrap());
    (module, secret.into(), key_id)
}

#[test]
fn embedded_signatures_are_equal_byte_for_byte() {
    let mut run = 0;
    for check in sign_checks() {
        if has(&check, "signature_output") || has(&check, "strict") {
            continue;
        }
        let (mut module, pair, key_id) = inputs(&check);
        module.sign(&pair, key_id.as_ref()).unwrap();
        let signed = module.serialize();
        assert_eq!(
            hex(&sha256(&signed)),
            text(&check, "output_sha256"),
            "{}",
            check["id"]
        );
        assert_eq!(signed, read(text(&check, "output")), "{}", check["id"]);
        run += 1;
    }
    assert_eq!(run, 5);
}

#[test]
fn detached_signatures_are_equal_byte_for_byte() {
    let mut run = 0;
    for check in sign_checks()
        .iter()
        .filter(|check| has(check, "signature_output"))
    {
        let (module, pair, key_id) = inputs(check);
        let signature = module.sign_detached(&pair, key_id.as_ref()).unwrap();
        assert_eq!(hex(&sha256(&signature)), text(check, "signature_sha256"));
        assert_eq!(signature, read(text(check, "signature_output")));
        assert_eq!(module.serialize(), read(text(check, "output")));
        run += 1;
    }
    assert_eq!(run, 1);
}

#[test]
fn what_must_not_be_signed_is_refused_and_stays_as_it_was() {
    let mut run = 0;
    for check in sign_checks().iter().filter(|check| has(check, "strict")) {
        assert_eq!(text(check, "strict"), "reject");
        let (mut module, pair, key_id) = inputs(check);
        let error = module.sign(&pair, key_id.as_ref()).unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::DuplicateSignature,
            "{}",
            check["id"]
        );
        assert_eq!(module.serialize(), read(text(check, "module")));
        run += 1;
    }
    assert_eq!(run, 1);
}

#[test]
fn the_same_signature_under_another_id_is_not_the_same() {
    let mut module = Module::parse(&read("signed/single-kid.wasm")).unwrap();
    module.sign(&secret("alice"), None).unwrap();
    let data = module.signature().unwrap().unwrap();
    let sets: Vec<_> = data.sets().map(|set| set.signatures().count()).collect();
    assert_eq!(sets, [2]);
}

#[test]
fn a_record_that_only_looks_like_the_signature_is_not_the_same() {
    let content = b"\0\x02\x01x";
    let hashes = [sha256(content)];
    let good = craft::sign("alice", &hashes);
    for other in [
        craft::record(b"id", 1, &[7; 64]),
        craft::record(b"id", 2, &good),
    ] {
        let set = craft::set(&hashes, std::slice::from_ref(&other));
        let mut module = Module::parse(&craft::embed(&[set], content)).unwrap();
        let id = KeyId::new(b"id").unwrap();
        module.sign(&secret("alice"), Some(&id)).unwrap();
        let joined = craft::set(&hashes, &[other, craft::record(b"id", 1, &good)]);
        assert_eq!(module.serialize(), craft::embed(&[joined], content));
    }
}

#[test]
fn of_several_sets_with_the_same_hashes_the_first_is_joined() {
    let content = b"\0\x02\x01x";
    let hashes = [sha256(content)];
    let record = |signer| craft::record(&[], 1, &craft::sign(signer, &hashes));
    let [bob, carol] = ["bob", "carol"].map(|signer| craft::signed_set(signer, &hashes));
    let before = craft::embed(&[bob, carol.clone()], content);
    let joined = craft::set(&hashes, &[record("bob"), record("alice")]);

    let mut module = Module::parse(&before).unwrap();
    module.sign(&secret("alice"), None).unwrap();
    assert_eq!(module.serialize(), craft::embed(&[joined, carol], content));
    // The signature of the second set counts as well.
    let mut module = Module::parse(&before).unwrap();
    let error = module.sign(&secret("carol"), None).unwrap_err();
    let payload = craft::HEADER.len() + 3 + "\x09signature".len();
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::DuplicateSignature, payload)
    );
}

#[test]
fn content_added_since_the_last_signature_starts_a_new_set() {
    // `extended.wasm` is what alice signed, a section, a delimiter, and bob's signature of both parts.
    let extended = read("signed/extended.wasm");
    let whole = Module::parse(&extended).unwrap();
    let sections = whole.sections();
    let end = sections
        .iter()
        .position(|s| s.name() == Some("signature_delimiter"))
        .unwrap();
    let part = |sections: &[wsc::OwnedSection]| -> Vec<u8> {
        sections
            .iter()
            .flat_map(|s| s.as_bytes().to_vec())
            .collect()
    };

    let mut module = Module::parse(&[&extended[..8], &part(&sections[1..=end])].concat()).unwrap();
    module
        .sign(&secret("alice"), Some(public("alice").key_id()))
        .unwrap();
    let mut module =
        Module::parse(&[module.serialize(), part(&sections[end + 1..])].concat()).unwrap();
    module
        .sign(&secret("bob"), Some(public("bob").key_id()))
        .unwrap();
    assert_eq!(module.serialize(), extended);
}

#[test]
fn padded_section_sizes_are_signed_as_they_are() {
    let mut module = Module::parse(&read("modules/padded.wasm")).unwrap();
    module
        .sign(&secret("alice"), Some(public("alice").key_id()))
        .unwrap();
    let signed = module.serialize();
    assert!(signed.ends_with(&read("modules/padded.wasm")[8..]));
    SignedModule::parse(&signed)
        .unwrap()
        .verify(&ring(["alice"]))
        .unwrap();
}

#[test]
fn a_module_without_sections_is_one_part() {
    let mut module = Module::parse(craft::HEADER).unwrap();
    let detached = module.sign_detached(&secret("alice"), None).unwrap();
    let set = craft::signed_set("alice", &[sha256(b"")]);
    assert_eq!(detached, craft::payload(&[set]));
    module.sign(&secret("alice"), None).unwrap();
    assert_eq!(module.verify(&ring(["alice"])).unwrap().parts(), 1);
}

#[test]
fn a_full_set_takes_no_more_signatures() {
    let mut module = Module::parse(&read("signed/sigs-256.wasm")).unwrap();
    let signature = &module.sections()[0];
    let payload = 8 + signature.as_bytes().len() - signature.payload().len();
    let error = module.sign(&secret("mallory"), None).unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::LimitExceeded, payload)
    );
}

#[test]
fn a_module_of_too_many_parts_is_not_signed() {
    let delimiter = b"\0\x14\x13signature_delimiter";
    let parts = |count| [&b"\0asm\x01\0\0\0"[..], &delimiter.repeat(count)].concat();
    let mut most = Module::parse(&parts(wsc::MAX_HASHES)).unwrap();
    most.sign(&secret("alice"), None).unwrap();
    assert_eq!(
        most.verify(&ring(["alice"])).unwrap().parts(),
        wsc::MAX_HASHES
    );
    let mut too_many = Module::parse(&parts(wsc::MAX_HASHES + 1)).unwrap();
    let error = too_many.sign(&secret("alice"), None).unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::LimitExceeded, 0)
    );
}

#[test]
fn a_module_takes_no_more_sets_than_the_limit() {
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for _ in 0..wsc::MAX_SETS {
        let mut module = Module::parse(&bytes).unwrap();
        module.sign(&secret("alice"), None).unwrap();
        bytes = module.serialize();
        bytes.extend_from_slice(b"\0\x02\x01x");
    }
    let mut module = Module::parse(&bytes).unwrap();
    let error = module.sign(&secret("alice"), None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
}
