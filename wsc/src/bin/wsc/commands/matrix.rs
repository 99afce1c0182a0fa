//! `verify-matrix`: for each part that may be wanted, the keys that signed it.

use regex_lite::Regex;
use wsc::Keyring;

use crate::{
    arguments::MatrixArguments, commands::signed, failure::Failure, files::Source, keys::Trusted,
    status::Status,
};

/// All rows are printed; it is refused if one of them has no key.
pub(super) fn run(arguments: &MatrixArguments, out: &mut Vec<u8>) -> Result<Status, Failure> {
    let (input, signature) = (&arguments.input_file, arguments.signature_file.as_ref());
    let all = arguments.public_keys.iter().chain(signature).chain([input]);
    Source::check(all)?;
    let trusted = Trusted::read_all(&arguments.public_keys)?;
    let keyring = trusted.keys().collect::<Keyring>();
    let bytes = input.read()?;
    let detached = signature.map(Source::read).transpose()?;
    let module = signed::parse(&bytes, detached.as_deref(), input, signature)?;
    let mut rows: Vec<Option<&Regex>> = arguments.splits.iter().map(Some).collect();
    if rows.is_empty() {
        rows.push(None);
    }
    let mut status = Status::Done;
    let mut text = String::new();
    for row in rows {
        let (title, verdict) = match row {
            None => ("the whole module", module.verify(&keyring)),
            Some(wanted) => {
                let verdict = module.verify_parts(&keyring, |name| wanted.is_match(name));
                (wanted.as_str(), verdict)
            }
        };
        match verdict {
            Ok(verified) => {
                text.push_str(&format!("{title}: verified\n"));
                for key in verified.keys() {
                    text.push_str(&format!("  signed by {}\n", trusted.describe(key)));
                }
            }
            Err(error) => {
                status = Status::Refused;
                let place = signed::blamed(error, input, signature);
                text.push_str(&format!("{title}: refused: {place}: {error}\n"));
            }
        }
    }
    out.extend_from_slice(text.as_bytes());
    Ok(status)
}
