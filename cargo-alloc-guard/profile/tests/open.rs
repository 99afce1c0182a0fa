//! What is no profile is named for what it is.

use alloc_guard_profile::{ErrorKind, open, read};

#[test]
fn what_is_no_profile_is_named_for_what_it_is() {
    for (content, named) in [
        (&b""[..], "empty"),
        (b"\x1f\x8b\x08\0", "gzip"),
        (b"\x28\xb5\x2f\xfd\0", "zstd"),
        (b"\x7fELF\x02\x01", "an executable"),
        (b"{\"version\":1,\"binary\":\"a\"}\n", "records"),
        (b"<!doctype html>", "a page"),
        (b"{\"shared\":{}}", "not DHAT's"),
        (b"a;b;c 12\n", "not a profile"),
        (b"\xff\xfe", "not a profile"),
    ] {
        let error = read(content).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotAProfile);
        let text = error.to_string();
        assert!(text.contains(named), "{text}");
        assert!(text.contains(".agprof"), "it says what is: {text}");
    }
}

#[test]
fn a_file_that_only_begins_is_damaged() {
    for begun in [
        &b"AGP"[..],
        b"AGPROF\x1a\n",
        b"AGPROF\x1a\n\x01\0\0\0",
        b"\x01\0\0",
        b"\x02\x01\0\0\0\0",
    ] {
        let error = read(begun).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Damaged, "{begun:?}");
        assert!(error.to_string().contains("record again"), "{error}");
    }
}

#[test]
fn an_error_names_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.dat");
    let error = open(&path).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(
        error.to_string().starts_with(&path.display().to_string()),
        "{error}"
    );
    // A chunk of a kind that does not exist, behind one that is empty.
    std::fs::write(&path, b"\x02\0\0\0\0\x09\0\0\0\0").unwrap();
    let error = open(&path).unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::Damaged, Some(5))
    );
}
