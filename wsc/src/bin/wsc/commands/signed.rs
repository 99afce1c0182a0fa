//! What all that verifies has in common: reading a signed module, and knowing which of two files is at fault.

use wsc::{Error, ErrorKind, SignatureData, SignedModule};

use crate::{failure::Failure, files::Source, status::Status};

/// Reads the module, and says which of the two files is at fault.
pub(super) fn parse<'a>(
    bytes: &'a [u8],
    detached: Option<&'a [u8]>,
    input: &Source,
    signature: Option<&Source>,
) -> Result<SignedModule<'a>, Failure> {
    let parsed = match (detached, signature) {
        (Some(payload), Some(source)) => {
            SignatureData::parse(payload).map_err(|error| Failure::refused(source, error))?;
            SignedModule::parse_detached(bytes, payload)
        }
        _ => SignedModule::parse(bytes),
    };
    parsed.map_err(|error| match error.kind() {
        ErrorKind::NotSigned => Failure::new(
            Status::Refused,
            format!(
                "{input}: {error}; if the signature is in a file of its own, name it with `-S`"
            ),
        ),
        _ => Failure::refused(input, error),
    })
}

/// The file in which the byte of the error is.
pub(super) fn blamed<'a>(
    error: Error,
    input: &'a Source,
    signature: Option<&'a Source>,
) -> &'a Source {
    let is_about_signature = matches!(
        error.kind(),
        ErrorKind::UnknownKey
            | ErrorKind::BadSignature
            | ErrorKind::PartCountMismatch
            | ErrorKind::TooFewSigners
    );
    match signature {
        Some(source) if is_about_signature => source,
        _ => input,
    }
}
