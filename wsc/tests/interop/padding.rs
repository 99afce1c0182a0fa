//! Padded section sizes: the one thing in which the files that are written differ.

use wsc::{Module, OwnedSection};

use crate::manifest::read;
use crate::workshop::{BOTH, Theirs, Workshop};

/// What the sections are, however their sizes are written; without the signature.
fn contents(file: &[u8]) -> Vec<(u8, Option<String>, Vec<u8>)> {
    let module = Module::parse(file).unwrap();
    let content = |section: &OwnedSection| {
        let name = section.name().map(str::to_owned);
        (section.id(), name, section.payload().to_vec())
    };
    let sections = module.sections().iter().map(content);
    sections
        .filter(|(_, name, _)| name.as_deref() != Some("signature"))
        .collect()
}

#[test]
fn we_keep_padded_sizes_and_wasmsign2_writes_them_anew_and_nothing_else_differs() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let padded = read("modules/padded.wasm");
    let plain = read("modules/json.wasm");
    assert!(padded != plain && contents(&padded) == contents(&plain));

    let line = "-o {}.wasm -k keys/alice.sk -K keys/alice.pk";
    workshop.both_do(&format!("sign -i modules/padded.wasm {line}"));
    let [ours, theirs] = BOTH.map(|tool| workshop.read(tool, "{}.wasm"));
    assert!(ours.ends_with(&padded[8..]));
    assert!(theirs.ends_with(&plain[8..]));
    assert!(contents(&ours) == contents(&theirs));

    // Theirs is what signing the module without padding gives, with each of us.
    workshop
        .both_do("sign -i modules/json.wasm -o {}-plain.wasm -k keys/alice.sk -K keys/alice.pk");
    assert!(workshop.same("{}-plain.wasm") == theirs);

    for file in ["ours", "theirs"] {
        workshop.both_do(&format!("verify -i {file}.wasm -K keys/alice.pk"));
        workshop.both_refuse(&format!("verify -i {file}.wasm -K keys/bob.pk"));
    }
}

#[test]
fn a_detached_signature_of_padded_sizes_fits_the_file_only_with_us() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    workshop.both_do("sign -i modules/padded.wasm -o {}.wasm -S {}.sig -k keys/alice.sk");
    for tool in BOTH {
        workshop.does(
            tool,
            "verify -i modules/padded.wasm -S ours.sig -K keys/alice.pk",
        );
        workshop.refuses(
            tool,
            "verify -i modules/padded.wasm -S theirs.sig -K keys/alice.pk",
        );
        workshop.does(
            tool,
            "verify -i modules/json.wasm -S theirs.sig -K keys/alice.pk",
        );
    }
}

#[test]
fn taking_a_signature_out_and_putting_it_in_keeps_padded_sizes_only_with_us() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    workshop.both_do("detach -i signed/padded-raw.wasm -o {}.wasm -S {}.sig");
    workshop.same("{}.sig");
    let [ours, theirs] = BOTH.map(|tool| workshop.read(tool, "{}.wasm"));
    assert!(ours == read("modules/padded.wasm"));
    assert!(theirs == read("modules/json.wasm"));
    workshop.both_do("attach -i ours.wasm -S ours.sig -o {}-again.wasm");
    let [ours, theirs] = BOTH.map(|tool| workshop.read(tool, "{}-again.wasm"));
    assert!(ours == read("signed/padded-raw.wasm"));
    // The signature was of the padded bytes, which are gone.
    assert!(contents(&ours) == contents(&theirs));
    workshop.both_do("verify -i ours-again.wasm -K keys/alice.pk");
    workshop.both_refuse("verify -i theirs-again.wasm -K keys/alice.pk");
    workshop.refuses(
        Theirs,
        "verify -i theirs.wasm -S theirs.sig -K keys/alice.pk",
    );
}
