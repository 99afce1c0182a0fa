//! Damage is found wherever it is: bytes cut off, bytes put on, bytes changed; `uncovered.rs` goes through every byte.

use wsc::{Error, Keyring, Module, SignedModule};

use crate::manifest::read;
use crate::stream;
use crate::vectors::{files, ring};

/// Small signed files: without and with a key id, without content, and with several signatures.
const SMALL: [&str; 4] = [
    "signed/empty.wasm",
    "signed/single.wasm",
    "signed/single-kid.wasm",
    "signed/split-one-part.wasm",
];

fn verify_borrowed(bytes: &[u8], keyring: &Keyring) -> Result<(), Error> {
    SignedModule::parse(bytes)?.verify(keyring).map(|_| ())
}

fn verify_owned(bytes: &[u8], keyring: &Keyring) -> Result<(), Error> {
    Module::parse(bytes)?.verify(keyring).map(|_| ())
}

#[test]
fn every_other_value_of_every_byte_of_a_signature_fails_verification() {
    let keyring = ring(["alice"]);
    let good = read("signed/empty.wasm");
    for offset in 0..good.len() {
        for value in (0..=u8::MAX).filter(|value| *value != good[offset]) {
            let mut bad = good.clone();
            bad[offset] = value;
            assert!(
                verify_borrowed(&bad, &keyring).is_err(),
                "{offset}: {value}"
            );
        }
    }
}

#[test]
fn every_prefix_is_an_error() {
    let keyring = ring(["alice", "bob"]);
    for file in SMALL
        .into_iter()
        .chain(["signed/two.wasm", "signed/split-small.wasm"])
    {
        let good = read(file);
        for len in 0..good.len() {
            let cut = &good[..len];
            assert!(verify_borrowed(cut, &keyring).is_err(), "{file}: {len}");
            assert!(verify_owned(cut, &keyring).is_err(), "{file}: {len}");
        }
    }
}

#[test]
fn every_prefix_of_a_detached_signature_is_an_error() {
    let (module, signature) = (read("modules/json.wasm"), read("signed/three.sig"));
    let keyring = ring(["alice", "bob", "carol"]);
    SignedModule::parse_detached(&module, &signature)
        .unwrap()
        .verify(&keyring)
        .unwrap();
    for len in 0..signature.len() {
        assert!(
            SignedModule::parse_detached(&module, &signature[..len]).is_err(),
            "{len}"
        );
    }
}

#[test]
fn anything_put_on_is_an_error() {
    let keyring = ring(["alice"]);
    for file in SMALL {
        let good = read(file);
        for more in [
            &[0][..],
            &[0, 0],
            &[0, 1, 0],
            b"\0\x14\x13signature_delimiter",
            &good,
        ] {
            let bad = [&good, more].concat();
            assert!(
                verify_borrowed(&bad, &keyring).is_err(),
                "{file}: {more:02x?}"
            );
            assert!(verify_owned(&bad, &keyring).is_err(), "{file}: {more:02x?}");
        }
    }
}

#[test]
fn all_forms_agree_on_files_with_random_damage() {
    let keyring = ring(["alice", "bob", "mallory"]);
    let small: Vec<_> = ["signed", "bad"]
        .into_iter()
        .flat_map(files)
        .map(|file| read(&file))
        .filter(|bytes| (1..7000).contains(&bytes.len()))
        .collect();
    // Xorshift: the same damage in each run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut below = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % bound as u64).unwrap()
    };
    for _ in 0..20_000 {
        let mut bytes = small[below(small.len())].clone();
        // Most of what is read byte by byte stands in the first 200.
        let most = [200, 400][below(2)];
        let at = below(bytes.len().min(most));
        match below(4) {
            0 => bytes[at] ^= 1 << below(8),
            1 => bytes[at] = [0, 0x7f, 0x80, 0xff][below(4)],
            2 => bytes.insert(at, 0x80),
            _ => drop(bytes.remove(at)),
        }
        let borrowed = verify_borrowed(&bytes, &keyring);
        let owned = verify_owned(&bytes, &keyring);
        let streamed = stream::verify(&bytes, 65_536, 1 + below(300), &keyring);
        // Of several faults each form finds another one first.
        let verdicts = [borrowed.is_ok(), owned.is_ok(), streamed.is_ok()];
        assert_eq!(verdicts, [verdicts[0]; 3], "{bytes:02x?}");
    }
}

#[test]
fn the_offset_of_an_error_lies_in_the_file() {
    let keyring = ring(["alice", "bob", "mallory"]);
    for file in ["modules", "signed", "bad"].into_iter().flat_map(files) {
        let bytes = read(&file);
        for result in [
            verify_borrowed(&bytes, &keyring),
            verify_owned(&bytes, &keyring),
        ] {
            let offset = result.err().map_or(0, |error| error.offset());
            assert!(offset <= bytes.len(), "{file}: {offset}");
        }
    }
}
