//! `verify`: whether a module is what the keys signed.

use std::fmt::Write as _;

use wsc::{Keyring, Verified};

use crate::{
    arguments::VerifyArguments, commands::signed, failure::Failure, files::Source, keys::Trusted,
    status::Status,
};

pub(super) fn run(arguments: &VerifyArguments, out: &mut Vec<u8>) -> Result<Status, Failure> {
    let (input, signature) = (&arguments.input_file, arguments.signature_file.as_ref());
    let all = arguments.public_keys.iter().chain(signature).chain([input]);
    Source::check(all)?;
    let trusted = Trusted::read_first(&arguments.public_keys)?;
    let keyring = trusted
        .keys()
        .collect::<Keyring>()
        .require(arguments.require)
        .map_err(|_| {
            let keys = trusted.keys().count();
            let message = format!(
                "--require {}: from 1 to the number of keys, {keys}",
                arguments.require
            );
            Failure::new(Status::WrongUsage, message)
        })?;
    let bytes = input.read()?;
    let detached = signature.map(Source::read).transpose()?;
    let module = signed::parse(&bytes, detached.as_deref(), input, signature)?;
    let verified = match &arguments.splits {
        None => module.verify(&keyring),
        Some(wanted) => module.verify_parts(&keyring, |name| wanted.is_match(name)),
    };
    let verified = verified
        .map_err(|error| Failure::refused(signed::blamed(error, input, signature), error))?;
    out.extend_from_slice(describe(&verified, input, &trusted).as_bytes());
    Ok(Status::Done)
}

fn describe(verified: &Verified<'_>, input: &Source, trusted: &Trusted<'_>) -> String {
    let covered = verified.covered();
    let extent = if verified.is_whole() {
        "the whole module"
    } else {
        "a part of the module"
    };
    let parts = match verified.parts() {
        1 => "1 part".to_owned(),
        parts => format!("{parts} parts"),
    };
    let mut text = format!(
        "{input}: verified, {extent}: bytes {} to {}, {parts}\n",
        covered.start, covered.end
    );
    for key in verified.keys() {
        // Writing to a string does not fail.
        let _ = writeln!(text, "signed by {}", trusted.describe(key));
    }
    text
}
