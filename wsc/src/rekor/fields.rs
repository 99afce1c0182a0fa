//! What strings in JSON stand for: bytes, hashes, points in time. Each has one encoding only.

use alloc::vec;
use alloc::vec::Vec;

use base64ct::{Base64, Encoding};

use crate::error::{Error, ErrorKind};
use crate::hash::Hash;
use crate::rekor::json::{Json, Text};
use crate::rekor::time::unix_seconds;

/// How a form writes hashes: the log's own interface in hexadecimal, bundles in base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HashEncoding {
    Hex,
    Base64,
}

impl Text<'_> {
    pub(super) const fn bad_field(&self) -> Error {
        Error::new(ErrorKind::BadField, self.offset)
    }

    /// Bytes in base64, with padding.
    pub(super) fn base64(&self) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; self.value.len() / 4 * 3];
        let len = Base64::decode(self.value.as_bytes(), &mut bytes)
            .map_err(|_| self.bad_field())?
            .len();
        bytes.truncate(len);
        Ok(bytes)
    }

    pub(super) fn hash(&self, encoding: HashEncoding) -> Result<Hash, Error> {
        match encoding {
            HashEncoding::Hex => unhex(&self.value),
            HashEncoding::Base64 => unbase64(&self.value),
        }
        .ok_or(self.bad_field())
    }

    /// A point in time as RFC 3339 writes it, in Unix seconds.
    pub(super) fn time(&self) -> Result<i64, Error> {
        unix_seconds(&self.value).ok_or(self.bad_field())
    }
}

/// Reads Unix seconds, written as a number or as a string of digits.
pub(super) fn read_seconds(json: &mut Json<'_>) -> Result<i64, Error> {
    let bad_field = json.bad_field();
    i64::try_from(json.integer()?).map_err(|_| bad_field)
}

/// Reads a hash.
pub(super) fn read_hash(json: &mut Json<'_>, encoding: HashEncoding) -> Result<Hash, Error> {
    json.string()?.hash(encoding)
}

/// A hash in base64.
pub(super) fn unbase64(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    let len = Base64::decode(text, &mut hash).ok()?.len();
    (len == hash.len()).then_some(hash)
}

/// Bytes in lower-case hexadecimal digits, as many as there is room for.
pub(super) fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return None;
    };
    let mut bytes = [0; N];
    if pairs.len() != N {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

const fn digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
