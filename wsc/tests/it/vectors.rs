//! Keys, keyrings and files of the vectors; `manifest.rs` reads the checks.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;
use wsc::{Keyring, PublicKey, SecretKey};

use crate::manifest::{path, read};

/// The keys of the manifest that make sound keyrings, by name.
pub(crate) const SIGNERS: [&str; 4] = ["alice", "bob", "carol", "mallory"];

pub(crate) fn json(relative: &str) -> Value {
    serde_json::from_slice(&read(relative)).unwrap()
}

pub(crate) fn public(name: &str) -> PublicKey {
    PublicKey::from_bytes(&read(&format!("keys/{name}.pk"))).unwrap()
}

pub(crate) fn secret(name: &str) -> SecretKey {
    SecretKey::from_bytes(&read(&format!("keys/{name}.sk"))).unwrap()
}

pub(crate) fn ring<const N: usize>(names: [&str; N]) -> Keyring {
    names.into_iter().map(public).collect()
}

/// Every file of a folder, sorted, as the path that the manifest would give it.
pub(crate) fn files(folder: &str) -> Vec<String> {
    let mut files: Vec<_> = fs::read_dir(path(folder))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| format!("{folder}/{name}"))
        .collect();
    files.sort();
    files
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

pub(crate) fn unhex(hex: &str) -> Vec<u8> {
    let (digits, rest) = hex.as_bytes().as_chunks::<2>();
    assert!(rest.is_empty(), "{hex}");
    digits
        .iter()
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Whether a name matches a pattern of the manifest: alternatives, with or without `^` and `$`, or anything.
pub(crate) fn wants(pattern: &str, name: &str) -> bool {
    pattern.split('|').any(|pattern| {
        if pattern == ".*" {
            return true;
        }
        let start = pattern.strip_prefix('^').unwrap().replace("[.]", ".");
        match start.strip_suffix('$') {
            Some(all) => name == all,
            None => name.starts_with(&start),
        }
    })
}
