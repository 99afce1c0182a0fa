//! What holds of a profile for every input, whatever its bytes are. A property that does not hold panics.
//!
//! The fuzz targets beside this package call one function each; `tests/seeds.rs` calls them with the seeds, so that they
//! are tried wherever tests are run.

#![forbid(unsafe_code)]

mod consistent;
mod written;

use alloc_guard_profile::{Profile, read};

/// What a reader holds whatever the file is.
const FIXED: usize = 2 << 20;
/// What a file's byte may become: the shortest entries name something that has a place in several tables.
const MULTIPLE: usize = 512;

/// The recorder's file; `bytes` are its blocks.
pub fn recorder(bytes: &[u8]) {
    let mut file = b"AGPROF\x1a\n\x02\0\0\0".to_vec();
    file.extend(bytes);
    check(&file);
}

/// ByteHound's file; `bytes` are its events, which stand in chunks that are stored.
pub fn bytehound(bytes: &[u8]) {
    let mut file = Vec::new();
    // Short chunks, so that events are on both sides of a border.
    for chunk in bytes.chunks(1 << 10) {
        let length = u32::try_from(chunk.len()).unwrap_or(0);
        file.push(2);
        file.extend(length.to_le_bytes());
        file.extend(chunk);
    }
    check(&file);
    // The same bytes as chunks: packed, cut off, or none at all.
    if bytes.len() < 1 << 10 {
        unpack(bytes);
    }
}

/// DHAT's JSON.
pub fn dhat(bytes: &[u8]) {
    check(bytes);
}

/// Unpacking makes 255 bytes of one, at most.
fn unpack(bytes: &[u8]) {
    within(FIXED + 255 * MULTIPLE * bytes.len(), || drop(read(bytes)));
}

fn check(file: &[u8]) {
    let first = within(FIXED + MULTIPLE * file.len(), || read(file));
    match (first, read(file)) {
        (Ok(profile), Ok(again)) => {
            same(&profile, &again);
            consistent::check(&profile);
            written::check(&profile);
        }
        (Err(first), Err(again)) => {
            assert_eq!(first.to_string(), again.to_string());
            if let Some(offset) = first.offset() {
                assert!(
                    offset <= file.len() as u64,
                    "byte {offset} of {}",
                    file.len()
                );
            }
        }
        _ => panic!("read twice, it is read once"),
    }
}

fn same(first: &Profile, again: &Profile) {
    assert_eq!(first.totals(), again.totals());
    assert_eq!(first.function_sums(), again.function_sums());
    assert_eq!(first.timeline(64), again.timeline(64));
    assert_eq!(first.warnings, again.warnings);
}

/// Runs what may hold so many bytes at a time: a multiple of the input that is there, never a length that it claims.
#[track_caller]
fn within<T>(limit: usize, body: impl FnOnce() -> T) -> T {
    let (value, measured) = alloc_guard::measure(body);
    let peak = measured.peak_bytes;
    assert_eq!(measured.failed, 0, "asked for what nobody has");
    assert!(
        usize::try_from(peak).is_ok_and(|peak| peak <= limit),
        "held {peak} bytes, of {limit} that the input is good for"
    );
    value
}
