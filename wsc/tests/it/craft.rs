//! Signatures put together by hand, for what no tool writes.

use crate::vectors::secret;

pub(crate) type Hash = [u8; 32];

pub(crate) const HEADER: &[u8] = b"\0asm\x01\0\0\0";

fn with_length(record: &[u8]) -> Vec<u8> {
    let len = u8::try_from(record.len() & 0x7f).unwrap();
    let high = u8::try_from(record.len() >> 7).unwrap();
    match high {
        0 => [&[len], record].concat(),
        _ => [&[len | 0x80, high], record].concat(),
    }
}

pub(crate) fn record(key_id: &[u8], algorithm: u8, signature: &[u8]) -> Vec<u8> {
    let (key_id, signature) = (with_length(key_id), with_length(signature));
    with_length(&[&key_id, &[algorithm][..], &signature].concat())
}

pub(crate) fn sign(signer: &str, hashes: &[Hash]) -> [u8; 64] {
    secret(signer).sign(&[b"wasmsig\x01\x01\x01", hashes.as_flattened()].concat())
}

pub(crate) fn set(hashes: &[Hash], records: &[Vec<u8>]) -> Vec<u8> {
    let (hash_count, record_count) = (hashes.len(), records.len());
    let counts = [hash_count, record_count].map(|count| u8::try_from(count).unwrap());
    with_length(
        &[
            &counts[..1],
            hashes.as_flattened(),
            &counts[1..],
            &records.concat(),
        ]
        .concat(),
    )
}

/// A set that a signer signed properly, whatever its hashes are.
pub(crate) fn signed_set(signer: &str, hashes: &[Hash]) -> Vec<u8> {
    set(hashes, &[record(&[], 1, &sign(signer, hashes))])
}

pub(crate) fn payload(sets: &[Vec<u8>]) -> Vec<u8> {
    let count = u8::try_from(sets.len()).unwrap();
    [&[1, 1, 1, count], &*sets.concat()].concat()
}

/// The module with these sections behind its signature section.
pub(crate) fn embed(sets: &[Vec<u8>], sections: &[u8]) -> Vec<u8> {
    let body = [&b"\x09signature"[..], &payload(sets)].concat();
    [HEADER, &[0], &with_length(&body), sections].concat()
}
