//! Several questions at once: keys against parts.

use serde_json::Value;
use wsc::{ErrorKind, Module, PublicKey, SignedModule, Verified, Wanted};

use crate::manifest::{checks, has, read, text};
use crate::vectors::{json, public, ring, wants};

fn matrix_checks() -> Vec<Value> {
    let mut checks = checks();
    checks.retain(|check| text(check, "op") == "verify_matrix");
    assert_eq!(checks.len(), 7);
    checks
}

/// The names of the keys, sorted; none where nothing was verified.
fn names(verdict: Result<Verified<'_>, wsc::Error>) -> Vec<String> {
    let Ok(verified) = verdict else {
        return Vec::new();
    };
    let mut names: Vec<_> = verified.keys().map(name).collect();
    names.sort();
    names
}

fn name(key: &PublicKey) -> String {
    let keys = json("manifest.json");
    let id = key.key_id().to_string();
    let keys = keys["keys"].as_object().unwrap();
    let (name, _) = keys
        .iter()
        .find(|(_, key)| key["default_key_id"] == *id)
        .unwrap();
    name.clone()
}

#[test]
fn the_keys_that_verify_are_those_of_the_manifest() {
    for check in matrix_checks() {
        let files = check["public_keys"].as_array().unwrap().iter();
        let keyring: wsc::Keyring = files
            .map(|file| PublicKey::parse(&read(file.as_str().unwrap())).unwrap())
            .collect();
        let wants = |name: &str| wants(text(&check, "split"), name);
        let wanted = if has(&check, "split") {
            Wanted::Parts(&wants)
        } else {
            Wanted::Whole
        };
        let file = read(text(&check, "module"));
        let borrowed = SignedModule::parse(&file).unwrap();
        let owned = Module::parse(&file).unwrap();
        let [borrowed] = borrowed.verify_matrix(&keyring, [wanted]).map(names);
        let [owned] = owned.verify_matrix(&keyring, [wanted]).unwrap().map(names);
        let mut bare = Module::parse(&file).unwrap();
        let signature = bare.detach().unwrap();
        let [detached] = bare
            .verify_matrix_detached(&signature, &keyring, [wanted])
            .unwrap()
            .map(names);
        let expected: Vec<String> = serde_json::from_value(check["strict_valid"].clone()).unwrap();
        assert_eq!(borrowed, expected, "{}", check["id"]);
        assert_eq!(owned, expected, "{}", check["id"]);
        assert_eq!(detached, expected, "{}", check["id"]);
    }
}

#[test]
fn each_row_is_what_its_question_alone_would_get() {
    let keyring = ring(["alice", "bob", "mallory"]);
    let patterns = ["^dylink", "^precompiled$", "^dylink|^precompiled$"];
    let file = read("signed/extended.wasm");
    let module = SignedModule::parse(&file).unwrap();
    let predicates = patterns.map(|pattern| move |name: &str| wants(pattern, name));
    let [a, b, c] = &predicates;
    let questions = [
        Wanted::Parts(a),
        Wanted::Whole,
        Wanted::Parts(b),
        Wanted::Parts(c),
    ];
    let rows = module.verify_matrix(&keyring, questions);

    let expected: [&[&str]; 4] = [&["alice", "bob"], &["bob"], &[], &["bob"]];
    assert_eq!(rows.map(names), expected.map(Vec::from));
    // The errors, too, which differ with the keys.
    for keyring in [&keyring, &ring(["alice"]), &ring(["mallory"])] {
        let rows = module.verify_matrix(keyring, questions);
        for (row, question) in rows.iter().zip(questions) {
            let [alone] = module.verify_matrix(keyring, [question]);
            let describe = |verdict: &Result<Verified<'_>, _>| {
                verdict.map(|verified| (verified.set(), verified.covered(), verified.is_whole()))
            };
            assert_eq!(describe(row), describe(&alone));
        }
    }
    let mixed = rows[2].unwrap_err();
    let types = module.sections().nth(2).unwrap().unwrap();
    assert_eq!(
        (mixed.kind(), mixed.offset()),
        (ErrorKind::MixedPart, types.offset())
    );
}

#[test]
fn without_questions_there_are_no_rows() {
    let file = read("signed/single.wasm");
    let keyring = ring(["alice"]);
    let module = SignedModule::parse(&file).unwrap();
    assert!(module.verify_matrix(&keyring, []).is_empty());
}

#[test]
fn what_is_covered_goes_up_to_the_last_part_that_is_wanted() {
    let file = read("signed/split-small.wasm");
    let module = SignedModule::parse(&file).unwrap();
    let keyring = ring(["alice"]);
    let sections: Vec<_> = module.sections().map(Result::unwrap).collect();
    let start = sections[1].offset();
    let ends: Vec<_> = sections
        .iter()
        .filter(|section| section.name() == Some("signature_delimiter"))
        .map(|section| section.offset() + section.as_bytes().len())
        .collect();
    for (pattern, parts, is_whole) in [("^notes", 4, true), ("^dylink|^notes", 4, true)] {
        let verified = module
            .verify_parts(&keyring, |name| wants(pattern, name))
            .unwrap();
        assert_eq!((verified.parts(), verified.is_whole()), (parts, is_whole));
        assert_eq!(verified.covered(), start..ends[parts - 1]);
        assert_eq!(verified.covered().end, file.len());
    }
    let cut = read("bad/split-cut-at-delimiter.wasm");
    let module = SignedModule::parse(&cut).unwrap();
    let verified = module
        .verify_parts(&keyring, |name| wants("^notes", name))
        .unwrap();
    assert!(!verified.is_whole());
    assert_eq!(verified.key(), &public("alice"));
}
