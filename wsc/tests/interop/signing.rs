//! Signatures of whole modules: embedded, detached, several, attached and taken out again.

use wsc::{Keyring, Module, PublicKey, SecretKey, SignedModule};

use crate::manifest::read;
use crate::workshop::{BOTH, Ours, Theirs, Workshop};

/// Modules without padded sizes. `padding.rs` has the one with them.
const MODULES: [&str; 7] = [
    "component",
    "empty",
    "json",
    "lz4",
    "lz4debug",
    "sourcemap",
    "treesitter",
];

/// With the id of the key in the signature, and without.
const KEY_IDS: [&str; 2] = ["", "-K keys/alice.pk"];

#[test]
fn a_key_signs_the_same_bytes_and_each_verifies_the_other_s() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let secret = SecretKey::from_bytes(&read("keys/alice.sk")).unwrap();
    let public = PublicKey::from_bytes(&read("keys/alice.pk")).unwrap();
    let keyring = Keyring::from_iter([public.clone()]);
    for module in MODULES {
        for key_id in KEY_IDS {
            let sign = format!("-i modules/{module}.wasm -o {{}}.wasm -k keys/alice.sk {key_id}");
            workshop.both_do(&format!("sign {sign}"));
            let signed = workshop.same("{}.wasm");

            let mut library = Module::parse(&read(&format!("modules/{module}.wasm"))).unwrap();
            let id = (!key_id.is_empty()).then_some(public.key_id());
            library.sign(&secret, id).unwrap();
            assert!(library.serialize() == signed, "{module} {key_id}");
            let verified = SignedModule::parse(&signed).unwrap().verify(&keyring);
            assert!(verified.unwrap().is_whole());

            workshop.both_do("verify -i {}.wasm -K keys/alice.pk");
            workshop.both_refuse("verify -i {}.wasm -K keys/mallory.pk");
        }
    }
}

#[test]
fn a_signer_is_added_to_the_other_s_file() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    for module in ["component", "json"] {
        for key_id in KEY_IDS {
            let first = format!("sign -i modules/{module}.wasm -o {{}}-1.wasm -k keys/alice.sk");
            workshop.both_do(&format!("{first} {key_id}"));
            for tool in BOTH {
                let [before, after] = [tool.other().name(), tool.name()];
                let bob = format!("sign -i {before}-1.wasm -o {after}-2.wasm -k keys/bob.sk");
                workshop.does(tool, &format!("{bob} -K keys/bob.pk"));
            }
            workshop.same("{}-2.wasm");
            for tool in BOTH {
                let [before, after] = [tool.other().name(), tool.name()];
                let carol = format!("sign -i {before}-2.wasm -o {after}-3.wasm");
                workshop.does(tool, &format!("{carol} -k keys/carol.sk"));
            }
            workshop.same("{}-3.wasm");
            for key in ["alice", "bob", "carol"] {
                workshop.both_do(&format!("verify -i {{}}-3.wasm -K keys/{key}.pk"));
            }
            workshop.both_refuse("verify -i {}-3.wasm -K keys/mallory.pk");
            // The very same signature is there.
            workshop.both_refuse("sign -i {}-3.wasm -o x.wasm -k keys/carol.sk");
        }
    }
}

#[test]
fn a_detached_signature_is_the_same_and_leaves_the_module_as_it_was() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    for module in MODULES {
        for key_id in KEY_IDS {
            let sign = format!("sign -i modules/{module}.wasm -o {{}}.wasm -S {{}}.sig");
            workshop.both_do(&format!("{sign} -k keys/alice.sk {key_id}"));
            let bytes = read(&format!("modules/{module}.wasm"));
            assert!(workshop.same("{}.wasm") == bytes);
            workshop.same("{}.sig");
            let verify = format!("verify -i modules/{module}.wasm -S {{}}.sig");
            workshop.both_do(&format!("{verify} -K keys/alice.pk"));
            workshop.both_refuse(&format!("{verify} -K keys/bob.pk"));
            workshop.both_refuse("verify -i signed/single.wasm -S {}.sig -K keys/alice.pk");
        }
    }
}

#[test]
fn each_attaches_and_detaches_what_the_other_wrote() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    for signed in ["component", "three", "split"] {
        workshop.both_do(&format!(
            "detach -i signed/{signed}.wasm -o {{}}.wasm -S {{}}.sig"
        ));
        workshop.same("{}.wasm");
        workshop.same("{}.sig");
        for tool in BOTH {
            let other = tool.other().name();
            let attach = format!("attach -i {other}.wasm -S {other}.sig -o {{}}-again.wasm");
            workshop.does(tool, &attach);
        }
        let again = workshop.same("{}-again.wasm");
        assert!(again == read(&format!("signed/{signed}.wasm")));
    }
    workshop.both_refuse("detach -i modules/json.wasm -o x.wasm -S x.sig");
    workshop.both_refuse("attach -i signed/single.wasm -S signed/three.sig -o x.wasm");
}

/// With `-S`, we sign a signed module as it is; wasmsign2 leaves the embedded signature out of what it signs, adds to
/// it, and keeps the section in the file that it writes, so that the new signature is not one of that file.
#[test]
fn a_detached_signature_of_a_signed_module_is_of_the_file_only_with_us() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let sign = "sign -i signed/single-kid.wasm -o {}.wasm -S {}.sig -k keys/bob.sk";
    workshop.both_do(sign);
    assert!(workshop.same("{}.wasm") == read("signed/single-kid.wasm"));
    for tool in BOTH {
        workshop.does(tool, "verify -i ours.wasm -S ours.sig -K keys/bob.pk");
        let theirs = "-S theirs.sig -K keys/bob.pk";
        workshop.refuses(tool, &format!("verify -i theirs.wasm {theirs}"));
        workshop.does(tool, &format!("verify -i modules/json.wasm {theirs}"));
        let alice = "verify -i modules/json.wasm -S theirs.sig -K keys/alice.pk";
        workshop.does(tool, alice);
    }
}

#[test]
fn both_refuse_content_with_a_changed_byte() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let signed = read("signed/single-kid.wasm");
    let keyring = Keyring::from_iter([PublicKey::from_bytes(&read("keys/alice.pk")).unwrap()]);
    let module = SignedModule::parse(&signed).unwrap();
    let covered = module.verify(&keyring).unwrap().covered();
    let bits = [1, 0x80];
    for (offset, bit) in covered.clone().step_by(211).zip(bits.into_iter().cycle()) {
        let mut changed = signed.clone();
        changed[offset] ^= bit;
        workshop.write("changed.wasm", &changed);
        workshop.both_refuse("verify -i changed.wasm -K keys/alice.pk");
    }
    workshop.write("cut.wasm", &signed[..covered.end - 1]);
    workshop.both_refuse("verify -i cut.wasm -K keys/alice.pk");
    workshop.write("longer.wasm", &[&signed[..], &[0]].concat());
    workshop.both_refuse("verify -i longer.wasm -K keys/alice.pk");
    for tool in [Ours, Theirs] {
        workshop.does(tool, "verify -i signed/single-kid.wasm -K keys/alice.pk");
    }
}
