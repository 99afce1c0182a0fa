//! The signed entry timestamp (SET): the promise of a log that it took an entry, and when.

use core::fmt::{self, Write};

use base64ct::{Base64, Encoding};
use p256::ecdsa::VerifyingKey;
use sha2::{Digest, Sha256};

use crate::rekor::log::{Log, LogId, verifies_hash};

/// Bytes that are encoded at a time: a multiple of 3, so that padding comes at the end only.
const CHUNK: usize = 48;

/// What a log promised by a signed entry timestamp.
#[derive(Debug, Clone, Copy)]
pub struct VerifiedSet<'a> {
    pub(super) log: &'a Log,
    pub(super) integrated_time: i64,
    pub(super) log_index: u64,
}

impl<'a> VerifiedSet<'a> {
    /// The log that signed it.
    #[must_use]
    pub const fn log(&self) -> &'a Log {
        self.log
    }

    /// When the log took the entry, in Unix seconds, by the clock of the log.
    #[must_use]
    pub const fn integrated_time(&self) -> i64 {
        self.integrated_time
    }

    /// The index of the entry, counted over all trees that the log has had.
    #[must_use]
    pub const fn log_index(&self) -> u64 {
        self.log_index
    }
}

/// What a signed entry timestamp is about.
pub(super) struct Promise<'a> {
    pub(super) body: &'a [u8],
    pub(super) integrated_time: i64,
    pub(super) log_id: &'a LogId,
    pub(super) log_index: u64,
}

impl Promise<'_> {
    /// Whether this is the key's signature of it: ECDSA, in DER, over the canonical JSON (RFC 8785).
    pub(super) fn is_signed(&self, key: &VerifyingKey, signature: &[u8]) -> bool {
        let mut message = Hasher(Sha256::new());
        self.write(&mut message).is_ok()
            && verifies_hash(key, &message.0.finalize().into(), signature)
    }

    /// Writes it as canonical JSON. The four members are in order and their values need no escapes, so it takes no more
    /// than this.
    fn write(&self, json: &mut impl Write) -> fmt::Result {
        json.write_str("{\"body\":\"")?;
        let mut buffer = [0; CHUNK / 3 * 4];
        for chunk in self.body.chunks(CHUNK) {
            json.write_str(Base64::encode(chunk, &mut buffer).map_err(|_| fmt::Error)?)?;
        }
        write!(
            json,
            "\",\"integratedTime\":{},\"logID\":\"{}\",\"logIndex\":{}}}",
            self.integrated_time, self.log_id, self.log_index
        )
    }
}

/// Hashes what is written, so that the message is never in memory as a whole.
struct Hasher(Sha256);

impl Write for Hasher {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.update(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::*;

    fn json(body: &[u8]) -> String {
        let mut json = String::new();
        let promise = Promise {
            body,
            integrated_time: 7,
            log_id: &LogId::new([0xab; 32]),
            log_index: 9,
        };
        promise.write(&mut json).unwrap();
        json
    }

    #[test]
    fn the_message_is_canonical_json() {
        assert_eq!(
            json(b"body"),
            "{\"body\":\"Ym9keQ==\",\"integratedTime\":7,\
             \"logID\":\"abababababababababababababababababababababababababababababababab\",\"logIndex\":9}"
        );
    }

    #[test]
    fn a_body_is_the_same_in_pieces_and_as_a_whole() {
        for len in 0..200 {
            let body: alloc::vec::Vec<u8> = (0..len).collect();
            let mut buffer = [0; 300];
            let whole = Base64::encode(&body, &mut buffer).unwrap();
            let json = json(&body);
            let rest = json.strip_prefix("{\"body\":\"").unwrap();
            assert!(rest.strip_prefix(whole).unwrap().starts_with("\",\""));
        }
    }
}
