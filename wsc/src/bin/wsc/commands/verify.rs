//! `verify`: whether a module is what the keys signed.

use wsc::{Keyring, Wanted};

use crate::{
    arguments::{Format, VerifyArguments},
    commands::{finding::Answer, signed::Signed, write_json},
    failure::Failure,
    files::Source,
    keys::Trusted,
    status::Status,
};

pub(super) fn run(arguments: &VerifyArguments, out: &mut Vec<u8>) -> Result<Status, Failure> {
    Source::check(
        arguments
            .public_keys
            .iter()
            .chain(arguments.signed.sources()),
    )?;
    let trusted = Trusted::read_first(&arguments.public_keys)?;
    let keyring = trusted
        .keys()
        .collect::<Keyring>()
        .require(arguments.require)
        .map_err(|_| threshold(arguments))?;
    let wants = arguments
        .splits
        .as_ref()
        .map(|wanted| |name: &str| wanted.is_match(name));
    let question = match &wants {
        None => Wanted::Whole,
        Some(wants) => Wanted::Parts(wants),
    };
    let signed = Signed::new(&arguments.signed)?;
    for finding in signed.verify(&trusted, &keyring, &[question])? {
        if arguments.format == Format::Json {
            write_json(&Answer::from(&finding), out)?;
        }
        let found = finding.map_err(|refusal| refusal.failure())?;
        if arguments.format == Format::Text {
            let extent = found.extent();
            out.extend_from_slice(format!("{}: verified, {extent}\n", signed.module).as_bytes());
            found
                .signers()
                .for_each(|line| out.extend_from_slice(line.as_bytes()));
        }
    }
    Ok(Status::Done)
}

fn threshold(arguments: &VerifyArguments) -> Failure {
    let required = arguments.require;
    let message = format!("--require {required}: from 1 to the number of different keys given");
    Failure::new(Status::WrongUsage, message)
}
