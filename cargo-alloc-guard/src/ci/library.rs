//! Owns the question whether ByteHound's library may be loaded into test processes: it is what was expected, or it
//! is not used.

use std::{fs, path::Path};

use sha2::{Digest as _, Sha256};

/// The content of the library, if its hash is the expected one, else why it is not used.
pub(super) fn checked(library: Option<&Path>, expected: &str) -> Result<Vec<u8>, String> {
    if !cfg!(target_os = "linux") {
        return Err("it runs on Linux only".to_owned());
    }
    let Some(library) = library else {
        return Err(
            "its library was not named: `--bytehound FILE` or `BYTEHOUND_LIBRARY` does".to_owned(),
        );
    };
    let expected = expected.trim();
    if expected.is_empty() {
        return Err(
            "the hash that its library must have is not set: `--bytehound-sha256 HASH` or `BYTEHOUND_SHA256` does, and \
             `sha256sum` prints it for a file that you trust"
                .to_owned(),
        );
    }
    if expected.len() != 64 || !expected.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(format!(
            "`{expected}` is no SHA-256, which has 64 hexadecimal digits"
        ));
    }
    let content = fs::read(library)
        .map_err(|error| format!("{} cannot be read: {error}", library.display()))?;
    let found = hash(&content);
    if !found.eq_ignore_ascii_case(expected) {
        return Err(format!(
            "its library has the SHA-256 {found}, and {expected} was expected"
        ));
    }
    Ok(content)
}

fn hash(content: &[u8]) -> String {
    let mut text = String::new();
    for byte in Sha256::digest(content) {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// Of `abc`, as FIPS 180-2 has it in its first example.
    const ABC: &str = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    #[test]
    fn only_a_library_with_the_expected_hash_is_used() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("libbytehound.so");
        fs::write(&library, "abc").unwrap();
        assert_eq!(checked(Some(&library), ABC).unwrap(), b"abc");
        assert_eq!(
            checked(Some(&library), &format!(" {}\n", ABC.to_uppercase())).unwrap(),
            b"abc"
        );
        let other = ABC.replace('b', "c");
        for (path, expected, why) in [
            (None, ABC, "was not named"),
            (Some(library.as_path()), "", "is not set"),
            (Some(&library), "  ", "is not set"),
            (Some(&library), "abc", "`abc` is no SHA-256"),
            (Some(&library), &ABC[1..], "is no SHA-256"),
            (Some(&library), &other, "has the SHA-256 ba7816bf"),
            (Some(folder.path()), ABC, "cannot be read"),
        ] {
            let error = checked(path, expected).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
    }
}
