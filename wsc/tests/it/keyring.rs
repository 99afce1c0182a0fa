//! Keyrings: order, lookup, many keys.

use wsc::{KeyId, Keyring, PublicKey, SecretKey};

use crate::vectors::{SIGNERS, public, ring};

fn many() -> Vec<PublicKey> {
    let seed = |n: u16| {
        let mut seed = [0; 32];
        seed[..2].copy_from_slice(&n.to_le_bytes());
        seed
    };
    (0..500)
        .map(|n| SecretKey::from_seed(&seed(n)).public_key())
        .collect()
}

#[test]
fn every_key_is_found_by_its_id() {
    let keys = many();
    let keyring = Keyring::new(keys.clone());
    assert_eq!(keyring.len(), 500);
    for key in &keys {
        assert_eq!(keyring.get(key.key_id().as_bytes()), Some(key));
    }
}

#[test]
fn an_id_that_no_key_has_finds_nothing() {
    let keyring = ring(SIGNERS);
    let alice = public("alice");
    let id = alice.key_id().as_bytes();
    for unknown in [&[][..], &[0], &[0xff; 12], &id[..11], &[id, &[0]].concat()] {
        assert_eq!(keyring.get(unknown), None, "{unknown:02x?}");
    }
    assert_eq!(ring([]).get(id), None);
}

#[test]
fn a_keyring_is_empty_without_a_key_and_not_with_one() {
    assert!(ring([]).is_empty());
    assert!(!ring(["alice"]).is_empty());
}

#[test]
fn keys_come_in_the_order_of_their_ids_whatever_the_order_they_went_in() {
    let forward = ring(["alice", "bob", "carol", "mallory"]);
    let backward = ring(["mallory", "carol", "bob", "alice"]);
    let ids = |keyring: &Keyring| -> Vec<_> {
        keyring.iter().map(|key| key.key_id().to_string()).collect()
    };
    assert_eq!(ids(&forward), ids(&backward));
    assert!(ids(&forward).is_sorted());
    assert_eq!((&forward).into_iter().count(), 4);
}

#[test]
fn a_keyring_can_hold_its_keys_in_an_array_or_a_slice() {
    let mut keys = SIGNERS.map(public);
    let id = *public("carol").key_id();
    assert!(Keyring::new(keys.clone()).get(id.as_bytes()).is_some());
    assert!(Keyring::new(&mut keys[..]).get(id.as_bytes()).is_some());
}

#[test]
fn keys_that_share_an_id_are_all_tried() {
    let id = KeyId::new(b"first").unwrap();
    let module = crate::manifest::read("signed/named-kids.wasm");
    let module = wsc::SignedModule::parse(&module).unwrap();
    for names in [["alice", "mallory"], ["mallory", "alice"]] {
        let keyring: Keyring = names
            .map(|name| public(name).with_key_id(id))
            .into_iter()
            .collect();
        assert_eq!(
            module.verify(&keyring).unwrap().key().as_ed25519(),
            public("alice").as_ed25519()
        );
    }
}
