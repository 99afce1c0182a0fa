//! The signature payload, embedded and kept apart.

use wsc::{
    ErrorKind, MAX_HASHES, MAX_SETS, MAX_SIGNATURES, Module, SignatureData, SignatureSet,
    SignedModule, Wanted,
};

use crate::allocation::{free, within};
use crate::choice::Choice;
use crate::verdict::{KEYRING, SIGNER, SIGNER_ONLY, Signature, verify};

/// What the payload is said to sign: two parts.
const FILE: &[u8] =
    b"\0asm\x01\0\0\0\x01\x01\0\0\x24\x13signature_delimiter0123456789abcdef\0\x05\x04note";

/// A payload without sets.
pub(crate) const NO_SIGNATURES: &[u8] = &[1, 1, 1, 0];

/// The content of a signature section, or a detached signature; or a module with one in it, as most vectors are.
///
/// # Panics
///
/// If a property does not hold.
pub fn payload(bytes: &[u8]) {
    let bytes = embedded(bytes).unwrap_or(bytes);
    let module = Module::parse(FILE).expect("it is a module");
    let mut signed = module.clone();
    let attached = signed.attach(bytes);
    let parsed = free(|| SignatureData::parse(bytes));
    match parsed {
        Ok(data) => {
            assert_eq!(attached, Ok(()));
            assert_eq!(write(data), bytes);
        }
        Err(error) => {
            assert!(error.offset() <= bytes.len(), "{error}");
            assert_eq!(attached, Err(error));
            let inside = in_section(bytes);
            let embedded = free(|| SignedModule::parse(&inside).map(|_| ())).unwrap_err();
            let before = inside.len() - bytes.len() - (FILE.len() - 8);
            assert_eq!(
                (embedded.kind(), embedded.offset()),
                (error.kind(), before + error.offset())
            );
        }
    }
    let detached = Signature::Detached(bytes);
    let kept_apart = verify(FILE, detached, &KEYRING, Wanted::Whole);
    if attached.is_ok() {
        let file = signed.serialize();
        assert_eq!(file, in_section(bytes));
        let embedded = verify(&file, Signature::Embedded, &KEYRING, Wanted::Whole);
        match (&kept_apart, &embedded) {
            (Ok(_), Ok(_)) => {}
            (Err(apart), Err(embedded)) => assert_eq!(apart.kind(), embedded.kind()),
            _ => panic!("kept apart {kept_apart:?}, embedded {embedded:?}"),
        }
        assert_eq!(signed.detach().as_deref(), Ok(bytes));
        assert_eq!(signed, module);
    }
    cosign(&module, bytes);
}

fn embedded(file: &[u8]) -> Option<&[u8]> {
    let module = SignedModule::parse_detached(file, NO_SIGNATURES).ok()?;
    let first = module.sections().next()?.ok()?;
    (first.name() == Some("signature")).then_some(first.payload())
}

/// The module with these bytes in a signature section.
fn in_section(bytes: &[u8]) -> Vec<u8> {
    let section = wsc::OwnedSection::custom("signature", bytes).expect("it is short");
    let (header, content) = FILE.split_at(8);
    [header, section.as_bytes(), content].concat()
}

/// Adds a signature, and changes a byte of it.
fn cosign(module: &Module, bytes: &[u8]) {
    let mut choice = Choice::of(bytes);
    let id = *SIGNER.public_key().key_id();
    let id = choice.coin().then_some(&id);
    // What is there is copied once into a set and once into the payload, whose capacities may be twice their lengths.
    let limit = 8 * bytes.len() + 4096;
    let cosigned = match within(limit, || module.cosign_detached(bytes, &*SIGNER, id)) {
        Ok(cosigned) => cosigned,
        Err(error) => {
            let parsed = SignatureData::parse(bytes).map(|_| ());
            let reasons = [ErrorKind::LimitExceeded, ErrorKind::DuplicateSignature];
            let refused = parsed.is_ok() && reasons.contains(&error.kind());
            return assert!(refused || parsed == Err(error), "{error}");
        }
    };
    // The new signature joins those of the same hashes, or comes last.
    let alone = module
        .sign_detached(&*SIGNER, id)
        .expect("it has two parts");
    let [before, alone, after] = [bytes, &alone, &cosigned].map(|bytes| {
        let data = SignatureData::parse(bytes).expect("it was read or written just now");
        data.sets().collect::<Vec<_>>()
    });
    let [alone] = &*alone else {
        panic!("it has one signature");
    };
    let joins = |set: &SignatureSet<'_>| set.hashes() == alone.hashes();
    let place_of_new = before.iter().position(joins).unwrap_or(before.len());
    let mut expected: Vec<_> = before.iter().map(parts_of).collect();
    expected.resize_with(after.len(), || (alone.hashes(), Vec::new()));
    expected[place_of_new].1.extend(records(alone));
    assert_eq!(after.iter().map(parts_of).collect::<Vec<_>>(), expected);

    let holds = |signature: &[u8]| {
        verify(
            FILE,
            Signature::Detached(signature),
            &SIGNER_ONLY,
            Wanted::Whole,
        )
        .is_ok()
    };
    assert!(holds(&cosigned));
    if holds(bytes) {
        // The same signature under another id.
        return;
    }
    let set = after[place_of_new];
    let record = set.signatures().last().expect("a signature was added");
    // The algorithm and a length stand between the key id and the signature.
    let signature = place(record.signature(), &cosigned);
    let id = signature.start - 2 - record.key_id().len();
    for covered in [
        place(set.hashes().as_flattened(), &cosigned),
        id..signature.end,
    ] {
        let (damaged, at) = choice.damage(&cosigned, covered);
        assert!(!holds(&damaged), "byte {at} is not covered");
    }
}

fn parts_of<'a>(set: &SignatureSet<'a>) -> (&'a [[u8; 32]], Vec<Record<'a>>) {
    (set.hashes(), records(set))
}

type Record<'a> = (&'a [u8], u8, &'a [u8]);

fn records<'a>(set: &SignatureSet<'a>) -> Vec<Record<'a>> {
    set.signatures()
        .map(|record| (record.key_id(), record.algorithm(), record.signature()))
        .collect()
}

fn place(of: &[u8], bytes: &[u8]) -> std::ops::Range<usize> {
    let start = of.as_ptr().addr() - bytes.as_ptr().addr();
    start..start + of.len()
}

/// The one encoding that a payload has.
fn write(data: SignatureData<'_>) -> Vec<u8> {
    let sets: Vec<_> = data.sets().collect();
    assert!(sets.len() <= MAX_SETS);
    let mut payload = vec![1, 1, 1];
    write_length(&mut payload, sets.len());
    for set in sets {
        write_bytes(&mut payload, &write_set(&set));
    }
    payload
}

fn write_set(set: &SignatureSet<'_>) -> Vec<u8> {
    let records = records(set);
    assert!(set.hashes().len() <= MAX_HASHES && records.len() <= MAX_SIGNATURES);
    let mut bytes = Vec::new();
    write_length(&mut bytes, set.hashes().len());
    bytes.extend_from_slice(set.hashes().as_flattened());
    write_length(&mut bytes, records.len());
    for (key_id, algorithm, signature) in records {
        let mut record = Vec::new();
        write_bytes(&mut record, key_id);
        record.push(algorithm);
        write_bytes(&mut record, signature);
        write_bytes(&mut bytes, &record);
    }
    bytes
}

fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    write_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

fn write_length(out: &mut Vec<u8>, mut length: usize) {
    while length > 0x7f {
        out.push((length & 0x7f | 0x80).to_le_bytes()[0]);
        length >>= 7;
    }
    out.push(length.to_le_bytes()[0]);
}
