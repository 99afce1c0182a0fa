//! Modules that come in pieces: the same verdicts, with a buffer of any size or an error.

use std::io::{self, Read};

use wsc::{Error, ErrorKind, Keyring, ReadError, SignedModule, StreamVerifier, Wanted, sha256};

use crate::craft::{HEADER, embed, signed_set};
use crate::manifest::read;
use crate::vectors::ring;

/// Where what is covered ends.
pub(crate) fn verify(
    file: &[u8],
    buffer: usize,
    piece: usize,
    keyring: &Keyring,
) -> Result<usize, Error> {
    let mut buffer = vec![0; buffer];
    let mut verifier = StreamVerifier::new(&mut buffer, keyring, Wanted::Whole);
    for piece in file.chunks(piece) {
        verifier.update(piece)?;
    }
    verifier.finish().map(|verified| verified.covered().end)
}

fn verify_borrowed(file: &[u8], keyring: &Keyring) -> Result<usize, Error> {
    let module = SignedModule::parse(file)?;
    module
        .verify(keyring)
        .map(|verified| verified.covered().end)
}

#[test]
fn a_file_that_is_cut_short_gives_the_same_error_wherever_it_is() {
    let keyring = ring(["alice"]);
    for file in [
        "signed/empty.wasm",
        "signed/single-kid.wasm",
        "signed/split-one-part.wasm",
    ] {
        let file = read(file);
        for end in 0..=file.len() {
            let cut = &file[..end];
            let streamed = verify(cut, 1024, 1000, &keyring);
            assert_eq!(streamed, verify_borrowed(cut, &keyring), "{end}");
        }
    }
}

#[test]
fn the_buffer_must_hold_the_signature_and_the_longest_frame() {
    let keyring = ring(["alice"]);
    let file = read("signed/single-kid.wasm");
    let payload = SignedModule::parse(&file).unwrap();
    let payload = payload.sections().next().unwrap().unwrap().payload().len();
    // The longest frame after the signature: id, size, length and name of `dylink`.
    let least = payload + 1 + 1 + 1 + "dylink".len();
    assert_eq!(verify(&file, least, 7, &keyring), Ok(file.len()));
    for buffer in 0..least {
        let error = verify(&file, buffer, 7, &keyring).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BufferTooSmall, "{buffer}");
    }
}

#[test]
fn a_buffer_that_is_too_small_is_named_by_the_byte_it_cannot_hold() {
    let file = read("signed/single-kid.wasm");
    for buffer in 0..HEADER.len() {
        let error = verify(&file, buffer, 1, &ring(["alice"])).unwrap_err();
        assert_eq!(error.offset(), buffer);
    }
}

#[test]
fn the_length_of_a_name_may_be_padded_but_not_reach_past_its_section() {
    let keyring = ring(["alice"]);
    let sections: [(&[u8], bool); 6] = [
        (b"\0\x01\0", true),
        (b"\0\x02\x80\0", true),
        (b"\0\x03\x81\0a", true),
        (b"\0\x01\x80\0", false),
        (b"\0\x02\x80\x01", false),
        (b"\0\x02\x80\x80\0", false),
    ];
    for (section, is_sound) in sections {
        let file = embed(&[signed_set("alice", &[sha256(section)])], section);
        let borrowed = verify_borrowed(&file, &keyring);
        assert_eq!(borrowed.is_ok(), is_sound, "{section:02x?}");
        for piece in [1, 2, 3, file.len()] {
            let streamed = verify(&file, 256, piece, &keyring);
            assert_eq!(streamed, borrowed, "{section:02x?}");
        }
    }
}

#[test]
fn claims_of_four_gigabytes_are_refused_without_room_for_them() {
    let long = [0xff, 0xff, 0xff, 0xff, 0x0f];
    let signed = embed(&[signed_set("alice", &[[7; 32]])], &[]);
    let mut checked = 0;
    for file in [
        // A section, a name inside it, the name of a later section, a signature.
        [HEADER, &[0], &long, &[9]].concat(),
        [HEADER, &[0], &long, &long].concat(),
        [
            &signed[..],
            &[0],
            &long,
            &[0xfe, 0xff, 0xff, 0xff, 0x0f],
            &[b'x'; 500],
        ]
        .concat(),
        [HEADER, &[0], &long, b"\x09signature", &[1; 500]].concat(),
        [&signed[..], &[10], &long].concat(),
    ] {
        let error = verify(&file, 256, 100, &ring(["alice"])).unwrap_err();
        let expected = [ErrorKind::UnexpectedEnd, ErrorKind::BufferTooSmall];
        assert!(expected.contains(&error.kind()), "{error}");
        checked += 1;
    }
    assert_eq!(checked, 5);
}

#[test]
fn an_error_stays() {
    let file = read("bad/bad-magic.wasm");
    let keyring = ring(["alice"]);
    let mut buffer = [0; 256];
    let mut verifier = StreamVerifier::new(&mut buffer, &keyring, Wanted::Whole);
    let error = verifier.update(&file).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::BadHeader);
    assert_eq!(verifier.update(&read("signed/single.wasm")), Err(error));
    assert_eq!(verifier.update(&[]), Ok(()));
    assert_eq!(verifier.finish().unwrap_err(), error);
}

#[test]
fn a_wrong_key_shows_before_the_content_is_read() {
    let file = read("signed/big.wasm");
    let keyring = ring(["mallory"]);
    let mut buffer = [0; 256];
    let mut verifier = StreamVerifier::new(&mut buffer, &keyring, Wanted::Whole);
    let error = verifier.update(&file[..200]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownKey);
}

#[test]
fn a_changed_part_shows_at_its_end() {
    let mut file = read("signed/split-small.wasm");
    let module = SignedModule::parse(&file).unwrap();
    let first = module.sections().nth(1).unwrap().unwrap();
    let delimiter = module.sections().nth(2).unwrap().unwrap();
    let (start, end) = (first.offset(), delimiter.payload_offset() + 16);
    file[end - 1] ^= 1;
    let keyring = ring(["alice"]);
    let mut buffer = [0; 1024];
    let mut verifier = StreamVerifier::new(&mut buffer, &keyring, Wanted::Whole);
    verifier.update(&file[..end - 1]).unwrap();
    let error = verifier.update(&file[end - 1..end]).unwrap_err();
    assert_eq!(
        (error.kind(), error.offset()),
        (ErrorKind::HashMismatch, start)
    );
}

#[test]
fn debug_output_says_how_far_it_is() {
    let keyring = ring([]);
    let mut buffer = [0; 8];
    let mut verifier = StreamVerifier::new(&mut buffer, &keyring, Wanted::Whole);
    verifier.update(b"\0as").unwrap();
    let shown = format!(
        "{verifier:?} {:?} {:?}",
        Wanted::Whole,
        Wanted::Parts(&|_| true)
    );
    assert_eq!(
        shown,
        "StreamVerifier { offset: 3, state: Header, .. } Whole Parts(..)"
    );
}

/// Gives a byte at a time, interrupted before each, and fails at the end if it shall.
struct Slow<'a> {
    file: &'a [u8],
    is_ready: bool,
    last: Option<io::ErrorKind>,
}

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.is_ready = !self.is_ready;
        if self.is_ready {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match (self.file.split_first(), self.last) {
            (Some((first, rest)), _) => {
                self.file = rest;
                buffer[0] = *first;
                Ok(1)
            }
            (None, Some(kind)) => Err(kind.into()),
            (None, None) => Ok(0),
        }
    }
}

fn read_slowly(file: &str, piece: usize, last: Option<io::ErrorKind>) -> Result<(), ReadError> {
    let file = read(file);
    let keyring = ring(["alice"]);
    let mut buffer = [0; 256];
    let verifier = StreamVerifier::new(&mut buffer, &keyring, Wanted::Whole);
    let reader = Slow {
        file: &file,
        is_ready: false,
        last,
    };
    verifier.read_from(reader, &mut vec![0; piece]).map(|_| ())
}

#[test]
fn a_reader_is_read_to_its_end_or_to_the_first_fault() {
    read_slowly("signed/single.wasm", 10, None).unwrap();
    let broken = read_slowly("signed/single.wasm", 10, Some(io::ErrorKind::BrokenPipe));
    let broken = broken.unwrap_err();
    assert!(matches!(&broken, ReadError::Read(e) if e.kind() == io::ErrorKind::BrokenPipe));
    assert_eq!(broken.to_string(), "broken pipe");

    for (file, piece, kind) in [
        ("signed/single.wasm", 0, ErrorKind::BufferTooSmall),
        ("bad/flip-data.wasm", 10, ErrorKind::HashMismatch),
        // The reader would fail at its end, which is not reached.
        ("bad/flip-sig-s.wasm", 10, ErrorKind::BadSignature),
    ] {
        let last = (kind == ErrorKind::BadSignature).then_some(io::ErrorKind::BrokenPipe);
        let refused = read_slowly(file, piece, last).unwrap_err();
        assert!(
            matches!(refused, ReadError::Refused(e) if e.kind() == kind),
            "{refused}"
        );
    }
}
