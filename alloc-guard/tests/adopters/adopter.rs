// The library that adopts alloc-guard, in the words of every edition since 2018.

/// Grows by one byte.
pub fn grow(data: &mut Vec<u8>) {
    data.push(1); // the culprit
}
