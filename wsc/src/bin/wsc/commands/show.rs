//! `show`: the sections of a module, and what its signature says. Nothing of it is verified.

use serde::Serialize;
use wsc::{Encoding, Module, SignatureData, SignatureSet};

use crate::{
    arguments::{Format, ShowArguments},
    commands::{hexadecimal, read_module, write_json},
    failure::Failure,
    files::Source,
    progress::Progress,
    status::Status,
};

const HEADER_BYTES: usize = 8;
const DELIMITER: &str = "signature_delimiter";

/// What is shown; the names of the fields are those of the JSON document.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    encoding: &'static str,
    bytes: usize,
    sections: Vec<ShownSection<'a>>,
    /// Absent if there is no signature.
    signature: Option<Vec<ShownSet>>,
}

#[derive(Debug, Serialize)]
struct ShownSection<'a> {
    offset: usize,
    bytes: usize,
    id: u8,
    kind: &'static str,
    name: Option<&'a str>,
    /// Counted from 1; absent for the signature itself.
    part: Option<usize>,
}

#[derive(Debug, Serialize)]
struct ShownSet {
    hashes: Vec<String>,
    signatures: Vec<ShownSignature>,
}

#[derive(Debug, Serialize)]
struct ShownSignature {
    /// Empty if the signature carries none.
    key_id: String,
    algorithm: u8,
    signature: String,
}

pub(super) fn run(arguments: &ShowArguments, out: &mut Vec<u8>) -> Result<Status, Failure> {
    let input = &arguments.signed.input_file;
    Source::check(arguments.signed.sources())?;
    let progress = Progress::on_terminal();
    let refused = |error| Failure::refused(input, error);
    let module = read_module(input, &progress)?;
    let detached = arguments.signed.signature_file.as_ref();
    let payload = detached.map(Source::read).transpose()?;
    let signature = match (detached, &payload) {
        (Some(source), Some(payload)) => {
            let signature = SignatureData::parse(payload);
            Some(signature.map_err(|error| Failure::refused(source, error))?)
        }
        _ => module.signature().map_err(refused)?,
    };
    let lengths = module
        .sections()
        .iter()
        .map(|section| section.as_bytes().len());
    let shown = Shown {
        encoding: match module.encoding() {
            Encoding::Module => "module",
            Encoding::Component => "component",
        },
        bytes: HEADER_BYTES + lengths.sum::<usize>(),
        sections: show_sections(&module, signature.is_some() && detached.is_none()),
        signature: signature.as_ref().map(show_sets),
    };
    match arguments.format {
        Format::Text => out.extend_from_slice(text(&shown).as_bytes()),
        Format::Json => write_json(&shown, out)?,
    }
    Ok(Status::Done)
}

fn show_sections(module: &Module, has_signature: bool) -> Vec<ShownSection<'_>> {
    let mut offset = HEADER_BYTES;
    let mut part = 1;
    let mut shown = Vec::with_capacity(module.sections().len());
    for (index, section) in module.sections().iter().enumerate() {
        let (id, bytes) = (section.id(), section.as_bytes().len());
        shown.push(ShownSection {
            offset,
            bytes,
            id,
            kind: kind(module.encoding(), id),
            name: section.name(),
            part: (index > 0 || !has_signature).then_some(part),
        });
        offset += bytes;
        part += usize::from(section.name() == Some(DELIMITER));
    }
    shown
}

fn show_sets(signature: &SignatureData<'_>) -> Vec<ShownSet> {
    let show = |set: SignatureSet<'_>| ShownSet {
        hashes: set.hashes().iter().map(|hash| hexadecimal(hash)).collect(),
        signatures: set
            .signatures()
            .map(|record| ShownSignature {
                key_id: hexadecimal(record.key_id()),
                algorithm: record.algorithm(),
                signature: hexadecimal(record.signature()),
            })
            .collect(),
    };
    signature.sets().map(show).collect()
}

fn text(shown: &Shown<'_>) -> String {
    let mut text = format!("{}, {} bytes\n", shown.encoding, shown.bytes);
    for section in &shown.sections {
        let part = match section.part {
            Some(part) => format!("part {part}"),
            None => "signature".to_owned(),
        };
        // A name is the module's, and must not give orders to a terminal.
        let name = match section.name {
            Some(name) => format!("custom \"{}\"", name.escape_debug()),
            None => section.kind.to_owned(),
        };
        text.push_str(&format!(
            "{:>10}  {:>10} bytes  {part:<9}  {name}\n",
            section.offset, section.bytes
        ));
    }
    let Some(sets) = &shown.signature else {
        text.push_str("not signed\n");
        return text;
    };
    for (set, number) in sets.iter().zip(1..) {
        text.push_str(&format!("set {number}, unverified\n"));
        for (hash, part) in set.hashes.iter().zip(1..) {
            text.push_str(&format!("  to the end of part {part}: SHA-256 {hash}\n"));
        }
        for signature in &set.signatures {
            let by = match signature.key_id.as_str() {
                "" => "without key id",
                id => &format!("by key id {id}"),
            };
            let algorithm = match signature.algorithm {
                1 => "Ed25519",
                other => &format!("algorithm {other}"),
            };
            text.push_str(&format!("  {algorithm} signature {by}\n"));
        }
    }
    text
}

/// What the specifications of modules and of components call a section.
fn kind(encoding: Encoding, id: u8) -> &'static str {
    let names: &[&str] = match encoding {
        Encoding::Module => &[
            "custom",
            "type",
            "import",
            "function",
            "table",
            "memory",
            "global",
            "export",
            "start",
            "element",
            "code",
            "data",
            "data count",
            "tag",
        ],
        Encoding::Component => &[
            "custom",
            "core module",
            "core instance",
            "core type",
            "component",
            "instance",
            "alias",
            "type",
            "canonical function",
            "start",
            "import",
            "export",
            "value",
        ],
    };
    names.get(usize::from(id)).copied().unwrap_or("unknown")
}
