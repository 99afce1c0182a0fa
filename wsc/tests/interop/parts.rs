//! Modules divided into parts: split, verified in part, and asked about by several keys.

use std::collections::BTreeSet;

use wsc::{Module, OwnedSection};

use crate::manifest::read;
use crate::workshop::{BOTH, Ours, Theirs, Workshop};

const DELIMITER: &str = "signature_delimiter";

/// The file with zeros in its delimiters, which are random: 16 bytes, no two of them the same.
fn without_randomness(file: &[u8]) -> Vec<u8> {
    let mut module = Module::parse(file).unwrap();
    let is_delimiter = |section: &OwnedSection| section.name() == Some(DELIMITER);
    let sections = module.sections().iter().enumerate();
    let delimiters = sections.filter(|(_, section)| is_delimiter(section));
    let indices: Vec<usize> = delimiters.map(|(index, _)| index).collect();
    let mut random = BTreeSet::new();
    for index in indices {
        let zeros = OwnedSection::custom(DELIMITER, &[0; 16]).unwrap();
        let delimiter = module.replace(index, zeros).unwrap();
        let payload: [u8; 16] = delimiter.payload().try_into().unwrap();
        assert!(random.insert(payload));
    }
    module.serialize()
}

fn same_but_for_randomness(workshop: &Workshop, file: &str) -> Vec<u8> {
    let [ours, theirs] = BOTH.map(|tool| without_randomness(&workshop.read(tool, file)));
    assert!(ours == theirs, "{file} is not the same");
    ours
}

#[test]
fn the_same_delimiters_are_put_in_the_same_places() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    for module in ["component", "empty", "json", "lz4debug", "treesitter"] {
        for splits in ["", "-s ^[.]debug_", "-s ^[.]debug_a", "-s .*", "-s nothing"] {
            let line = format!("split -i modules/{module}.wasm -o {{}}.wasm {splits}");
            workshop.both_do(&line);
            same_but_for_randomness(&workshop, "{}.wasm");

            for tool in BOTH {
                let other = tool.other().name();
                // Where delimiters stand already, nothing is done: the other's file stays as it is.
                let again = format!("split -i {other}.wasm -o {{}}-again.wasm {splits}");
                workshop.does(tool, &again);
                let file = format!("{other}.wasm");
                assert!(workshop.read(tool, "{}-again.wasm") == workshop.read(tool, &file));
                workshop.does(
                    tool,
                    &format!("split -i {other}.wasm -o {{}}-twice.wasm -s ^target"),
                );
            }
            same_but_for_randomness(&workshop, "{}-twice.wasm");
        }
    }
}

#[test]
fn each_verifies_parts_of_what_the_other_split_and_signed() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    for splitter in BOTH {
        for signer in BOTH {
            let split = "split -i modules/lz4debug.wasm -o parts.wasm -s ^[.]debug_";
            workshop.does(splitter, split);
            let sign = "sign -i parts.wasm -o signed.wasm -k keys/alice.sk -K keys/alice.pk";
            workshop.does(signer, sign);
            workshop.does(signer.other(), &sign.replace("signed.wasm", "same.wasm"));
            let signed = workshop.read(Ours, "signed.wasm");
            assert!(signed == workshop.read(Ours, "same.wasm"));

            workshop.both_do("verify -i signed.wasm -K keys/alice.pk");
            workshop.both_do("verify -i signed.wasm -K keys/alice.pk -s ^[.]debug_");
            workshop.both_refuse("verify -i signed.wasm -K keys/bob.pk -s ^[.]debug_");
            // The answer changes inside a part.
            workshop.both_refuse("verify -i signed.wasm -K keys/alice.pk -s ^[.]debug_a");

            // The last part, its delimiter included, is taken out; then the last of those that are wanted is changed.
            let mut module = Module::parse(&signed).unwrap();
            let last = module.sections().len() - 1;
            assert_eq!(module.sections()[last].name(), Some(DELIMITER));
            module.remove(last).unwrap();
            let unwanted = module.remove(last - 1).unwrap();
            assert_eq!(unwanted.name(), Some("target_features"));
            workshop.write("short.wasm", &module.serialize());
            workshop.both_do("verify -i short.wasm -K keys/alice.pk -s ^[.]debug_");
            let wanted = module.sections()[last - 3].name().unwrap().to_owned();
            assert!(wanted.starts_with(".debug_"), "{wanted}");
            let other = OwnedSection::custom(&wanted, b"other").unwrap();
            module.replace(last - 3, other).unwrap();
            workshop.write("changed.wasm", &module.serialize());
            workshop.both_refuse("verify -i changed.wasm -K keys/alice.pk -s ^[.]debug_");
            workshop.both_refuse("verify -i changed.wasm -K keys/alice.pk");
        }
    }
}

#[test]
fn what_we_append_wasmsign2_verifies_in_part_and_whole() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    workshop.write("note", b"for readers");
    workshop.does(
        Theirs,
        "split -i modules/json.wasm -o parts.wasm -s ^dylink",
    );
    workshop.does(
        Theirs,
        "sign -i parts.wasm -o signed.wasm -k keys/alice.sk -K keys/alice.pk",
    );
    workshop.does(
        Ours,
        "append -i signed.wasm -o more.wasm --section note=note -k keys/bob.sk -K keys/bob.pk",
    );
    workshop.both_do("verify -i more.wasm -K keys/bob.pk");
    workshop.both_do("verify -i more.wasm -K keys/alice.pk -s ^dylink");
    workshop.both_do("verify -i more.wasm -K keys/bob.pk -s ^dylink|^note");
    workshop.both_refuse("verify -i more.wasm -K keys/alice.pk -s ^dylink|^note");
    workshop.refuses(Ours, "verify -i more.wasm -K keys/alice.pk");
}

#[test]
fn neither_asks_what_a_delimiter_holds() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let mut module = Module::parse(&read("modules/json.wasm")).unwrap();
    let end = module.sections().len();
    for (index, payload) in [&b""[..], &[7; 40]].into_iter().enumerate() {
        let delimiter = OwnedSection::custom(DELIMITER, payload).unwrap();
        module.insert(end + index, delimiter).unwrap();
    }
    workshop.write("parts.wasm", &module.serialize());
    workshop.both_do("sign -i parts.wasm -o {}.wasm -k keys/alice.sk");
    workshop.same("{}.wasm");
    workshop.both_do("verify -i {}.wasm -K keys/alice.pk");
    workshop.both_do("verify -i {}.wasm -K keys/alice.pk -s .*");
}

/// A delimiter that is put into a signed module breaks the signature.
#[test]
fn a_signed_module_is_split_by_wasmsign2_only() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let split = "split -i signed/single.wasm -o {}.wasm";
    workshop.refuses(Ours, split);
    workshop.does(Theirs, split);
    workshop.both_refuse("verify -i theirs.wasm -K keys/alice.pk");
}

#[test]
fn a_matrix_names_the_same_keys() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let all = "-K keys/alice.pk keys/bob.pk keys/carol.pk keys/mallory.pk";
    for (module, splits, signers) in [
        ("signed/single", "", 1),
        ("signed/two", "", 2),
        ("signed/three", "", 3),
        ("signed/component", "", 1),
        ("signed/split", "", 2),
        ("signed/split", "-s ^[.]debug_", 2),
        ("signed/extended", "", 1),
        ("signed/extended", "-s ^dylink", 2),
    ] {
        let line = format!("verify_matrix -i {module}.wasm {splits} {all}");
        let [ours, theirs] = BOTH.map(|tool| workshop.matrix(tool, &line));
        assert_eq!(ours, theirs, "{line}");
        assert_eq!(ours.len(), signers, "{line}");
    }
    workshop.both_refuse("verify_matrix -i signed/two.wasm -K keys/mallory.pk keys/carol.pk");
}
