//! The inputs of the real-world suite: real modules out of public npm packages, signed with the
//! public tool, and copies of them that are damaged on purpose. `wsc/tests/vectors/README.md` says
//! where each comes from.

use std::path::Path;

use wsc::{Keyring, PublicKey, SecretKey};

/// A file of the vectors, as bytes.
#[macro_export]
macro_rules! vector {
    ($path:literal) => {
        include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../wsc/tests/vectors/",
            $path
        ))
    };
}

/// web-tree-sitter 0.27.1, 210 kB, signed by alice.
pub const BIG: &[u8] = vector!("signed/big.wasm");

/// lz4-wasm 0.9.2 with debug sections, 53 kB, in several signed parts.
pub const SPLIT: &[u8] = vector!("signed/split.wasm");

/// tree-sitter-json, 6 kB, signed by alice, bob and carol.
pub const THREE_SIGNERS: &[u8] = vector!("signed/three.wasm");

/// A signed module whose code was changed.
pub const CHANGED: &[u8] = vector!("bad/flip-code-middle.wasm");

/// A signed module that ends half-way.
pub const TRUNCATED: &[u8] = vector!("bad/trunc-half.wasm");

/// A module that claims a signature of four gigabytes.
pub const HOSTILE: &[u8] = vector!("bad/sig-len-huge.wasm");

/// The message that the Ed25519 operations sign: 96 bytes, as a module's signed message with two
/// hashes about is.
pub const MESSAGE: &[u8; 96] = &[0x5a; 96];

/// alice's public key: she signed every vector here.
///
/// # Panics
/// If the vector is damaged.
#[must_use]
pub fn alice() -> PublicKey {
    PublicKey::from_bytes(vector!("keys/alice.pk")).expect("a sound key")
}

/// mallory's public key, who signed nothing.
///
/// # Panics
/// If the vector is damaged.
#[must_use]
pub fn mallory() -> PublicKey {
    PublicKey::from_bytes(vector!("keys/mallory.pk")).expect("a sound key")
}

/// alice's secret key.
///
/// # Panics
/// If the vector is damaged.
#[must_use]
pub fn alice_secret() -> SecretKey {
    SecretKey::from_bytes(vector!("keys/alice.sk")).expect("a sound key")
}

/// The keys of everyone who signs, loaded beforehand.
///
/// # Panics
/// If a vector is damaged.
#[must_use]
pub fn keyring() -> Keyring {
    let keys: [&[u8]; 3] = [
        vector!("keys/alice.pk"),
        vector!("keys/bob.pk"),
        vector!("keys/carol.pk"),
    ];
    keys.into_iter()
        .map(|key| PublicKey::from_bytes(key).expect("a sound key"))
        .collect()
}

/// A keyring without anyone who signs.
#[must_use]
pub fn strangers() -> Keyring {
    [mallory()].into_iter().collect()
}

/// Every damaged or forbidden module of the vectors, with its name.
///
/// # Errors
/// If the folder of the vectors cannot be read.
pub fn damaged() -> std::io::Result<Vec<(String, Vec<u8>)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../wsc/tests/vectors/bad");
    let mut modules = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        modules.push((name, std::fs::read(entry.path())?));
    }
    modules.sort();
    Ok(modules)
}
