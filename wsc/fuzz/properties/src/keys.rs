//! Key files, public and secret.

use base64ct::{Base64, Encoding};
use wsc::{Error, ErrorKind, KeyId, MAX_KEY_ID_BYTES, PublicKey, SecretKey};

use crate::allocation::free;
use crate::choice::Choice;

/// What DER has before an Ed25519 key: RFC 8410, section 4.
const SPKI: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// And before a secret one: section 7.
const PKCS8: &[u8] = b"\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";

type ReadPublic = fn(&[u8]) -> Result<PublicKey, Error>;
type ReadSecret = fn(&[u8]) -> Result<SecretKey, Error>;

/// A key file, or the bytes of a key.
///
/// # Panics
///
/// If a property does not hold.
pub fn keys(file: &[u8]) {
    public(file);
    secret(file);
    if let Some(bytes) = file.first_chunk() {
        if let Ok(key) = free(|| PublicKey::from_ed25519(bytes)) {
            assert_eq!(key.as_ed25519(), bytes);
            reads_back(&key);
        }
        let key = SecretKey::from_seed(bytes);
        secret_reads_back(&key);
        signs(&key, file);
    }
    let id = free(|| KeyId::new(file));
    assert_eq!(id.is_ok(), (1..=MAX_KEY_ID_BYTES).contains(&file.len()));
    if let Ok(id) = id {
        assert_eq!(id.as_bytes(), file);
    }
}

fn public(file: &[u8]) {
    let formats: [ReadPublic; 4] = [
        PublicKey::from_bytes,
        PublicKey::from_der,
        PublicKey::from_pem,
        PublicKey::from_openssh,
    ];
    let found = formats.map(|read| free(|| read(file)));
    let parsed = free(|| PublicKey::parse(file));
    assert!(found.contains(&parsed), "the format is one of these");
    if let Err(error) = &parsed {
        assert!(error.offset() <= file.len(), "{error}");
    }
    let [raw, der, pem, _] = &found;
    // An OpenSSH file may have other lines, and so anything in it.
    for key in [raw, der, pem].into_iter().flatten() {
        assert_eq!(parsed.as_ref(), Ok(key), "no file is in two of these");
    }
    if let Ok(key) = raw {
        assert_eq!(key.to_bytes(), file);
    }
    if let Ok(key) = der {
        assert_eq!([SPKI, key.as_ed25519()].concat(), file);
    }
    for key in found.iter().flatten() {
        reads_back(key);
    }

    let lines = file.split_inclusive(|byte| *byte == b'\n').count();
    let first = free(|| PublicKey::all_from_openssh(file).next());
    let none = || PublicKey::from_openssh(b"");
    assert_eq!(first.unwrap_or_else(none), found[3]);
    let mut all = 0;
    for key in PublicKey::all_from_openssh(file) {
        all += 1;
        if let Err(error) = key {
            let line = file.get(error.offset()..).unwrap_or_default();
            assert!(line.starts_with(b"ssh-ed25519"), "{error}");
        }
    }
    assert!(all <= lines);
}

/// Each form in which a key can be written is read as that key.
fn reads_back(key: &PublicKey) {
    let der = [SPKI, key.as_ed25519()].concat();
    let name = &b"\0\0\0\x0bssh-ed25519\0\0\0\x20"[..];
    let line = Base64::encode_string(&[name, key.as_ed25519()].concat());
    for file in [
        key.to_bytes().to_vec(),
        pem("PUBLIC KEY", &der),
        format!("ssh-ed25519 {line} name\n").into_bytes(),
        der,
    ] {
        assert_eq!(PublicKey::parse(&file).as_ref(), Ok(key));
    }
}

fn secret(file: &[u8]) {
    let formats: [ReadSecret; 4] = [
        SecretKey::from_bytes,
        SecretKey::from_der,
        SecretKey::from_pem,
        SecretKey::from_openssh,
    ];
    // Secret keys cannot be compared, but what is in their files can.
    let read = |read: ReadSecret| free(|| read(file).map(|key| key.to_bytes()));
    let found = formats.map(read);
    let parsed = read(SecretKey::parse);
    assert!(found.contains(&parsed), "the format is one of these");
    let [raw, der, ..] = &found;
    if let Ok(key) = raw {
        assert_eq!(key.as_slice(), file);
    }
    if let Ok(key) = der {
        assert_eq!([PKCS8, &key[1..33]].concat(), file);
    }
    for key in found.iter().flatten() {
        assert_eq!(parsed.as_ref(), Ok(key), "no file is in two formats");
        secret_reads_back(&SecretKey::from_bytes(key.as_slice()).expect("it was written just now"));
    }
}

fn secret_reads_back(key: &SecretKey) {
    let raw = key.to_bytes();
    let der = [PKCS8, &raw[1..33]].concat();
    for file in [raw.to_vec(), pem("PRIVATE KEY", &der), der] {
        assert_eq!(
            SecretKey::parse(&file).map(|key| key.to_bytes()),
            Ok(raw.clone())
        );
    }
    assert_eq!(key.public_key().as_ed25519(), &raw[33..]);
    reads_back(&key.public_key());
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    let body = Base64::encode_string(der);
    format!("-----BEGIN {label}-----\n{body}\n-----END {label}-----\n").into_bytes()
}

/// A signature holds, and does not when a byte of it or of the message is changed.
fn signs(key: &SecretKey, message: &[u8]) {
    let mut choice = Choice::of(message);
    let public = key.public_key();
    let signature = key.sign(message);
    assert_eq!(free(|| public.verify(message, &signature)), Ok(()));
    let (other_message, _) = choice.damage(message, 0..message.len());
    let (other_signature, _) = choice.damage(&signature, 0..signature.len());
    for refused in [
        free(|| public.verify(&other_message, &signature)),
        free(|| public.verify(message, &other_signature)),
        free(|| public.verify(message, message)),
    ] {
        assert_eq!(
            refused.map_err(|error| error.kind()),
            Err(ErrorKind::BadSignature)
        );
    }
}
