//! Key files: what one makes, the other signs and verifies with.

use wsc::{PublicKey, SecretKey};

use crate::manifest::read;
use crate::workshop::{BOTH, Ours, Theirs, Workshop};

#[test]
fn a_new_pair_of_keys_works_with_the_other() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    workshop.both_do("keygen -k {}.sk -K {}.pk");
    for tool in BOTH {
        let [secret, public] = ["{}.sk", "{}.pk"].map(|file| workshop.read(tool, file));
        let key = SecretKey::from_bytes(&secret).unwrap();
        let from_secret = key.public_key();
        assert_eq!(from_secret, PublicKey::from_bytes(&public).unwrap());
        assert_eq!(from_secret.to_bytes()[..], public);

        let keys = format!("-k {0}.sk -K {0}.pk", tool.name());
        workshop.both_do(&format!("sign -i modules/json.wasm -o {{}}.wasm {keys}"));
        workshop.same("{}.wasm");
        let verify = |key: &str| format!("verify -i {{}}.wasm -K {key}.pk");
        workshop.both_do(&verify(tool.name()));
        workshop.both_refuse(&verify(tool.other().name()));
    }
}

#[test]
fn openssh_keys_sign_the_same_bytes() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    for key_id in ["", "-K keys/dora.ssh.pub"] {
        let sign = format!("sign -i modules/json.wasm -o {{}}.wasm -Z -k keys/dora.ssh {key_id}");
        workshop.both_do(&sign);
        workshop.same("{}.wasm");
        workshop.both_do("verify -i {}.wasm -Z -K keys/dora.ssh.pub");
        workshop.both_refuse("verify -i {}.wasm -K keys/alice.pk");
    }
    workshop
        .both_do("sign -i modules/json.wasm -o {}.wasm -Z -k keys/dora.ssh -K keys/dora.ssh.pub");
    assert!(workshop.same("{}.wasm") == read("signed/ssh.wasm"));
}

#[test]
fn a_new_openssh_key_works_with_wasmsign2() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    workshop.does(Ours, "keygen -k new -K new.pub --key-format openssh");
    workshop.both_do("sign -i modules/json.wasm -o {}.wasm -Z -k new -K new.pub");
    workshop.same("{}.wasm");
    workshop.both_do("verify -i {}.wasm -Z -K new.pub");
    workshop.both_refuse("verify -i {}.wasm -Z -K keys/dora.ssh.pub");
}

#[test]
fn the_command_wasmsign2_reads_no_pem_and_no_der() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    for format in ["pem", "der"] {
        let sign = format!("sign -i modules/json.wasm -o {{}}.wasm -k keys/alice.sk.{format}");
        workshop.does(Ours, &sign);
        workshop.refuses(Theirs, &sign);
        let verify = format!("verify -i ours.wasm -K keys/alice.pk.{format}");
        workshop.does(Ours, &verify);
        workshop.refuses(Theirs, &verify);
        workshop.does(Theirs, "verify -i ours.wasm -K keys/alice.pk");
    }
}

/// A signature that carries an id is tried with the key of that id. Both give a key its default id, so an id of
/// another kind, or of another key, is the id of nobody.
#[test]
fn both_look_up_the_same_default_ids() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    workshop.both_do("sign -i modules/json.wasm -o {}.wasm -k keys/alice.sk -K keys/alice.pk");
    let signed = workshop.same("{}.wasm");
    let alice = PublicKey::from_bytes(&read("keys/alice.pk")).unwrap();
    let id = alice.key_id().as_bytes();
    let offset = signed.windows(id.len()).position(|bytes| bytes == id);
    let mut other = signed.clone();
    other[offset.unwrap()] ^= 1;
    workshop.write("other-id.wasm", &other);
    workshop.both_refuse("verify -i other-id.wasm -K keys/alice.pk");
    workshop.both_refuse("verify -i signed/named-kids.wasm -K keys/alice.pk");
    workshop.both_refuse("verify -i signed/kid-of-other.wasm -K keys/alice.pk");
}
