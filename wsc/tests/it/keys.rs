//! Keys: file formats, ids, secrets.

use std::fmt::Write as _;

use wsc::{ErrorKind, KeyId, KeyPair, PublicKey, SecretKey};

use crate::manifest::{read, text};
use crate::vectors::{SIGNERS, hex, json, public, secret, unhex};

#[test]
fn keys_are_read_from_raw_files_and_written_back() {
    for name in SIGNERS {
        assert_eq!(
            public(name).to_bytes()[..],
            read(&format!("keys/{name}.pk"))
        );
        assert_eq!(
            secret(name).to_bytes()[..],
            read(&format!("keys/{name}.sk"))
        );
        assert_eq!(secret(name).public_key(), public(name));
    }
}

#[test]
fn keys_have_the_bytes_and_default_ids_of_the_manifest() {
    let keys = &json("manifest.json")["keys"];
    for name in SIGNERS.into_iter().chain(["dora"]) {
        let bytes = unhex(text(&keys[name], "ed25519_public"));
        let key = PublicKey::from_ed25519(&bytes.try_into().unwrap()).unwrap();
        assert_eq!(
            key.key_id().to_string(),
            text(&keys[name], "default_key_id")
        );
        if name != "dora" {
            assert_eq!(public(name), key);
        }
    }
}

#[test]
fn keys_are_read_from_der_and_pem() {
    let (public, secret) = (public("alice"), secret("alice"));
    let read = |end: &str| read(&format!("keys/alice.{end}"));
    assert_eq!(PublicKey::from_der(&read("pk.der")).unwrap(), public);
    assert_eq!(PublicKey::from_pem(&read("pk.pem")).unwrap(), public);
    let der = SecretKey::from_der(&read("sk.der")).unwrap();
    let pem = SecretKey::from_pem(&read("sk.pem")).unwrap();
    for key in [der, pem] {
        assert_eq!(key.to_bytes(), secret.to_bytes());
    }
}

#[test]
fn keys_are_written_as_they_are_read() {
    let (alice, key) = (public("alice"), secret("alice"));
    let file = |end: &str| read(&format!("keys/alice.{end}"));
    assert_eq!(alice.to_der()[..], file("pk.der"));
    assert_eq!(key.to_der()[..], file("sk.der"));
    assert_eq!(
        alice.to_pem().trim_ascii_end(),
        file("pk.pem").trim_ascii_end()
    );
    assert_eq!(
        key.to_pem().trim_ascii_end(),
        file("sk.pem").trim_ascii_end()
    );

    let dora = SecretKey::parse(&read("keys/dora.ssh")).unwrap();
    let line = dora.public_key().to_openssh();
    assert!(read("keys/dora.ssh.pub").starts_with(line.trim_ascii_end()));
    for key in SIGNERS.map(secret).into_iter().chain([dora]) {
        let openssh = SecretKey::from_openssh(&*key.to_openssh()).unwrap();
        assert_eq!(openssh.to_bytes(), key.to_bytes());
        let public = key.public_key();
        for file in [
            &public.to_bytes()[..],
            &public.to_der(),
            &public.to_pem(),
            &public.to_openssh(),
        ] {
            assert_eq!(PublicKey::parse(file).unwrap(), public);
        }
        for file in [
            &key.to_bytes()[..],
            &*key.to_der(),
            &*key.to_pem(),
            &*key.to_openssh(),
        ] {
            assert_eq!(SecretKey::parse(file).unwrap().to_bytes(), key.to_bytes());
        }
    }
}

#[test]
fn line_ends_and_white_space_around_pem_do_not_matter() {
    let pem = String::from_utf8(read("keys/alice.pk.pem")).unwrap();
    for pem in [
        pem.replace('\n', "\r\n"),
        pem.trim().to_owned(),
        format!("\n {pem}\n"),
    ] {
        assert_eq!(
            PublicKey::from_pem(pem.as_bytes()).unwrap(),
            public("alice")
        );
    }
}

#[test]
fn damaged_der_and_pem_are_refused() {
    let invalid = ErrorKind::InvalidKey;
    for (public, file) in [(true, "keys/alice.pk"), (false, "keys/alice.sk")] {
        let kind = |file: &[u8], pem: bool| {
            let error = match (public, pem) {
                (true, false) => PublicKey::from_der(file).unwrap_err(),
                (true, true) => PublicKey::from_pem(file).unwrap_err(),
                (false, false) => SecretKey::from_der(file).unwrap_err(),
                (false, true) => SecretKey::from_pem(file).unwrap_err(),
            };
            assert_eq!(error.offset(), 0);
            error.kind()
        };
        for pem in [false, true] {
            let good = read(&format!("{file}.{}", if pem { "pem" } else { "der" }));
            for len in 0..good.trim_ascii_end().len() {
                assert_eq!(kind(&good[..len], pem), invalid, "{file} {pem} {len}");
            }
            assert_eq!(kind(&[&good[..], b"="].concat(), pem), invalid);
            assert_eq!(kind(&[b"0", &good[..]].concat(), pem), invalid);
        }
    }
    let label = read("keys/alice.sk.pem");
    assert_eq!(PublicKey::from_pem(&label).unwrap_err().kind(), invalid);
}

#[test]
fn pem_of_too_few_or_too_many_bytes_is_refused() {
    let pem = String::from_utf8(read("keys/alice.sk.pem")).unwrap();
    let lines: Vec<_> = pem.lines().collect();
    for body in [&lines[1][..60], &format!("{}AAAA", lines[1])] {
        let pem = [lines[0], body, lines[2]].join("\n");
        let error = SecretKey::from_pem(pem.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidKey);
    }
}

#[test]
fn malformed_key_files_are_refused() {
    #[rustfmt::skip]
    let table = [
        ("key-empty.bad",                0),
        ("key-32-bytes.bad",             32),
        ("key-34-bytes.bad",             34),
        ("key-unknown-type-byte.bad",    0),
        ("key-secret-key-type-byte.bad", 0),
        ("not-a-point.bad",              1),
        ("alice.sk",                     0),
    ];
    for (file, offset) in table {
        let error = PublicKey::from_bytes(&read(&format!("keys/{file}"))).unwrap_err();
        assert_eq!(
            (error.kind(), error.offset()),
            (ErrorKind::InvalidKey, offset),
            "{file}"
        );
    }
}

#[test]
fn public_keys_of_small_order_are_refused() {
    for file in ["keys/small-order.pk", "keys/identity.pk"] {
        let bytes = read(file);
        let (_, key) = bytes.split_first_chunk::<1>().unwrap();
        for (error, offset) in [
            (PublicKey::from_bytes(&bytes), 1),
            (PublicKey::from_ed25519(key.try_into().unwrap()), 0),
        ] {
            let error = error.unwrap_err();
            assert_eq!(
                (error.kind(), error.offset()),
                (ErrorKind::WeakKey, offset),
                "{file}"
            );
        }
    }
}

#[test]
fn a_secret_key_file_must_hold_one_pair() {
    let good = read("keys/alice.sk");
    let mut mixed = good.clone();
    mixed[33..].copy_from_slice(&read("keys/bob.pk")[1..]);
    for (bad, offset) in [
        (&[][..], 0),
        (&good[..64], 64),
        (&[&good[..], &[0]].concat(), 66),
        (&good[1..], 0),
        // Where the public key starts.
        (&mixed, 33),
    ] {
        let error = SecretKey::from_bytes(bad).unwrap_err();
        assert_eq!(
            (error.kind(), error.offset()),
            (ErrorKind::InvalidKey, offset)
        );
    }
}

#[test]
fn debug_output_shows_no_secret() {
    let bytes = read("keys/alice.sk");
    let seed = &bytes[1..33];
    let mut shown = String::new();
    write!(
        shown,
        "{:?} {:#?}",
        secret("alice"),
        KeyPair::from(secret("alice"))
    )
    .unwrap();
    assert!(shown.contains("SecretKey(..)"));
    assert!(!shown.contains(&hex(seed)));
    assert!(!shown.contains(&format!("{seed:?}")[1..9]));
}

#[test]
fn signatures_are_those_of_rfc_8032() {
    // Section 7.1, test 2.
    let seed = unhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    let key = SecretKey::from_seed(&seed.try_into().unwrap());
    assert_eq!(
        hex(&key.sign(&[0x72])),
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
         085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    );
}

#[test]
fn a_signature_holds_for_its_key_message_and_length_only() {
    let signature = secret("alice").sign(b"message");
    let alice = public("alice");
    alice.verify(b"message", &signature).unwrap();
    let failures = [
        public("bob").verify(b"message", &signature),
        alice.verify(b"massage", &signature),
        alice.verify(b"message", &signature[..63]),
        alice.verify(b"message", &[&signature[..], &[0]].concat()),
        alice.verify(b"message", &[]),
    ];
    for failure in failures {
        assert_eq!(failure.unwrap_err().kind(), ErrorKind::BadSignature);
    }
}

#[test]
fn a_key_id_has_1_to_64_bytes() {
    assert_eq!(KeyId::new(&[7; 64]).unwrap().as_bytes(), [7; 64]);
    for len in [0, 65, 1000] {
        let error = KeyId::new(&vec![7; len]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidKeyId, "{len}");
    }
}

#[test]
fn key_ids_are_equal_if_all_their_bytes_are() {
    let id = |bytes: &[u8]| KeyId::new(bytes).unwrap();
    assert_eq!(id(b"first"), id(b"first"));
    for other in [&b"First"[..], b"firsu", b"firs", b"first\0"] {
        assert_ne!(id(b"first"), id(other), "{other:?}");
    }
    // So are keys: by another id it is another one.
    let alice = public("alice");
    assert_ne!(alice.clone().with_key_id(id(b"first")), alice);
}

#[test]
fn debug_output_shows_a_public_key_and_its_id_in_hexadecimal() {
    let alice = public("alice");
    let (key, id) = (hex(alice.as_ed25519()), alice.key_id());
    assert_eq!(format!("{alice:?}"), format!("PublicKey({key}, id {id})"));
    let id = KeyId::new(b"\0first\xff").unwrap();
    assert_eq!(format!("{id:?}"), "KeyId(006669727374ff)");
}
