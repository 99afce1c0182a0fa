//! Owns the finding of guarded tests in a test binary without running it: each attribute leaves the
//! test's name between marks in the binary's constant data.

use std::{collections::BTreeSet, io::BufRead};

/// What stands on both sides of the mark, and behind the name.
const FENCE: u8 = 1;

/// The mark between its fences. With them it stands nowhere in this program, or the scan would find
/// guarded tests in `cargo alloc-guard` itself.
const MARK: &[u8] = b"alloc-guard:1";

/// A longer name is none.
const LONGEST_NAME: usize = 4096;

/// The names of the guarded tests in a binary, sorted, as its harness has them: without the crate.
pub(crate) fn guarded_tests(binary: &[u8]) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut rest = binary;
    // What stands before the first fence has none in front of it.
    let _ = next_between_fences(&mut rest);
    while let Some(text) = next_between_fences(&mut rest) {
        if text != MARK {
            continue;
        }
        // Not taken yet: what follows may be the fence of another mark.
        let mut ahead = rest;
        if let Some(name) = next_between_fences(&mut ahead).and_then(test_name) {
            names.insert(name.to_owned());
            rest = ahead;
        }
    }
    names
}

/// The bytes up to the next fence, which is taken as well; `None` if there is no other.
fn next_between_fences<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let all = *rest;
    // `skip_until` is compiled with optimisation in std, and this program often is not.
    let length = rest.skip_until(FENCE).ok()?;
    all.get(..length)?.strip_suffix(&[FENCE])
}

/// The name that a harness knows a test by, if these bytes can be a test's path.
fn test_name(bytes: &[u8]) -> Option<&str> {
    if !(1..=LONGEST_NAME).contains(&bytes.len()) {
        return None;
    }
    let path = std::str::from_utf8(bytes).ok()?;
    let (_, name) = path.split_once("::")?;
    let is_path = path
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '#'))
        && !name.is_empty();
    is_path.then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made while the test runs, so that this binary holds no mark.
    fn marked(path: &str) -> Vec<u8> {
        let mut bytes = vec![FENCE];
        bytes.extend_from_slice(MARK);
        bytes.push(FENCE);
        bytes.extend_from_slice(path.as_bytes());
        bytes.push(FENCE);
        bytes
    }

    fn found(parts: &[&[u8]]) -> Vec<String> {
        guarded_tests(&parts.concat()).into_iter().collect()
    }

    #[test]
    fn names_are_found_at_both_ends_and_side_by_side() {
        let (a, b, c) = (marked("k::a"), marked("k::m::b"), marked("k::c"));
        assert_eq!(found(&[&a, &b, b"\0filler\0", &c]), ["a", "c", "m::b"]);
        assert_eq!(found(&[&a]), ["a"]);
        assert_eq!(found(&[b"garbage", &a, b"garbage"]), ["a"]);
    }

    #[test]
    fn a_name_that_stands_twice_is_one_test() {
        assert_eq!(found(&[&marked("k::a"), b"--", &marked("k::a")]), ["a"]);
    }

    #[test]
    fn a_mark_without_a_name_hides_none_behind_it() {
        let mark = marked("");
        let bare = &mark[..mark.len() - 1];
        assert_eq!(found(&[bare, &marked("k::a")]), ["a"]);
        assert_eq!(found(&[bare, b"no name", &marked("k::a")]), ["a"]);
        assert_eq!(found(&[&mark, &marked("k::a")]), ["a"]);
    }

    #[test]
    fn a_cut_mark_is_none() {
        let whole = marked("k::a");
        for end in 0..whole.len() {
            assert!(found(&[&whole[..end]]).is_empty(), "cut at {end}");
        }
        for start in 1..whole.len() {
            assert!(found(&[&whole[start..]]).is_empty(), "from {start}");
        }
    }

    #[test]
    fn what_cannot_be_a_path_is_no_name() {
        for path in ["", "a", "k::", "k::a b", "k::a\n", "k::a\0b", "k::\"a\""] {
            assert!(found(&[&marked(path)]).is_empty(), "{path:?}");
        }
        let mut not_text = marked("k::a");
        not_text.insert(not_text.len() - 2, 0xff);
        assert!(found(&[&not_text]).is_empty());
    }

    #[test]
    fn raw_and_foreign_identifiers_are_names() {
        assert_eq!(found(&[&marked("k::r#match")]), ["r#match"]);
        assert_eq!(found(&[&marked("k::größe::é")]), ["größe::é"]);
    }

    #[test]
    fn the_longest_name_is_found_and_a_longer_one_is_not() {
        let longest = format!("k::{}", "a".repeat(LONGEST_NAME - 3));
        assert_eq!(found(&[&marked(&longest)]).len(), 1);
        assert!(found(&[&marked(&format!("{longest}a"))]).is_empty());
    }

    #[test]
    fn megabytes_of_fences_and_zeros_end() {
        let fences = vec![FENCE; 1 << 20];
        let zeros = vec![0; 1 << 24];
        assert_eq!(found(&[&fences, &zeros, &marked("k::a"), &fences]), ["a"]);
        assert!(found(&[]).is_empty());
    }
}
