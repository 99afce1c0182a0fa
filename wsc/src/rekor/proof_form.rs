//! The inclusion proof in JSON, which Rekor's interface and bundles write alike but for two things: how hashes are
//! encoded, and whether the checkpoint is an object.

use alloc::string::String;
use alloc::vec::Vec;

use crate::error::Error;
use crate::rekor::fields::{HashEncoding, read_hash};
use crate::rekor::inclusion::{InclusionProof, TreeHead};
use crate::rekor::json::{Json, once};

/// The proof, and the text of the checkpoint that stands in it.
pub(super) struct ProofForm {
    pub(super) proof: InclusionProof,
    pub(super) checkpoint: Option<String>,
}

/// Reads the `inclusionProof` of an entry.
pub(super) fn read_proof(json: &mut Json<'_>, encoding: HashEncoding) -> Result<ProofForm, Error> {
    let start = json.bad_field();
    let (mut index, mut size, mut root, mut hashes) = (None, None, None, None);
    let mut checkpoint = None;
    json.object(|name, json| match name {
        "logIndex" => once(&mut index, json, Json::integer),
        "treeSize" => once(&mut size, json, Json::integer),
        "rootHash" => once(&mut root, json, |json| read_hash(json, encoding)),
        "hashes" => once(&mut hashes, json, |json| {
            let mut hashes = Vec::new();
            json.array(|json| {
                hashes.push(read_hash(json, encoding)?);
                Ok(())
            })?;
            Ok(hashes)
        }),
        "checkpoint" => once(&mut checkpoint, json, |json| match encoding {
            HashEncoding::Hex => read_text(json),
            HashEncoding::Base64 => read_envelope(json),
        }),
        _ => json.skip(),
    })?;
    let tree = TreeHead {
        size: size.ok_or(start)?,
        root: root.ok_or(start)?,
    };
    // Protobuf leaves out what is zero or empty: the first leaf, and the proof of a tree that has but one.
    let (index, hashes) = (index.unwrap_or_default(), hashes.unwrap_or_default());
    let proof = InclusionProof::new(index, tree, hashes);
    Ok(ProofForm { proof, checkpoint })
}

fn read_text(json: &mut Json<'_>) -> Result<String, Error> {
    Ok(json.string()?.value.into_owned())
}

fn read_envelope(json: &mut Json<'_>) -> Result<String, Error> {
    let start = json.bad_field();
    let mut envelope = None;
    json.object(|name, json| match name {
        "envelope" => once(&mut envelope, json, read_text),
        _ => json.skip(),
    })?;
    envelope.ok_or(start)
}
