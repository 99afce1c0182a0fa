//! Signatures put into modules and taken out of them.

use serde_json::Value;
use wsc::{ErrorKind, Module, SignedModule, sha256};

use crate::manifest::{checks, has, read, text};
use crate::vectors::{files, hex, public, ring, secret};

fn checks_of(op: &str, count: usize) -> Vec<Value> {
    let mut checks = checks();
    checks.retain(|check| text(check, "op") == op);
    assert_eq!(checks.len(), count);
    checks
}

fn module(file: &str) -> Module {
    Module::parse(&read(file)).unwrap()
}

#[test]
fn attaching_gives_the_outputs_of_the_manifest() {
    for check in checks_of("attach", 2) {
        let mut module = module(text(&check, "module"));
        let attached = module.attach(&read(text(&check, "signature")));
        let output = if has(&check, "strict") {
            assert_eq!(text(&check, "strict"), "reject");
            assert_eq!(attached.unwrap_err().kind(), ErrorKind::AlreadySigned);
            text(&check, "module")
        } else {
            attached.unwrap();
            text(&check, "output")
        };
        assert_eq!(module.serialize(), read(output), "{}", check["id"]);
    }
}

#[test]
fn detaching_gives_the_outputs_of_the_manifest() {
    for check in checks_of("detach", 2) {
        let mut module = module(text(&check, "module"));
        let detached = module.detach();
        if has(&check, "strict") {
            assert_eq!(text(&check, "strict"), "reject");
            let error = detached.unwrap_err();
            assert_eq!((error.kind(), error.offset()), (ErrorKind::NotSigned, 8));
            assert_eq!(module.serialize(), read(text(&check, "module")));
            continue;
        }
        assert_eq!(detached.unwrap(), read(text(&check, "signature_output")));
        assert_eq!(module.serialize(), read(text(&check, "output")));
    }
}

/// The tool re-encodes the sizes of a padded module, and signs another file than the one it was given.
#[test]
fn a_padded_module_is_signed_as_it_is_and_not_as_the_note_of_the_manifest_says() {
    let [note] = &checks_of("note", 1)[..] else {
        panic!("one note");
    };
    let mut module = module(text(note, "module"));
    module
        .sign(&secret("alice"), Some(public("alice").key_id()))
        .unwrap();
    let signed = module.serialize();
    assert_ne!(
        hex(&sha256(&signed)),
        hex(&sha256(&read(text(note, "output"))))
    );
    assert!(signed.ends_with(&read(text(note, "module"))[8..]));
    SignedModule::parse(&signed)
        .unwrap()
        .verify(&ring(["alice"]))
        .unwrap();
}

#[test]
fn attaching_undoes_detaching_for_every_signed_file() {
    let mut run = 0;
    for file in files("signed") {
        let Ok(mut module) = Module::parse(&read(&file)) else {
            continue;
        };
        let before = module.serialize();
        if !matches!(module.signature(), Ok(Some(_))) {
            continue;
        }
        let signature = module.detach().unwrap();
        assert!(
            module
                .sections()
                .iter()
                .all(|section| section.name() != Some("signature"))
        );
        module.attach(&signature).unwrap();
        if file == "signed/size-padded.wasm" {
            // The frame of the section is written anew; it is not signed.
            assert_eq!(module.serialize().len() + 3, before.len());
            module.verify(&ring(["alice"])).unwrap();
            continue;
        }
        assert!(module.serialize() == before, "{file}");
        run += 1;
    }
    assert_eq!(run, 26);
}

#[test]
fn a_signature_that_cannot_be_read_is_detached_but_not_attached() {
    let mut module = module("bad/payload-trailing.wasm");
    let signature = module.detach().unwrap();
    let before = module.serialize();
    let error = module.attach(&signature).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TrailingBytes);
    assert!(error.offset() < signature.len());
    assert_eq!(module.serialize(), before);
}

#[test]
fn a_detached_signature_takes_further_signers() {
    let module = module("modules/json.wasm");
    let sign = |signature: &[u8], name: &str| {
        let key_id = *public(name).key_id();
        module.cosign_detached(signature, &secret(name), Some(&key_id))
    };
    let alice = public("alice");
    let one = module
        .sign_detached(&secret("alice"), Some(alice.key_id()))
        .unwrap();
    let two = sign(&one, "bob").unwrap();
    assert_eq!(sign(&two, "carol").unwrap(), read("signed/three.sig"));
    assert_eq!(
        sign(&two, "bob").unwrap_err().kind(),
        ErrorKind::DuplicateSignature
    );
    assert_eq!(
        sign(&[1], "bob").unwrap_err().kind(),
        ErrorKind::UnexpectedEnd
    );
}
