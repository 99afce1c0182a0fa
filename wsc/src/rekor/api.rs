//! An entry as Rekor's interface gives it.

use alloc::vec::Vec;

use crate::error::Error;
use crate::rekor::entry::{LogEntry, Uuid};
use crate::rekor::fields::{HashEncoding, read_hash, read_seconds, unhex};
use crate::rekor::json::{self, Json, Text, once};
use crate::rekor::log::LogId;
use crate::rekor::proof_form::{ProofForm, read_proof};

/// Reads `{"<uuid>": {…}}`, or the inner object alone.
pub(super) fn read(json: &[u8]) -> Result<LogEntry, Error> {
    json::read(json, |json| {
        let start = json.bad_field();
        let mut named = None;
        let mut alone = Form::default();
        json.object(|name, json| match parse_uuid(name) {
            Some(uuid) => once(&mut named, json, |json| {
                let start = json.bad_field();
                let mut form = Form::default();
                json.object(|name, json| form.member(name, json))?;
                form.entry(start, Some(uuid))
            }),
            None => alone.member(name, json),
        })?;
        match named {
            // Two entries in one file, so that readers could differ in which they take.
            Some(_) if alone.body.is_some() => Err(start),
            Some(entry) => Ok(entry),
            None => alone.entry(start, None),
        }
    })
}

#[derive(Default)]
struct Form<'a> {
    uuid: Option<Uuid>,
    body: Option<Text<'a>>,
    integrated_time: Option<i64>,
    integrated_seconds: Option<i64>,
    log_id: Option<LogId>,
    log_index: Option<u64>,
    evidence: Evidence,
    verification: Option<Evidence>,
}

/// What stands in `verification`, or, in the entry alone, beside the rest.
#[derive(Default)]
struct Evidence {
    set: Option<Vec<u8>>,
    proof: Option<ProofForm>,
}

impl<'a> Form<'a> {
    fn member(&mut self, name: &str, json: &mut Json<'a>) -> Result<(), Error> {
        match name {
            "uuid" => once(&mut self.uuid, json, read_uuid),
            "body" => once(&mut self.body, json, Json::string),
            "integratedTime" => once(&mut self.integrated_time, json, read_time),
            "integratedTimeUnix" => once(&mut self.integrated_seconds, json, read_seconds),
            "logID" => once(&mut self.log_id, json, |json| {
                read_hash(json, HashEncoding::Hex).map(LogId::new)
            }),
            "logIndex" => once(&mut self.log_index, json, Json::integer),
            "verification" => once(&mut self.verification, json, |json| {
                let mut evidence = Evidence::default();
                json.object(|name, json| evidence.member(name, json))?;
                Ok(evidence)
            }),
            _ => self.evidence.member(name, json),
        }
    }

    /// The entry, if all is there that an entry must have; `start` is the error if not.
    fn entry(self, start: Error, named: Option<Uuid>) -> Result<LogEntry, Error> {
        let evidence = match self.verification {
            Some(_) if self.evidence.is_some() => return Err(start),
            Some(evidence) => evidence,
            None => self.evidence,
        };
        let time = self.integrated_time;
        let same_time = self
            .integrated_seconds
            .is_none_or(|seconds| time == Some(seconds));
        let same_uuid = self.uuid.is_none() || named.is_none() || self.uuid == named;
        if !same_time || !same_uuid {
            return Err(start);
        }
        let (proof, checkpoint) = evidence
            .proof
            .map(|form| (form.proof, form.checkpoint))
            .unzip();
        Ok(LogEntry {
            uuid: named.or(self.uuid),
            log_id: self.log_id.ok_or(start)?,
            log_index: self.log_index.ok_or(start)?,
            integrated_time: time,
            body: self.body.ok_or(start)?.base64()?,
            set: evidence.set,
            inclusion_proof: proof,
            checkpoint: checkpoint.flatten(),
        })
    }
}

impl Evidence {
    fn member(&mut self, name: &str, json: &mut Json<'_>) -> Result<(), Error> {
        match name {
            "signedEntryTimestamp" => once(&mut self.set, json, |json| json.string()?.base64()),
            "inclusionProof" => once(&mut self.proof, json, |json| {
                read_proof(json, HashEncoding::Hex)
            }),
            _ => json.skip(),
        }
    }

    const fn is_some(&self) -> bool {
        self.set.is_some() || self.proof.is_some()
    }
}

/// Reads a time as the interface writes it, in Unix seconds, or as its web pages show it, in RFC 3339.
fn read_time(json: &mut Json<'_>) -> Result<i64, Error> {
    match json.peek() {
        Some(b'"') => json.string()?.time(),
        _ => read_seconds(json),
    }
}

fn read_uuid(json: &mut Json<'_>) -> Result<Uuid, Error> {
    let text = json.string()?;
    parse_uuid(&text.value).ok_or(text.bad_field())
}

/// 64 digits: the leaf hash; or 80 digits: the id of the tree, and the leaf hash.
fn parse_uuid(text: &str) -> Option<Uuid> {
    let (tree_id, leaf_hash) = text.split_at_checked(text.len().checked_sub(64)?)?;
    let leaf_hash = unhex(leaf_hash)?;
    let tree_id = match tree_id {
        "" => None,
        digits => Some(u64::from_be_bytes(unhex(digits)?)),
    };
    Some(Uuid { tree_id, leaf_hash })
}
