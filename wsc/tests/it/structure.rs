//! What the parsers say a file consists of, against `structure.json` and against wasmparser.

use serde_json::{Map, Value, json};
use wasmparser::{Parser, Payload};
use wsc::{Error, ErrorKind, Module, SignatureData, SignedModule};

use crate::manifest::read;
use crate::vectors::{files, hex, json as read_json};

/// Files of `structure.json` that a strict reader refuses, and the reason.
const REFUSED: [(&str, ErrorKind); 3] = [
    ("signed/count-padded.wasm", ErrorKind::PaddedInteger),
    ("signed/later-name-not-utf8.wasm", ErrorKind::BadName),
    ("signed/record-trailing-zero.wasm", ErrorKind::TrailingBytes),
];

/// Files with sound frames around faulty content, at which wasmparser looks and we do not.
const CONTENT_FAULTS: [&str; 3] = [
    "bad/flip-code-first.wasm",
    "bad/flip-section-id.wasm",
    "bad/header-swapped.wasm",
];

/// `structure.json` lists the first signatures of a set only, and says how many there are.
const LISTED: usize = 3;

fn structures() -> Map<String, Value> {
    let Value::Object(mut structures) = read_json("structure.json") else {
        panic!("structure.json is an object");
    };
    assert_eq!(structures.len(), 30);
    for (file, kind) in REFUSED {
        structures.remove(file).unwrap();
        assert_eq!(
            SignedModule::parse(&read(file)).unwrap_err().kind(),
            kind,
            "{file}"
        );
    }
    structures
}

fn describe_section(id: u8, name: Option<&str>, offset: usize, length: usize) -> Value {
    match name {
        Some(name) => json!({"id": id, "name": name, "offset": offset, "length": length}),
        None => json!({"id": id, "offset": offset, "length": length}),
    }
}

fn describe_signature(data: SignatureData<'_>) -> Value {
    let set = |set: wsc::SignatureSet<'_>| {
        let record = |record: wsc::SignatureRecord<'_>| {
            json!({
                "key_id": hex(record.key_id()),
                "algorithm": record.algorithm(),
                "length": record.signature().len(),
            })
        };
        json!({
            "hashes": set.hashes().iter().map(|hash| hex(hash)).collect::<Vec<_>>(),
            "signatures": set.signatures().take(LISTED).map(record).collect::<Vec<_>>(),
            "signature_count": set.signatures().count(),
        })
    };
    json!({
        "specification_version": 1,
        "content_type": 1,
        "hash_function": 1,
        "sets": data.sets().map(set).collect::<Vec<_>>(),
    })
}

#[test]
fn the_borrowed_form_sees_the_sections_and_signatures() {
    for (file, structure) in structures() {
        let bytes = read(&file);
        let module = SignedModule::parse(&bytes).unwrap();
        let sections: Result<Vec<_>, Error> = module
            .sections()
            .map(|s| s.map(|s| describe_section(s.id(), s.name(), s.offset(), s.as_bytes().len())))
            .collect();
        assert_eq!(
            Value::from(sections.unwrap()),
            structure["sections"],
            "{file}"
        );
        assert_eq!(
            describe_signature(module.signature()),
            structure["signature"],
            "{file}"
        );
    }
}

#[test]
fn the_owned_form_sees_the_sections_and_signatures() {
    for (file, structure) in structures() {
        let module = Module::parse(&read(&file)).unwrap();
        let mut offset = 8;
        let mut sections = Vec::new();
        for section in module.sections() {
            let len = section.as_bytes().len();
            sections.push(describe_section(section.id(), section.name(), offset, len));
            offset += len;
        }
        let signature = module.signature().unwrap().unwrap();
        assert_eq!(Value::from(sections), structure["sections"], "{file}");
        assert_eq!(
            describe_signature(signature),
            structure["signature"],
            "{file}"
        );
    }
}

#[test]
fn what_was_parsed_serializes_to_the_same_bytes() {
    let mut parsed = 0;
    for file in ["modules", "signed", "bad"].into_iter().flat_map(files) {
        let bytes = read(&file);
        let Ok(module) = Module::parse(&bytes) else {
            continue;
        };
        assert_eq!(module.serialize(), bytes, "{file}");
        parsed += 1;
    }
    assert_eq!(parsed, 100);
}

/// Id, end and name of each section, as wasmparser frames them; `None` if it refuses the file.
fn oracle(bytes: &[u8]) -> Option<Vec<(u8, usize, Option<String>)>> {
    let mut depth = 0;
    let mut sections = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.ok()?;
        let name = match &payload {
            Payload::CustomSection(custom) => Some(custom.name().to_owned()),
            _ => None,
        };
        if let (0, Some((id, range))) = (depth, payload.as_section()) {
            let end = usize::try_from(range.end).unwrap();
            sections.push((id, end, name));
        }
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) if depth > 0 => depth -= 1,
            _ => {}
        }
    }
    Some(sections)
}

#[test]
fn a_second_reader_sees_the_same_sections() {
    let mut agreed = 0;
    let mut refused = 0;
    for file in ["modules", "signed", "bad"].into_iter().flat_map(files) {
        let bytes = read(&file);
        let ours = Module::parse(&bytes).ok().map(|module| {
            let mut end = 8;
            let frame = |section: &wsc::OwnedSection| {
                end += section.as_bytes().len();
                (section.id(), end, section.name().map(str::to_owned))
            };
            module.sections().iter().map(frame).collect::<Vec<_>>()
        });
        match (ours, oracle(&bytes)) {
            (Some(ours), Some(theirs)) => {
                assert_eq!(ours, theirs, "{file}");
                agreed += 1;
            }
            (None, None) => refused += 1,
            (Some(_), None) => assert!(CONTENT_FAULTS.contains(&&*file), "{file}"),
            (None, Some(_)) => panic!("{file}: refused here only"),
        }
    }
    assert_eq!((agreed, refused), (97, 19));
}
