//! What an input may make the library ask of the allocator.

/// Runs what must not allocate.
#[track_caller]
pub(crate) fn free<T>(body: impl FnOnce() -> T) -> T {
    let (value, measured) = alloc_guard::measure(body);
    let allocations = measured.allocations() + measured.failed;
    assert_eq!(allocations, 0, "allocated {} bytes", measured.bytes);
    value
}

/// Runs what may hold so many bytes at a time: a multiple of the input that is there, never a length that it claims.
#[track_caller]
pub(crate) fn within<T>(limit: usize, body: impl FnOnce() -> T) -> T {
    let (value, measured) = alloc_guard::measure(body);
    let peak = measured.peak_bytes;
    assert_eq!(measured.failed, 0, "asked for what nobody has");
    assert!(
        usize::try_from(peak).is_ok_and(|peak| peak <= limit),
        "held {peak} bytes, of {limit} that the input is good for"
    );
    value
}
