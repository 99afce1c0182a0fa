//! The list of sections, and what holds of a module that was signed.

use std::ops::Range;

use wsc::{Error, ErrorKind, Module, OwnedSection, Section, SignatureData, SignedModule, Wanted};

use crate::allocation::{free, within};
use crate::choice::Choice;
use crate::payload::NO_SIGNATURES;
use crate::verdict::{KEYRING, SIGNER, SIGNER_ONLY, Signature, verify};

/// A file that says it is a module.
///
/// # Panics
///
/// If a property does not hold.
pub fn module(file: &[u8]) {
    let parsed = parse(file);
    if let Err(error) = &parsed {
        assert!(error.offset() <= file.len(), "{error}");
    }
    for wanted in [
        Wanted::Whole,
        Wanted::Parts(&|_| true),
        Wanted::Parts(&wants),
    ] {
        let Ok(answer) = verify(file, Signature::Embedded, &KEYRING, wanted) else {
            continue;
        };
        assert!(answer.is_whole || !wanted_is_whole(wanted));
        if answer.covered.is_empty() {
            continue;
        }
        let (damaged, at) = Choice::of(file).damage(file, answer.covered);
        let damaged = verify(&damaged, Signature::Embedded, &KEYRING, wanted);
        // Where parts are wanted, the byte may have made its part one that is not.
        assert!(
            damaged.is_err()
                || !wanted_is_whole(wanted) && damaged.is_ok_and(|it| !it.covered.contains(&at)),
            "byte {at} is not covered"
        );
    }
    if let Ok(module) = parsed {
        sign(module, &mut Choice::of(file));
    }
}

/// Whether a custom section is wanted, so that there are some of either kind.
fn wants(name: &str) -> bool {
    name.len().is_multiple_of(2)
}

const fn wanted_is_whole(wanted: Wanted<'_>) -> bool {
    matches!(wanted, Wanted::Whole)
}

/// Reads a module in each form, and compares.
fn parse(file: &[u8]) -> Result<Module, Error> {
    // A section has two bytes or more, the list of them may be half empty, and a name is copied.
    let limit = file.len() * (2 + size_of::<OwnedSection>()) + 4 * size_of::<OwnedSection>();
    let owned = within(limit, || Module::parse(file));
    let embedded = free(|| SignedModule::parse(file));
    let detached = free(|| SignedModule::parse_detached(file, NO_SIGNATURES));

    let module = match owned {
        Err(error) => {
            assert_eq!(detached.map(|_| ()), Err(error));
            // A fault of the signature comes before one of a section behind it.
            let first = embedded.map(|_| ()).unwrap_err();
            assert!(first == error || first.offset() < error.offset());
            return Err(error);
        }
        Ok(module) => module,
    };
    assert_eq!(within(file.len(), || module.serialize()), file);
    let detached = detached.expect("the sections are sound, and so is the signature");
    compare_sections(file, &module, detached.sections());

    let signature = free(|| module.signature());
    match (&signature, &embedded) {
        (Ok(Some(_)), Ok(embedded)) => {
            assert_eq!(embedded.encoding(), module.encoding());
            compare_sections(file, &module, embedded.sections());
        }
        (Ok(None), Err(error)) => assert_eq!(error.kind(), ErrorKind::NotSigned),
        (Err(owned), Err(borrowed)) => assert_eq!(owned, borrowed),
        _ => panic!("owned {signature:?}, borrowed {embedded:?}"),
    }
    Ok(module)
}

fn compare_sections<'a>(
    file: &[u8],
    module: &Module,
    borrowed: impl Iterator<Item = Result<Section<'a>, Error>>,
) {
    let mut end = 8;
    let mut owned = module.sections().iter();
    for section in borrowed {
        let section = section.expect("all sections were read before");
        let same = owned.next().expect("both forms have as many sections");
        assert_eq!(*same, OwnedSection::from(section));
        assert_eq!(same.payload(), section.payload());
        assert_eq!(section.offset(), end);
        end += section.as_bytes().len();
        assert_eq!(file.get(section.offset()..end), Some(section.as_bytes()));
        let payload = section.payload_offset()..end;
        assert_eq!(file.get(payload), Some(section.payload()));
    }
    assert_eq!((owned.next(), end), (None, file.len()));
}

/// Signs the module in one of the ways there are, and changes a byte.
fn sign(mut module: Module, choice: &mut Choice) {
    let id = *SIGNER_ONLY.iter().next().expect("it has a key").key_id();
    let id = choice.coin().then_some(&id);
    if choice.coin() {
        return sign_detached(&module, id, choice);
    }
    // Bytes of other signatures may change; here there shall be no other.
    while module.detach().is_ok() {}
    if choice.coin() {
        split(&mut module, choice);
    }
    let before = module.clone();
    if let Err(error) = module.sign(&*SIGNER, id) {
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        assert_eq!(module, before);
        return;
    }
    assert_eq!(module.sections()[1..], *before.sections());
    let file = module.serialize();
    let whole = verify(&file, Signature::Embedded, &SIGNER_ONLY, Wanted::Whole)
        .expect("it was signed just now");
    assert!(whole.is_whole && whole.covered.end == file.len());

    let again = module.sign(&*SIGNER, id).map_err(|error| error.kind());
    assert_eq!(again, Err(ErrorKind::DuplicateSignature));
    assert_eq!(module.serialize(), file);

    let all = 0..file.len();
    fails_if_damaged(&file, all, choice, |file| {
        verify(file, Signature::Embedded, &SIGNER_ONLY, Wanted::Whole).is_err()
    });
    let signature = module.detach().expect("it has one");
    assert_eq!(module, before);
    module.attach(&signature).expect("it had none");
    assert_eq!(module.serialize(), file);
}

fn sign_detached(module: &Module, id: Option<&wsc::KeyId>, choice: &mut Choice) {
    let file = module.serialize();
    let signature = match module.sign_detached(&*SIGNER, id) {
        Ok(signature) => signature,
        Err(error) => return assert_eq!(error.kind(), ErrorKind::LimitExceeded),
    };
    SignatureData::parse(&signature).expect("it was written just now");
    let holds = |file: &[u8], signature: &[u8]| {
        let signature = Signature::Detached(signature);
        verify(file, signature, &SIGNER_ONLY, Wanted::Whole).is_ok()
    };
    assert!(holds(&file, &signature));
    fails_if_damaged(&file, 0..file.len(), choice, |file| {
        !holds(file, &signature)
    });
    let all = 0..signature.len();
    fails_if_damaged(&signature, all, choice, |signature| {
        !holds(&file, signature)
    });
}

/// Divides the module into parts, and again, which changes nothing.
fn split(module: &mut Module, choice: &mut Choice) {
    let sections = module.sections().len();
    module
        .split(wants, || choice.next())
        .expect("it is not signed");
    let delimiters = module.sections().len() - sections;
    assert!(delimiters <= sections, "at most one behind each section");
    let parts = module.clone();
    module
        .split(wants, || choice.next())
        .expect("it is not signed");
    assert_eq!(*module, parts);
    if !module.sections().iter().any(wants_section) {
        return;
    }
    let mut signed = parts;
    if signed.sign(&*SIGNER, None).is_ok() {
        let wanted = Wanted::Parts(&wants);
        let file = signed.serialize();
        verify(&file, Signature::Embedded, &SIGNER_ONLY, wanted).expect("it was split so");
    }
}

/// Delimiters are neither wanted nor not.
fn wants_section(section: &OwnedSection) -> bool {
    section.name() != Some("signature_delimiter") && section.name().is_none_or(wants)
}

/// Cut off, put on, or one byte changed.
fn fails_if_damaged(
    bytes: &[u8],
    range: Range<usize>,
    choice: &mut Choice,
    fails: impl Fn(&[u8]) -> bool,
) {
    let (damaged, at) = choice.damage(bytes, range);
    assert!(fails(&damaged), "byte {at} is not covered");
    let len = choice.below(bytes.len());
    assert!(fails(&bytes[..len]), "all but {len} bytes can be missing");
    let more = [bytes, &choice.next::<3>()].concat();
    assert!(fails(&more), "bytes can be put on");
}
