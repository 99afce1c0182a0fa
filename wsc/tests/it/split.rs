//! Modules divided into parts, and parts put on.

use wsc::{ErrorKind, KeyId, Module, OwnedSection, SignedModule};

use crate::manifest::read;
use crate::vectors::{public, ring, secret, wants};

const DELIMITER: &str = "signature_delimiter";

fn module(file: &str) -> Module {
    Module::parse(&read(file)).unwrap()
}

fn unsigned(file: &str) -> Module {
    let mut module = module(file);
    module.detach().unwrap();
    module
}

fn key_id(name: &str) -> KeyId {
    *public(name).key_id()
}

/// Gives what the delimiters of a file hold, one after the other.
fn random_of(module: &Module) -> impl FnMut() -> [u8; 16] {
    let payloads: Vec<[u8; 16]> = module
        .sections()
        .iter()
        .filter(|section| section.name() == Some(DELIMITER))
        .map(|section| section.payload().try_into().unwrap())
        .collect();
    let mut payloads = payloads.into_iter();
    move || payloads.next().unwrap()
}

fn none_left() -> [u8; 16] {
    panic!("no delimiter is needed")
}

fn names(module: &Module) -> Vec<Option<&str>> {
    module.sections().iter().map(OwnedSection::name).collect()
}

#[test]
fn splitting_and_signing_gives_the_bytes_of_the_public_tool() {
    let expected = module("signed/split-small.wasm");
    let mut module = unsigned("signed/extra-nosplit.wasm");
    let random = random_of(&expected);
    module.split(|name| wants("^notes", name), random).unwrap();
    module
        .sign(&secret("alice"), Some(&key_id("alice")))
        .unwrap();
    assert!(module == expected);
}

#[test]
fn a_module_with_leading_code_is_split_where_the_public_tool_splits_it() {
    let expected = unsigned("signed/split.wasm");
    let mut module = module("modules/lz4debug.wasm");
    let random = random_of(&expected);
    module
        .split(|name| wants("^[.]debug_", name), random)
        .unwrap();
    assert!(module == expected);
}

#[test]
fn splitting_again_divides_further_and_keeps_what_stands() {
    let expected = unsigned("signed/split-twice.wasm");
    let mut module = unsigned("signed/extra-nosplit.wasm");
    module
        .split(|name| wants("^notes", name), || [1; 16])
        .unwrap();
    let once = module.clone();
    module
        .split(|name| wants("^notes", name), none_left)
        .unwrap();
    assert!(module == once);

    module
        .split(|name| wants("^licence$", name), || [2; 16])
        .unwrap();
    assert_eq!(names(&module), names(&expected));
    let kept = |of: u8| {
        let is = |section: &&OwnedSection| section.payload() == [of; 16];
        module.sections().iter().filter(is).count()
    };
    assert_eq!((kept(1), kept(2)), (4, 1));
}

#[test]
fn a_signed_module_is_not_split() {
    let mut module = module("signed/single.wasm");
    let error = module.split(|_| true, none_left).unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::AlreadySigned, 8)
    );
    assert!(module.serialize() == read("signed/single.wasm"));
}

#[test]
fn a_module_without_content_has_nothing_to_split() {
    let mut module = module("modules/empty.wasm");
    module.split(|_| true, none_left).unwrap();
    assert!(module.sections().is_empty());
}

#[test]
fn appending_gives_the_bytes_of_the_public_tool() {
    let expected = module("signed/extended.wasm");
    let mut random = random_of(&expected);
    let mut module = module("modules/json.wasm");
    module.split(|_| true, &mut random).unwrap();
    module
        .sign(&secret("alice"), Some(&key_id("alice")))
        .unwrap();
    let added = expected
        .sections()
        .iter()
        .find(|section| section.name() == Some("precompiled"))
        .unwrap();
    let added = OwnedSection::custom("precompiled", added.payload()).unwrap();
    module
        .append([added], &secret("bob"), Some(&key_id("bob")), random)
        .unwrap();
    assert!(module == expected);
}

#[test]
fn what_was_signed_before_appending_still_is() {
    let mut module = module("modules/json.wasm");
    module.split(|_| true, || [1; 16]).unwrap();
    module.sign(&secret("alice"), None).unwrap();
    let whole = module.verify(&ring(["alice"])).unwrap().covered();
    for signer in ["bob", "carol"] {
        let section = OwnedSection::custom(signer, b"cache").unwrap();
        module
            .append([section], &secret(signer), None, || [2; 16])
            .unwrap();
        let keys = ring([signer]);
        assert_eq!(module.verify(&keys).unwrap().keys().count(), 1);
    }
    let alice = ring(["alice"]);
    let first = module
        .verify_parts(&alice, |name| name == "dylink")
        .unwrap();
    assert_eq!(first.covered().len(), whole.len());
    assert!(!first.is_whole());
    // The set that has enough hashes is signed, but not by her.
    let error = module.verify(&alice).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadSignature);
}

#[test]
fn an_unsigned_module_gets_the_delimiter_that_appending_needs() {
    let section = OwnedSection::custom("more", b"").unwrap();
    let mut module = module("modules/json.wasm");
    module
        .append([section], &secret("alice"), None, || [3; 16])
        .unwrap();
    let file = module.serialize();
    assert_eq!(SignedModule::parse(&file).unwrap().parts(), 2);
    module.verify(&ring(["alice"])).unwrap();

    let mut empty = Module::parse(b"\0asm\x01\0\0\0").unwrap();
    empty
        .append([], &secret("alice"), None, || [3; 16])
        .unwrap();
    assert_eq!(names(&empty), [Some("signature"), Some(DELIMITER)]);
    empty.verify(&ring(["alice"])).unwrap();
}

#[test]
fn what_cannot_be_appended_to_stays_as_it_was() {
    let section = || OwnedSection::custom("more", b"").unwrap();
    let append = |file: &str, signer: &str| {
        let mut module = module(file);
        let error = module
            .append([section()], &secret(signer), None, || [3; 16])
            .unwrap_err();
        assert!(module.serialize() == read(file), "{file}");
        (error.kind(), error.offset())
    };
    let end = read("signed/single.wasm").len();
    assert_eq!(
        append("signed/single.wasm", "bob"),
        (ErrorKind::NoDelimiter, end)
    );
    assert_eq!(append("signed/empty.wasm", "bob").0, ErrorKind::NoDelimiter);
    assert_eq!(
        append("bad/version-0.wasm", "bob").0,
        ErrorKind::NoDelimiter
    );

    let delimiter = b"\0\x14\x13signature_delimiter";
    let full = [b"\0asm\x01\0\0\0", &delimiter.repeat(wsc::MAX_HASHES)[..]].concat();
    let mut full = Module::parse(&full).unwrap();
    let before = full.clone();
    let error = full
        .append([section()], &secret("bob"), None, || [3; 16])
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(full == before);
}

#[test]
fn sections_are_put_in_replaced_and_taken_out() {
    let section = |name| OwnedSection::custom(name, b"text").unwrap();
    let mut module = module("modules/empty.wasm");
    module.insert(0, section("b")).unwrap();
    module.insert(0, section("a")).unwrap();
    module.insert(2, section("d")).unwrap();
    assert_eq!(module.replace(2, section("c")).unwrap(), section("d"));
    assert_eq!(names(&module), [Some("a"), Some("b"), Some("c")]);
    assert_eq!(module.remove(1).unwrap(), section("b"));
    assert_eq!(
        module.serialize(),
        b"\0asm\x01\0\0\0\0\x06\x01atext\0\x06\x01ctext"
    );
    for error in [
        module.insert(3, section("e")).unwrap_err(),
        module.replace(2, section("e")).unwrap_err(),
        module.remove(2).unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::NoSuchSection);
    }
    assert_eq!(names(&module), [Some("a"), Some("c")]);
}

#[test]
fn an_edited_module_no_longer_verifies() {
    let section = || OwnedSection::custom("more", b"").unwrap();
    let keyring = ring(["alice"]);
    let edits: [fn(&mut Module, OwnedSection); 3] = [
        |module, section| module.insert(2, section).unwrap(),
        |module, section| drop(module.replace(1, section).unwrap()),
        |module, _| drop(module.remove(3).unwrap()),
    ];
    for edit in edits {
        let mut module = module("signed/single.wasm");
        module.verify(&keyring).unwrap();
        edit(&mut module, section());
        let error = module.verify(&keyring).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::HashMismatch);
        module.sign(&secret("alice"), None).unwrap();
        module.verify(&keyring).unwrap();
    }
}
