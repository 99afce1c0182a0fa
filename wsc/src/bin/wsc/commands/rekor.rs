//! `rekor verify`: whether entries are in the log that they say they are in.

use wsc::rekor::{LogEntry, TrustedRoot};

use crate::{arguments::RekorVerifyArguments, failure::Failure, files::Source, status::Status};

pub(super) fn run(arguments: &RekorVerifyArguments, out: &mut Vec<u8>) -> Result<Status, Failure> {
    let (input, root) = (&arguments.input_file, &arguments.trusted_root);
    Source::check([input, root])?;
    let root_json = root.read()?;
    let trusted = TrustedRoot::parse(&root_json).map_err(|error| Failure::unusable(root, error))?;
    let json = input.read()?;
    let refused = |error| Failure::refused(input, error);
    let entries = if is_bundle(&json) {
        LogEntry::parse_bundle(&json).map_err(refused)?
    } else {
        LogEntry::parse(&json)
            .map(|entry| vec![entry])
            .map_err(refused)?
    };
    // Nothing is said of any entry unless all of them hold.
    let mut text = String::new();
    for entry in &entries {
        let verified = entry.verify(&trusted).map_err(refused)?;
        let inclusion = verified.inclusion();
        let tree_size = verified.checkpoint().tree().size;
        text.push_str(&format!(
            "{input}: verified, in the log {}: entry {} of {tree_size}\n",
            verified.log().name(),
            inclusion.index(),
        ));
        if let Some(set) = verified.set() {
            text.push_str(&format!(
                "taken in at {} (Unix time)\n",
                set.integrated_time()
            ));
        }
    }
    out.extend_from_slice(text.as_bytes());
    Ok(Status::Done)
}

/// Only a bundle has a media type. What is not JSON is for the reader of entries to say.
fn is_bundle(json: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(json)
        .is_ok_and(|document| document.get("mediaType").is_some())
}
