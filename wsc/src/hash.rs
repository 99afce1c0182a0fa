//! SHA-256: of a slice, and of a module's parts, each hash covering all bytes from the first part on.

use sha2::{Digest, Sha256};

use crate::error::Error;

pub(crate) type Hash = [u8; 32];

/// The SHA-256 hash of `bytes`.
///
/// ```
/// assert_eq!(wsc::sha256(b"")[..4], [0xe3, 0xb0, 0xc4, 0x42]);
/// ```
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A stretch of signed bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run<'a> {
    pub(crate) bytes: &'a [u8],
    /// Where it starts in the module.
    pub(crate) offset: usize,
    pub(crate) end: RunEnd,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RunEnd {
    /// More of the same part follows.
    InsidePart,
    /// A delimiter, or the module, ends here.
    OfPart,
}

/// The hash at the end of a part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PartHash {
    pub(crate) hash: Hash,
    /// Where the part starts in the module.
    pub(crate) offset: usize,
}

/// Hashes runs as they are asked for, and gives one hash for each part.
#[derive(Debug, Clone)]
pub(crate) struct PartHashes<I> {
    runs: I,
    hasher: Sha256,
}

impl<I> PartHashes<I> {
    pub(crate) fn new(runs: I) -> Self {
        Self {
            runs,
            hasher: Sha256::new(),
        }
    }
}

impl<'a, I: Iterator<Item = Result<Run<'a>, Error>>> Iterator for PartHashes<I> {
    type Item = Result<PartHash, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut part_offset = None;
        loop {
            let run = match self.runs.next()? {
                Ok(run) => run,
                Err(error) => return Some(Err(error)),
            };
            let offset = *part_offset.get_or_insert(run.offset);
            self.hasher.update(run.bytes);
            match run.end {
                RunEnd::InsidePart => {}
                RunEnd::OfPart => {
                    let hash = self.hasher.clone().finalize().into();
                    return Some(Ok(PartHash { hash, offset }));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_hash_covers_everything_before_it() {
        let run = |bytes, end| {
            Ok(Run {
                bytes,
                offset: 0,
                end,
            })
        };
        let runs = [
            run(&b"a"[..], RunEnd::InsidePart),
            run(b"b", RunEnd::OfPart),
            run(b"c", RunEnd::OfPart),
        ];
        let hashes = PartHashes::new(runs.into_iter()).map(|part| part.unwrap().hash);
        assert!(hashes.eq([sha256(b"ab"), sha256(b"abc")]));
    }
}
