//! Owns what a file of the recorder says of itself without its events being read: how it ended, and the
//! sums there.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use alloc_guard_profile::RECORDER_VERSIONS;
use anyhow::{Context as _, Result, bail};

/// How such a file's name ends.
pub(crate) const EXTENSION: &str = "agprof";

const MAGIC: &[u8; 8] = b"AGPROF\x1a\n";
const LONGEST_BLOCK: u64 = 1 << 24;

const LOST: u8 = 7;
const END: u8 = 8;

/// What a file says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recording {
    pub(crate) size: u64,
    /// `None` if the process was killed, or is still running.
    pub(crate) sums: Option<Sums>,
    /// Calls that could not be recorded.
    pub(crate) lost: u64,
}

/// What a process's calls came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) allocations: u64,
    pub(crate) bytes: u64,
    pub(crate) deallocations: u64,
}

impl Recording {
    /// Reads a file, block by block, without what is in them.
    ///
    /// # Errors
    /// If it cannot be read or is something else.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let reading = || format!("failed to read {}", path.display());
        let file = File::open(path).with_context(reading)?;
        let size = file.metadata().with_context(reading)?.len();
        Self::from(BufReader::new(file), size).with_context(reading)
    }

    fn from(mut file: impl Read + Seek, size: u64) -> Result<Self> {
        let mut recording = Self {
            size,
            ..Self::default()
        };
        let mut magic = [0; 8];
        let mut version = [0; 4];
        if !is_read(&mut file, &mut magic)? || magic != *MAGIC {
            bail!("it is not a profile of alloc-guard");
        }
        if !is_read(&mut file, &mut version)? {
            bail!("it ends within its first 12 bytes");
        }
        let version = u32::from_le_bytes(version);
        if !RECORDER_VERSIONS.contains(&version) {
            bail!(
                "its format has version {version}, and this program knows versions {} to {}",
                RECORDER_VERSIONS.start(),
                RECORDER_VERSIONS.end()
            );
        }
        let mut at = 12;
        let mut head = [0; 5];
        while is_read(&mut file, &mut head)? {
            let [kind, len @ ..] = head;
            let len = u64::from(u32::from_le_bytes(len));
            if len > LONGEST_BLOCK {
                bail!("the block at byte {at} is longer than a block can be");
            }
            at += 5 + len;
            if at > size {
                // Cut off by the end of the process.
                break;
            }
            match kind {
                LOST => recording.lost = numbers(&mut file, len)?[0],
                END => {
                    let [_, _, allocations, bytes, deallocations, ..] = numbers(&mut file, len)?;
                    recording.sums = Some(Sums {
                        allocations,
                        bytes,
                        deallocations,
                    });
                }
                _ => {}
            }
            file.seek(SeekFrom::Start(at))?;
        }
        Ok(recording)
    }
}

/// Fills `bytes`; false at the end of the file.
fn is_read(file: &mut impl Read, bytes: &mut [u8]) -> io::Result<bool> {
    match file.read_exact(bytes) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        result => result.map(|()| true),
    }
}

/// The first numbers of a payload, 0 where it has fewer.
fn numbers(file: &mut impl Read, len: u64) -> Result<[u64; 5]> {
    let mut payload = Vec::new();
    // Ten bytes for each, and no more whatever the file says.
    file.take(len.min(50)).read_to_end(&mut payload)?;
    let mut numbers = [0; 5];
    let mut bytes = payload.iter();
    'numbers: for number in &mut numbers {
        for shift in (0..64).step_by(7) {
            let Some(byte) = bytes.next() else {
                break 'numbers;
            };
            *number |= u64::from(byte & 0x7f) << shift;
            if *byte < 0x80 {
                continue 'numbers;
            }
        }
        bail!("a number in it has more than ten bytes");
    }
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A process, some events, what was lost, and the end.
    fn sample() -> Vec<u8> {
        let mut bytes = b"AGPROF\x1a\n\x02\0\0\0".to_vec();
        for (kind, payload) in [
            (1, &[1, 2, 3][..]),
            (6, &[9; 300]),
            (7, &[5, 0]),
            (99, &[1]),
            (8, &[1, 2, 0x80, 1, 10, 127, 0, 1]),
        ] {
            bytes.push(kind);
            bytes.extend(u32::try_from(payload.len()).unwrap().to_le_bytes());
            bytes.extend(payload);
        }
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Recording> {
        Recording::from(Cursor::new(bytes), bytes.len() as u64)
    }

    #[test]
    fn the_sums_are_those_of_the_end() {
        let recording = read(&sample()).unwrap();
        assert_eq!(recording.lost, 5);
        let sums = Sums {
            allocations: 128,
            bytes: 10,
            deallocations: 127,
        };
        assert_eq!(recording.sums, Some(sums));
    }

    #[test]
    fn a_file_that_is_cut_off_anywhere_has_no_sums() {
        let sample = sample();
        for len in 12..sample.len() {
            let recording = read(&sample[..len]).unwrap();
            assert_eq!(recording.sums, None, "{len}");
        }
    }

    #[test]
    fn what_is_no_profile_is_told_from_what_is_a_newer_one() {
        for (at, byte, text) in [
            (0, b'B', "not a profile"),
            (8, 3, "its format has version 3"),
            (16, 9, "the block at byte 12 is longer"),
        ] {
            let mut damaged = sample();
            damaged[at] = byte;
            let error = format!("{:#}", read(&damaged).unwrap_err());
            assert!(error.contains(text), "{error}");
        }
        assert!(read(&sample()[..11]).is_err());
        assert!(read(b"").is_err());
    }
}
