//! What no signature covers: for each signed file, exactly the bytes that may change. The README has the same list.

use std::collections::BTreeSet;
use std::ops::Range;

use wsc::{Encoding, Error, Keyring, Module, SignatureData, SignedModule, StreamVerifier, Wanted};

use crate::manifest::read;
use crate::vectors::{ring, wants};

/// A file, how it is verified, and whose signatures count.
#[derive(Clone, Copy)]
struct Case {
    file: &'static str,
    /// The pattern of the custom sections that are wanted; none for the whole module.
    parts: Option<&'static str>,
    keyring: fn() -> Keyring,
    /// The sets, and in them the records, that the verdict needs.
    needed: &'static [(usize, usize)],
}

const ALICE: fn() -> Keyring = || ring(["alice"]);
const BOB: fn() -> Keyring = || ring(["bob"]);
const BOTH: fn() -> Keyring = || ring(["alice", "bob"]);
const TWO: fn() -> Keyring = || BOTH().require(2).unwrap();

#[rustfmt::skip]
const CASES: [Case; 16] = [
    Case { file: "signed/empty.wasm",          parts: None,           keyring: ALICE, needed: &[(0, 0)] },
    Case { file: "signed/single.wasm",         parts: None,           keyring: ALICE, needed: &[(0, 0)] },
    Case { file: "signed/single-kid.wasm",     parts: None,           keyring: ALICE, needed: &[(0, 0)] },
    Case { file: "signed/component.wasm",      parts: None,           keyring: ALICE, needed: &[(0, 0)] },
    Case { file: "signed/padded-raw.wasm",     parts: None,           keyring: ALICE, needed: &[(0, 0)] },
    // Several signers: one counts, the other counts, both must, either may.
    Case { file: "signed/two.wasm",            parts: None,           keyring: ALICE, needed: &[(0, 0)] },
    Case { file: "signed/two.wasm",            parts: None,           keyring: BOB,   needed: &[(0, 1)] },
    Case { file: "signed/two.wasm",            parts: None,           keyring: TWO,   needed: &[(0, 0), (0, 1)] },
    Case { file: "signed/two.wasm",            parts: None,           keyring: BOTH,  needed: &[] },
    // Another algorithm, another set.
    Case { file: "signed/alg-2-beside.wasm",   parts: None,           keyring: ALICE, needed: &[(0, 1)] },
    Case { file: "signed/two-sets.wasm",       parts: None,           keyring: ALICE, needed: &[(1, 0)] },
    // Several parts: all of them, up to the last one that is wanted, the first of two.
    Case { file: "signed/split-one-part.wasm", parts: None,           keyring: ALICE, needed: &[(0, 0)] },
    Case { file: "signed/split-small.wasm",    parts: None,           keyring: ALICE, needed: &[(0, 0)] },
    Case { file: "signed/split-small.wasm",    parts: Some("^notes"), keyring: ALICE, needed: &[(0, 0)] },
    Case { file: "signed/extended.wasm",       parts: None,           keyring: BOB,   needed: &[(1, 0)] },
    Case { file: "signed/extended.wasm",       parts: Some("^dylink"), keyring: ALICE, needed: &[(0, 0)] },
];

fn verify(file: &[u8], detached: Option<&[u8]>, case: Case) -> Result<Range<usize>, Error> {
    let keyring = (case.keyring)();
    let wants = |name: &str| wants(case.parts.unwrap(), name);
    let module = match detached {
        Some(signature) => SignedModule::parse_detached(file, signature)?,
        None => SignedModule::parse(file)?,
    };
    let verified = match case.parts {
        Some(_) => module.verify_parts(&keyring, wants)?,
        None => module.verify(&keyring)?,
    };
    Ok(verified.covered())
}

/// The other forms must say the same as the borrowed one.
fn verify_otherwise(file: &[u8], case: Case) -> [Result<Range<usize>, Error>; 2] {
    let keyring = (case.keyring)();
    let wants = |name: &str| wants(case.parts.unwrap(), name);
    let owned = Module::parse(file).and_then(|module| {
        let verified = match case.parts {
            Some(_) => module.verify_parts(&keyring, wants)?,
            None => module.verify(&keyring)?,
        };
        Ok(verified.covered())
    });
    let wanted = match case.parts {
        Some(_) => Wanted::Parts(&wants),
        None => Wanted::Whole,
    };
    let mut buffer = [0; 1024];
    let mut stream = StreamVerifier::new(&mut buffer, &keyring, wanted);
    let streamed = match stream.update(file) {
        Ok(()) => stream.finish().map(|verified| verified.covered()),
        Err(error) => Err(error),
    };
    [owned, streamed]
}

/// The bytes that may be changed: each bit alone is tried, but only one in each byte of `sparse`.
fn accepted(
    file: &[u8],
    sparse: Range<usize>,
    is_accepted: impl Fn(&[u8]) -> bool,
) -> BTreeSet<usize> {
    let mut bad = file.to_vec();
    let mut found = BTreeSet::new();
    for offset in 0..file.len() {
        let bits = if sparse.contains(&offset) {
            offset % 8..offset % 8 + 1
        } else {
            0..8
        };
        for bit in bits {
            bad[offset] = file[offset] ^ (1 << bit);
            if is_accepted(&bad) {
                found.insert(offset);
            }
        }
        bad[offset] = file[offset];
    }
    found
}

fn place(of: &[u8], file: &[u8]) -> Range<usize> {
    let start = of.as_ptr().addr() - file.as_ptr().addr();
    start..start + of.len()
}

/// Of a signature: what may change.
#[derive(Default)]
struct Uncovered {
    /// What records that are not needed hold, and the hashes of sets without a record that is.
    bytes: BTreeSet<usize>,
    /// The lengths in those records: another value divides the record in another way, which may or may not fit.
    lengths: BTreeSet<usize>,
}

impl Uncovered {
    fn of(signature: SignatureData<'_>, file: &[u8], case: Case) -> Self {
        let mut uncovered = Self::default();
        for (index, set) in signature.sets().enumerate() {
            // Where either of two signers is enough, the hashes that both signed are needed.
            let mut needed = case.needed.iter();
            if !case.needed.is_empty() && needed.all(|(set, _)| *set != index) {
                let hashes = place(set.hashes().as_flattened(), file);
                uncovered.bytes.extend(hashes);
            }
            for (record_index, record) in set.signatures().enumerate() {
                if case.needed.contains(&(index, record_index)) {
                    continue;
                }
                // Both lengths are one byte, and the algorithm is.
                let (key_id, signature) = (record.key_id(), place(record.signature(), file));
                uncovered.lengths.insert(signature.start - 3 - key_id.len());
                uncovered.bytes.extend(place(key_id, file));
                uncovered.bytes.insert(signature.start - 2);
                uncovered.lengths.insert(signature.start - 1);
                uncovered.bytes.extend(signature);
            }
        }
        uncovered
    }

    fn assert_eq(&self, accepted: &BTreeSet<usize>, file: &str) {
        let missing: Vec<_> = self.bytes.difference(accepted).collect();
        assert!(missing.is_empty(), "{file}: covered after all: {missing:?}");
        let listed = self.bytes.union(&self.lengths).copied().collect();
        let unlisted: Vec<_> = accepted.difference(&listed).collect();
        assert!(unlisted.is_empty(), "{file}: not covered: {unlisted:?}");
    }
}

#[test]
fn exactly_the_listed_bytes_may_change() {
    for case in CASES {
        let file = read(case.file);
        let covered = verify(&file, None, case).unwrap();
        let module = SignedModule::parse(&file).unwrap();
        let mut expected = Uncovered::of(module.signature(), &file, case);
        // Behind what is covered: all that a section holds, as long as it stays one that is not wanted.
        for section in module.sections().map(Result::unwrap) {
            if section.offset() >= covered.end {
                // The length of the name is one byte.
                let body = section.payload_offset() - section.name().unwrap().len() - 1;
                let end = section.offset() + section.as_bytes().len();
                expected.bytes.extend(body..end);
            }
        }
        let is_accepted = |bad: &[u8]| verify(bad, None, case) == Ok(covered.clone());
        expected.assert_eq(&accepted(&file, covered.clone(), is_accepted), case.file);
    }
}

#[test]
fn all_forms_agree_on_changed_bytes() {
    for case in CASES {
        let file = read(case.file);
        let covered = verify(&file, None, case).unwrap();
        let every_16th = |offset: &usize| !covered.contains(offset) || offset.is_multiple_of(16);
        for offset in (0..file.len()).filter(every_16th) {
            let mut bad = file.clone();
            bad[offset] ^= 1 << (offset % 8);
            let verdict = verify(&bad, None, case).ok();
            let [owned, streamed] = verify_otherwise(&bad, case).map(Result::ok);
            assert_eq!(
                (owned, streamed),
                (verdict.clone(), verdict),
                "{}: {offset}",
                case.file
            );
        }
    }
}

#[test]
fn of_a_detached_signature_and_its_module_exactly_the_same_bytes_may_change() {
    let (module, signature) = (read("modules/json.wasm"), read("signed/three.sig"));
    for (keyring, needed) in [(ALICE, &[(0, 0)]), (BOB, &[(0, 1)])] {
        let case = Case {
            file: "",
            parts: None,
            keyring,
            needed,
        };
        let covered = verify(&module, Some(&signature), case).unwrap();
        let is_accepted = |bad: &[u8]| verify(bad, Some(&signature), case).is_ok();
        let in_module = accepted(&module, 8..module.len(), is_accepted);
        assert_eq!(in_module, BTreeSet::new());
        let is_accepted = |bad: &[u8]| verify(&module, Some(bad), case) == Ok(covered.clone());
        let data = SignatureData::parse(&signature).unwrap();
        let expected = Uncovered::of(data, &signature, case);
        expected.assert_eq(&accepted(&signature, 0..0, is_accepted), "three.sig");
    }
}

#[test]
fn the_header_may_be_the_other_one() {
    let mut bytes = read("signed/single.wasm");
    bytes[4..8].copy_from_slice(&[0x0d, 0, 1, 0]);
    let module = SignedModule::parse(&bytes).unwrap();
    module.verify(&ring(["alice"])).unwrap();
    assert_eq!(module.encoding(), Encoding::Component);
}

#[test]
fn the_lengths_in_the_frame_of_the_signature_section_may_be_padded() {
    let good = read("signed/empty.wasm");
    assert_eq!(good[8..12], [0, 0x81, 0x01, 9]);
    // The size in five bytes; then the name's length in two, which makes the section one byte longer.
    for frame in [
        &[0, 0x81, 0x81, 0x80, 0x80, 0, 9][..],
        &[0, 0x82, 0x01, 0x89, 0],
    ] {
        let padded = [&good[..8], frame, &good[12..]].concat();
        let module = SignedModule::parse(&padded).unwrap();
        module.verify(&ring(["alice"])).unwrap();
    }
}

#[test]
fn signatures_and_sets_by_others_may_come_and_go() {
    for file in [
        "signed/two.wasm",
        "signed/two-sets.wasm",
        "signed/alg-2-beside.wasm",
    ] {
        let file = read(file);
        let module = SignedModule::parse(&file).unwrap();
        module.verify(&ring(["alice"])).unwrap();
    }
}

#[test]
fn where_a_part_is_wanted_what_lies_behind_it_may_come_and_go() {
    let file = read("signed/extended.wasm");
    let case = CASES[15];
    let covered = verify(&file, None, case).unwrap();
    for end in [
        &b""[..],
        b"\0\x02\x01x",
        b"\0\x02\x01x\0\x14\x13signature_delimiter",
    ] {
        let other = [&file[..covered.end], end].concat();
        assert_eq!(verify(&other, None, case), Ok(covered.clone()));
        let owned_and_streamed = verify_otherwise(&other, case);
        assert!(
            owned_and_streamed
                .iter()
                .all(|other| *other == Ok(covered.clone()))
        );
    }
}
