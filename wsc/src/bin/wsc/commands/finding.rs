//! What was found out about a module: as lines, and as part of a JSON document.

use serde::{Serialize, Serializer, ser::SerializeStruct as _};
use wsc::{Error, ErrorKind, PublicKey, Verified};

use crate::{
    commands::hexadecimal, failure::Failure, files::Source, keys::Trusted, status::Status,
};

/// The answer to one question.
pub(super) type Finding<'a> = Result<Found, Refusal<'a>>;

/// What was verified; the names of the fields are those of the JSON document.
#[derive(Debug, Serialize)]
pub(super) struct Found {
    whole: bool,
    covered: Covered,
    parts: usize,
    set: usize,
    signers: Vec<ShownKey>,
}

#[derive(Debug, Serialize)]
struct Covered {
    start: usize,
    end: usize,
}

#[derive(Debug, Serialize)]
struct ShownKey {
    key_id: String,
    public_key: String,
    file: String,
}

impl Found {
    pub(super) fn new(verified: &Verified<'_>, trusted: &Trusted<'_>) -> Self {
        let covered = verified.covered();
        let show = |key: &PublicKey| ShownKey {
            key_id: hexadecimal(key.key_id().as_bytes()),
            public_key: hexadecimal(key.as_ed25519()),
            file: trusted.file_of(key),
        };
        Self {
            whole: verified.is_whole(),
            covered: Covered {
                start: covered.start,
                end: covered.end,
            },
            parts: verified.parts(),
            set: verified.set(),
            signers: verified.keys().map(show).collect(),
        }
    }

    /// "the whole module: bytes 8 to 100, 1 part"
    pub(super) fn extent(&self) -> String {
        let extent = if self.whole {
            "the whole module"
        } else {
            "a part of the module"
        };
        let parts = match self.parts {
            1 => "1 part".to_owned(),
            parts => format!("{parts} parts"),
        };
        let Covered { start, end } = self.covered;
        format!("{extent}: bytes {start} to {end}, {parts}")
    }

    /// One line for each key that signed it.
    pub(super) fn signers(&self) -> impl Iterator<Item = String> {
        let line = |key: &ShownKey| format!("signed by {} ({})\n", key.key_id, key.file);
        self.signers.iter().map(line)
    }
}

/// Why nothing was verified, and which file is at fault.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal<'a> {
    pub(super) place: &'a Source,
    pub(super) error: Error,
}

impl<'a> Refusal<'a> {
    /// The file at fault is the one in which the byte of the error is.
    pub(super) fn of(error: Error, module: &'a Source, signature: Option<&'a Source>) -> Self {
        let is_about_signature = matches!(
            error.kind(),
            ErrorKind::UnknownKey
                | ErrorKind::BadSignature
                | ErrorKind::PartCountMismatch
                | ErrorKind::TooFewSigners
        );
        let place = match signature {
            Some(source) if is_about_signature => source,
            _ => module,
        };
        Self { place, error }
    }

    pub(super) fn failure(&self) -> Failure {
        let Self { place, error } = self;
        if error.kind() == ErrorKind::NotSigned {
            let remedy = "if the signature is in a file of its own, name it with `-S`";
            return Failure::new(Status::Refused, format!("{place}: {error}; {remedy}"));
        }
        Failure::refused(place, *error)
    }
}

impl Serialize for Refusal<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Refusal", 4)?;
        fields.serialize_field("file", &self.place.to_string())?;
        fields.serialize_field("offset", &self.error.offset())?;
        fields.serialize_field("kind", &format!("{:?}", self.error.kind()))?;
        fields.serialize_field("message", &self.error.kind().to_string())?;
        fields.end()
    }
}

/// A finding in a JSON document.
#[derive(Debug, Serialize)]
pub(super) struct Answer<'a> {
    verified: bool,
    #[serde(flatten)]
    found: Option<&'a Found>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<&'a Refusal<'a>>,
}

impl<'a> From<&'a Finding<'a>> for Answer<'a> {
    fn from(finding: &'a Finding<'a>) -> Self {
        Self {
            verified: finding.is_ok(),
            found: finding.as_ref().ok(),
            refusal: finding.as_ref().err(),
        }
    }
}
