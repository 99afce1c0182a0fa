//! `TrustedRoot`: the logs of a `trusted_root.json`, by id.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use crate::error::{Error, ErrorKind};
use crate::rekor::fields::HashEncoding;
use crate::rekor::json::{self, Json, Text, once};
use crate::rekor::log::{Log, LogId, LogKey, Validity};

const MEDIA_TYPES: [&str; 2] = [
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot.v0.1+json",
];

/// The logs whose keys are trusted.
#[derive(Debug, Clone)]
pub struct TrustedRoot {
    logs: Vec<Log>,
}

impl TrustedRoot {
    /// Reads the logs (`tlogs`) of a `trusted_root.json`. Certificate authorities and all else are passed over, and so
    /// is a log with another kind of key than P-256 or Ed25519, or another hash than SHA-256: its entries are refused
    /// as those of an unknown log.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadJson`], [`ErrorKind::JsonTooDeep`], [`ErrorKind::BadField`] for what is not of the form;
    /// [`ErrorKind::UnsupportedFormat`] for another media type; [`ErrorKind::InvalidLogKey`] and
    /// [`ErrorKind::LogIdMismatch`] for a log that contradicts itself.
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        json::read(json, |json| {
            let start = json.bad_field();
            let (mut media_type, mut logs) = (None, None);
            json.object(|name, json| match name {
                "mediaType" => once(&mut media_type, json, Json::string),
                "tlogs" => once(&mut logs, json, read_logs),
                _ => json.skip(),
            })?;
            let media_type = media_type.ok_or(start)?;
            if !MEDIA_TYPES.contains(&&*media_type.value) {
                return Err(Error::new(ErrorKind::UnsupportedFormat, media_type.offset));
            }
            let logs = logs.unwrap_or_default();
            Ok(Self { logs })
        })
    }

    /// The logs, in the order of the file.
    pub fn logs(&self) -> impl Iterator<Item = &Log> {
        self.logs.iter()
    }

    /// The log that goes by this id; the first, if several do.
    #[must_use]
    pub fn log(&self, id: &LogId) -> Option<&Log> {
        self.logs.iter().find(|log| log.id == *id)
    }
}

fn read_logs(json: &mut Json<'_>) -> Result<Vec<Log>, Error> {
    let mut logs = Vec::new();
    json.array(|json| {
        logs.extend(read_log(json)?);
        Ok(())
    })?;
    Ok(logs)
}

fn read_log(json: &mut Json<'_>) -> Result<Option<Log>, Error> {
    let start = json.bad_field();
    let (mut base_url, mut algorithm, mut key, mut id) = (None, None, None, None);
    json.object(|name, json| match name {
        "baseUrl" => once(&mut base_url, json, Json::string),
        "hashAlgorithm" => once(&mut algorithm, json, Json::string),
        "publicKey" => once(&mut key, json, read_key),
        "logId" => once(&mut id, json, read_log_id_text),
        _ => json.skip(),
    })?;
    let (base_url, key) = (base_url.ok_or(start)?, key.ok_or(start)?);
    let from_der = match &*key.details.value {
        "PKIX_ECDSA_P256_SHA_256" => LogKey::p256,
        "PKIX_ED25519" => LogKey::ed25519,
        _ => return Ok(None),
    };
    if algorithm.is_none_or(|algorithm| algorithm.value != "SHA2_256") {
        return Ok(None);
    }
    let name = host(&base_url.value).ok_or(base_url.bad_field())?;
    let der = key.bytes.base64()?;
    let invalid = Error::new(ErrorKind::InvalidLogKey, key.bytes.offset);
    let validity = key.validity;
    let key = from_der(&der).ok_or(invalid)?;
    let id_text = id.ok_or(start)?;
    let id = LogId::new(id_text.hash(HashEncoding::Base64)?);
    if key.log_id(&der, name) != id {
        return Err(Error::new(ErrorKind::LogIdMismatch, id_text.offset));
    }
    let name = name.to_owned();
    Ok(Some(Log {
        id,
        name,
        key,
        validity,
    }))
}

struct KeyForm<'a> {
    bytes: Text<'a>,
    details: Text<'a>,
    validity: Validity,
}

fn read_key<'a>(json: &mut Json<'a>) -> Result<KeyForm<'a>, Error> {
    let start = json.bad_field();
    let (mut bytes, mut details, mut validity) = (None, None, None);
    json.object(|name, json| match name {
        "rawBytes" => once(&mut bytes, json, Json::string),
        "keyDetails" => once(&mut details, json, Json::string),
        "validFor" => once(&mut validity, json, read_validity),
        _ => json.skip(),
    })?;
    Ok(KeyForm {
        bytes: bytes.ok_or(start)?,
        details: details.ok_or(start)?,
        validity: validity.unwrap_or_default(),
    })
}

fn read_validity(json: &mut Json<'_>) -> Result<Validity, Error> {
    let mut validity = Validity::default();
    json.object(|name, json| match name {
        "start" => once(&mut validity.start, json, |json| json.string()?.time()),
        "end" => once(&mut validity.end, json, |json| json.string()?.time()),
        _ => json.skip(),
    })?;
    Ok(validity)
}

/// Reads the `LogId` of bundles and trusted roots.
pub(super) fn read_log_id(json: &mut Json<'_>) -> Result<LogId, Error> {
    let id = read_log_id_text(json)?;
    id.hash(HashEncoding::Base64).map(LogId::new)
}

fn read_log_id_text<'a>(json: &mut Json<'a>) -> Result<Text<'a>, Error> {
    let start = json.bad_field();
    let mut id = None;
    json.object(|name, json| match name {
        "keyId" => once(&mut id, json, Json::string),
        _ => json.skip(),
    })?;
    id.ok_or(start)
}

/// The host name in a URL.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', ':', '?', '#']).next()?;
    (!host.is_empty()).then_some(host)
}
