//! The entries of a Sigstore bundle: protobuf's JSON, in which numbers may be strings and defaults may be missing.

use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};
use crate::rekor::entry::LogEntry;
use crate::rekor::fields::{HashEncoding, read_seconds};
use crate::rekor::json::{self, Json, once};
use crate::rekor::proof_form::read_proof;
use crate::rekor::trusted_root::read_log_id;

/// Both ways in which bundles have been named.
const MEDIA_TYPES: [&str; 6] = [
    "application/vnd.dev.sigstore.bundle+json;version=0.1",
    "application/vnd.dev.sigstore.bundle+json;version=0.2",
    "application/vnd.dev.sigstore.bundle+json;version=0.3",
    "application/vnd.dev.sigstore.bundle.v0.1+json",
    "application/vnd.dev.sigstore.bundle.v0.2+json",
    "application/vnd.dev.sigstore.bundle.v0.3+json",
];

pub(super) fn read(json: &[u8]) -> Result<Vec<LogEntry>, Error> {
    json::read(json, |json| {
        let start = json.bad_field();
        let (mut media_type, mut entries) = (None, None);
        json.object(|name, json| match name {
            "mediaType" => once(&mut media_type, json, Json::string),
            "verificationMaterial" => once(&mut entries, json, read_material),
            _ => json.skip(),
        })?;
        let media_type = media_type.ok_or(start)?;
        if !MEDIA_TYPES.contains(&&*media_type.value) {
            return Err(Error::new(ErrorKind::UnsupportedFormat, media_type.offset));
        }
        let entries = entries.ok_or(start)?;
        if entries.is_empty() {
            return Err(Error::without_offset(ErrorKind::NoLogEntry));
        }
        Ok(entries)
    })
}

fn read_material(json: &mut Json<'_>) -> Result<Vec<LogEntry>, Error> {
    let mut entries = None;
    json.object(|name, json| match name {
        "tlogEntries" => once(&mut entries, json, |json| {
            let mut entries = Vec::new();
            json.array(|json| {
                entries.push(read_entry(json)?);
                Ok(())
            })?;
            Ok(entries)
        }),
        _ => json.skip(),
    })?;
    Ok(entries.unwrap_or_default())
}

fn read_entry(json: &mut Json<'_>) -> Result<LogEntry, Error> {
    let start = json.bad_field();
    let (mut log_id, mut log_index, mut time) = (None, None, None);
    let (mut body, mut set, mut proof) = (None, None, None);
    json.object(|name, json| match name {
        "logId" => once(&mut log_id, json, read_log_id),
        "logIndex" => once(&mut log_index, json, Json::integer),
        "integratedTime" => once(&mut time, json, read_seconds),
        "inclusionPromise" => once(&mut set, json, read_promise),
        "inclusionProof" => once(&mut proof, json, |json| {
            read_proof(json, HashEncoding::Base64)
        }),
        "canonicalizedBody" => once(&mut body, json, |json| json.string()?.base64()),
        _ => json.skip(),
    })?;
    let (proof, checkpoint) = proof.map(|form| (form.proof, form.checkpoint)).unzip();
    Ok(LogEntry {
        uuid: None,
        log_id: log_id.ok_or(start)?,
        log_index: log_index.unwrap_or_default(),
        integrated_time: time,
        body: body.ok_or(start)?,
        set,
        inclusion_proof: proof,
        checkpoint: checkpoint.flatten(),
    })
}

fn read_promise(json: &mut Json<'_>) -> Result<Vec<u8>, Error> {
    let start = json.bad_field();
    let mut set = None;
    json.object(|name, json| match name {
        "signedEntryTimestamp" => once(&mut set, json, |json| json.string()?.base64()),
        _ => json.skip(),
    })?;
    set.ok_or(start)
}
