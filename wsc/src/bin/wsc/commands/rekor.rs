//! `rekor verify`: whether entries are in the log that they say they are in.

use serde::Serialize;
use wsc::rekor::{LogEntry, TrustedRoot, VerifiedEntry};

use crate::{
    arguments::{Format, RekorVerifyArguments},
    commands::{finding::Refusal, write_json},
    failure::Failure,
    files::Source,
    status::Status,
};

/// The JSON document.
#[derive(Debug, Serialize)]
struct Document<'a> {
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    entries: Option<&'a [ShownEntry]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Refusal<'a>>,
}

#[derive(Debug, Serialize)]
struct ShownEntry {
    log: String,
    index: u64,
    tree_size: u64,
    /// In Unix time; version 2 logs give none.
    integrated_time: Option<i64>,
}

pub(super) fn run(arguments: &RekorVerifyArguments, out: &mut Vec<u8>) -> Result<Status, Failure> {
    let (input, root) = (&arguments.input_file, &arguments.trusted_root);
    Source::check([input, root])?;
    let root_json = root.read()?;
    let trusted = TrustedRoot::parse(&root_json).map_err(|error| Failure::unusable(root, error))?;
    let json = input.read()?;
    let verified = verify(&json, &trusted).map_err(|error| Refusal {
        place: input,
        error,
    });
    if arguments.format == Format::Json {
        let document = Document {
            verified: verified.is_ok(),
            entries: verified.as_deref().ok(),
            refusal: verified.as_ref().err().copied(),
        };
        write_json(&document, out)?;
    }
    let entries = verified.map_err(|refusal| refusal.failure())?;
    if arguments.format == Format::Text {
        for entry in entries {
            out.extend_from_slice(entry.lines(input).as_bytes());
        }
    }
    Ok(Status::Done)
}

/// Nothing is said of any entry unless all of them hold.
fn verify(json: &[u8], trusted: &TrustedRoot) -> Result<Vec<ShownEntry>, wsc::Error> {
    let entries = if is_bundle(json) {
        LogEntry::parse_bundle(json)?
    } else {
        vec![LogEntry::parse(json)?]
    };
    entries
        .iter()
        .map(|entry| entry.verify(trusted).map(|entry| ShownEntry::new(&entry)))
        .collect()
}

impl ShownEntry {
    fn new(entry: &VerifiedEntry<'_>) -> Self {
        Self {
            log: entry.log().name().to_owned(),
            index: entry.inclusion().index(),
            tree_size: entry.checkpoint().tree().size,
            integrated_time: entry.set().map(|set| set.integrated_time()),
        }
    }

    fn lines(&self, input: &Source) -> String {
        let Self {
            log,
            index,
            tree_size,
            ..
        } = self;
        let mut lines =
            format!("{input}: verified, in the log {log}: entry {index} of {tree_size}\n");
        if let Some(time) = self.integrated_time {
            lines.push_str(&format!("taken in at {time} (Unix time)\n"));
        }
        lines
    }
}

/// Only a bundle has a media type. What is not JSON is for the reader of entries to say.
fn is_bundle(json: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(json)
        .is_ok_and(|document| document.get("mediaType").is_some())
}
