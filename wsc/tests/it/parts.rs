//! The rule for a subset of the sections, on modules signed by hand: what is wanted is compared, in its place.

use ErrorKind::{BadSignature, HashMismatch, MixedPart, NothingWanted, UnknownKey, UnsignedPart};
use wsc::{
    Error, ErrorKind, Keyring, Module, SignedModule, StreamVerifier, Verified, Wanted, sha256,
};

use crate::craft::{HEADER, Hash, embed, payload, record, set, sign, signed_set};
use crate::vectors::ring;

const A: &[u8] = b"\0\x02\x01a";
const B: &[u8] = b"\0\x02\x01b";
const CODE: &[u8] = b"\x0a\x01\0";
const DELIMITER: &[u8] = b"\0\x14\x13signature_delimiter";

type Wants = fn(&str) -> bool;

/// How many parts are covered, and whether they are all; or the kind of error, and how far behind the signature.
type Verdict = Result<(usize, bool), (ErrorKind, usize)>;

/// The hashes at the delimiters, and at the end if no delimiter stands there.
fn hashes(sections: &[&[u8]]) -> Vec<Hash> {
    let ends =
        (1..=sections.len()).filter(|end| sections[end - 1] == DELIMITER || *end == sections.len());
    ends.map(|end| sha256(&sections[..end].concat())).collect()
}

/// The verdict that all forms share, whether the signature is in the module or apart from it.
fn verify(sets: &[Vec<u8>], sections: &[&[u8]], wants: Wants) -> Verdict {
    verify_with(&ring(["alice"]), sets, sections, wants)
}

fn verify_with(keyring: &Keyring, sets: &[Vec<u8>], sections: &[&[u8]], wants: Wants) -> Verdict {
    let content = sections.concat();
    let embedded = embed(sets, &content);
    let verdict = verify_file(keyring, &embedded, None, content.len(), wants);
    let (module, signature) = ([HEADER, &content].concat(), payload(sets));
    let detached = verify_file(keyring, &module, Some(&signature), content.len(), wants);
    assert_eq!(verdict, detached);
    verdict
}

fn verify_file(
    keyring: &Keyring,
    file: &[u8],
    signature: Option<&[u8]>,
    content: usize,
    wants: Wants,
) -> Verdict {
    let start = file.len() - content;
    let describe = |verified: Result<Verified<'_>, Error>| {
        verified
            .map(|verified| (verified.parts(), verified.is_whole()))
            .map_err(|error| (error.kind(), error.offset().saturating_sub(start)))
    };
    let borrowed = match signature {
        Some(signature) => SignedModule::parse_detached(file, signature).unwrap(),
        None => SignedModule::parse(file).unwrap(),
    };
    let borrowed = describe(borrowed.verify_parts(keyring, wants));
    let owned = Module::parse(file).unwrap();
    let owned = describe(match signature {
        Some(signature) => owned.verify_parts_detached(signature, keyring, wants),
        None => owned.verify_parts(keyring, wants),
    });
    let mut buffer = [0; 4096];
    let wanted = Wanted::Parts(&wants);
    let mut stream = match signature {
        Some(signature) => {
            StreamVerifier::detached(signature, &mut buffer, keyring, wanted).unwrap()
        }
        None => StreamVerifier::new(&mut buffer, keyring, wanted),
    };
    let streamed = match stream.update(file) {
        Ok(()) => describe(stream.finish()),
        Err(error) => describe(Err(error)),
    };
    assert_eq!((borrowed, borrowed), (owned, streamed));
    borrowed
}

#[test]
fn a_part_that_is_wanted_is_compared_and_one_behind_it_is_not() {
    let signed = [A, DELIMITER, CODE, DELIMITER, B, DELIMITER];
    let sets = [signed_set("alice", &hashes(&signed))];
    let part = A.len() + DELIMITER.len();
    let last = signed[..4].concat().len();
    #[rustfmt::skip]
    let table: [(&[&[u8]], Wants, Verdict); 12] = [
        (&signed,                                      |_| true,        Ok((3, true))),
        (&signed,                                      |name| name > "a", Ok((3, true))),
        (&signed,                                      |_| false,       Ok((2, false))),
        (&signed,                                      |name| name < "b", Ok((2, false))),
        // Behind what is wanted, anything goes.
        (&[A, DELIMITER, CODE, DELIMITER],             |_| false,       Ok((2, false))),
        (&[A, DELIMITER, CODE, DELIMITER, A],          |_| false,       Ok((2, false))),
        (&[A, DELIMITER, CODE, DELIMITER, B, A, DELIMITER, B], |_| false, Ok((2, false))),
        // What is wanted must be there as it was, and what lies before it.
        (&[A, DELIMITER, CODE, DELIMITER, A, DELIMITER], |_| true,      Err((HashMismatch, last))),
        (&[A, DELIMITER, CODE, DELIMITER, B],          |_| true,        Err((HashMismatch, last))),
        (&[B, DELIMITER, CODE, DELIMITER],             |_| false,       Err((HashMismatch, part))),
        (&[A, DELIMITER, CODE],                        |_| false,       Err((HashMismatch, part))),
        (&[CODE, DELIMITER],                           |_| false,       Err((HashMismatch, 0))),
    ];
    for (sections, wants, verdict) in table {
        assert_eq!(verify(&sets, sections, wants), verdict, "{sections:?}");
    }
}

#[test]
fn what_no_hash_covers_is_refused_if_it_is_wanted() {
    let signed = [CODE, DELIMITER];
    let sets = [signed_set("alice", &hashes(&signed))];
    let end = signed.concat().len();
    assert_eq!(
        verify(&sets, &[CODE, DELIMITER, B], |_| false),
        Ok((1, false))
    );
    assert_eq!(
        verify(&sets, &[CODE, DELIMITER, B], |_| true),
        Err((UnsignedPart, end))
    );
    assert_eq!(
        verify(&sets, &[CODE, DELIMITER, CODE, DELIMITER], |_| false),
        Err((UnsignedPart, end))
    );
}

#[test]
fn the_end_of_the_file_is_a_boundary() {
    let sets = [signed_set("alice", &hashes(&[CODE, A]))];
    assert_eq!(verify(&sets, &[CODE, A], |_| true), Ok((1, true)));
    assert_eq!(verify(&sets, &[CODE, B], |_| true), Err((HashMismatch, 0)));
    assert_eq!(verify(&sets, &[CODE], |_| true), Err((HashMismatch, 0)));
}

#[test]
fn a_hash_counts_in_its_place_only() {
    let sections = [A, DELIMITER, CODE, DELIMITER];
    let right = hashes(&sections);
    let other = [7; 32];
    let part = A.len() + DELIMITER.len();
    for (hashes, verdict) in [
        (vec![right[0], right[1]], Ok((2, true))),
        // The first part is not wanted, so what stands for it is not looked at.
        (vec![other, right[1]], Ok((2, true))),
        (vec![right[0], right[1], other], Ok((2, false))),
        (vec![right[1], right[0]], Err((HashMismatch, part))),
        (vec![right[1]], Err((UnsignedPart, part))),
        (vec![other, other, right[1]], Err((HashMismatch, part))),
        (vec![], Err((UnsignedPart, part))),
    ] {
        let sets = [signed_set("alice", &hashes)];
        assert_eq!(verify(&sets, &sections, |_| false), verdict);
    }
}

#[test]
fn all_sections_of_a_part_are_wanted_or_none_is() {
    let sections = [CODE, A, B, DELIMITER];
    let sets = [signed_set("alice", &hashes(&sections))];
    assert_eq!(verify(&sets, &sections, |_| true), Ok((1, true)));
    let a = CODE.len();
    assert_eq!(verify(&sets, &sections, |_| false), Err((MixedPart, a)));
    assert_eq!(
        verify(&sets, &sections, |name| name == "a"),
        Err((MixedPart, a + A.len()))
    );
}

#[test]
fn where_nothing_is_wanted_nothing_is_verified() {
    for sections in [&[][..], &[DELIMITER], &[A], &[A, DELIMITER, B, DELIMITER]] {
        let sets = [signed_set("alice", &hashes(sections))];
        assert_eq!(verify(&sets, sections, |_| false), Err((NothingWanted, 0)));
    }
}

#[test]
fn only_signatures_of_the_keyring_count() {
    let right = hashes(&[CODE]);
    let bob = signed_set("bob", &right);
    let unknown = set(&right, &[record(b"id", 1, &sign("alice", &right))]);
    let alice = signed_set("alice", &right);
    for (sets, verdict) in [
        (vec![], Err((UnknownKey, 0))),
        (vec![unknown.clone()], Err((UnknownKey, 0))),
        (vec![bob.clone(), unknown.clone()], Err((BadSignature, 0))),
        (vec![bob, unknown, alice], Ok((1, true))),
    ] {
        assert_eq!(verify(&sets, &[CODE], |_| false), verdict);
    }
}

#[test]
fn any_number_of_parts_may_be_left_out_behind_what_is_wanted() {
    const SECTIONS: usize = 65_536;
    let sets = [signed_set("alice", &hashes(&[CODE, DELIMITER]))];
    let rest = [A, DELIMITER].repeat(SECTIONS / 2);
    let sections = [&[CODE, DELIMITER], &rest[..]].concat();
    assert_eq!(verify(&sets, &sections, |_| false), Ok((1, false)));
    assert_eq!(sections.len(), SECTIONS + 2);
    let file = [HEADER, &sections.concat()].concat();
    assert_eq!(Module::parse(&file).unwrap().sections().len(), SECTIONS + 2);
}

#[test]
fn a_predicate_is_asked_once_for_each_section_with_a_name() {
    let sections = [CODE, A, B, DELIMITER];
    let file = embed(
        &[signed_set("alice", &hashes(&sections))],
        &sections.concat(),
    );
    let asked = std::cell::RefCell::new(Vec::new());
    let wants = |name: &str| {
        asked.borrow_mut().push(name.to_owned());
        true
    };
    let keyring = ring(["alice"]);
    SignedModule::parse(&file)
        .unwrap()
        .verify_parts(&keyring, wants)
        .unwrap();
    assert_eq!(*asked.borrow(), ["a", "b"]);
}

#[test]
fn what_is_left_is_the_whole_only_if_no_set_signed_more() {
    let left = [A, DELIMITER];
    let exact = signed_set("alice", &hashes(&left));
    let more = signed_set("alice", &hashes(&[A, DELIMITER, B, DELIMITER]));
    let verify = |sets: &[&Vec<u8>]| {
        let sets: Vec<_> = sets.iter().copied().cloned().collect();
        verify(&sets, &left, |_| true)
    };
    assert_eq!(verify(&[&exact]), Ok((1, true)));
    assert_eq!(verify(&[&more]), Ok((1, false)));
    assert_eq!(verify(&[&exact, &more]), Ok((1, false)));
    assert_eq!(verify(&[&more, &exact]), Ok((1, false)));
}

#[test]
fn a_part_that_one_of_several_sets_has_a_hash_for_is_not_unsigned() {
    let sections = [A, DELIMITER, B, DELIMITER];
    let mut wrong = hashes(&sections);
    wrong[1] = [7; 32];
    let (few, wrong) = (
        signed_set("alice", &wrong[..1]),
        signed_set("alice", &wrong),
    );
    let second = A.len() + DELIMITER.len();
    for (sets, kind) in [
        (vec![few.clone()], UnsignedPart),
        (vec![few.clone(), wrong.clone()], HashMismatch),
        (vec![wrong, few], HashMismatch),
    ] {
        assert_eq!(verify(&sets, &sections, |_| true), Err((kind, second)));
    }
}
