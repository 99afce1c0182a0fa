//! `verify-matrix`: for each part that may be wanted, the keys that signed it.

use serde::Serialize;
use wsc::{Keyring, Wanted};

use crate::{
    arguments::{Format, MatrixArguments},
    commands::{
        finding::{Answer, Finding},
        signed::Signed,
        write_json,
    },
    failure::Failure,
    files::Source,
    keys::Trusted,
    status::Status,
};

#[derive(Debug, Serialize)]
struct Document<'a> {
    verified: bool,
    rows: Vec<Row<'a>>,
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    /// The regular expression; none where the question is about the whole module.
    wanted: Option<&'a str>,
    #[serde(flatten)]
    answer: Answer<'a>,
}

/// All rows are printed; it is refused if one of them has no key.
pub(super) fn run(arguments: &MatrixArguments, out: &mut Vec<u8>) -> Result<Status, Failure> {
    Source::check(
        arguments
            .public_keys
            .iter()
            .chain(arguments.signed.sources()),
    )?;
    let trusted = Trusted::read_all(&arguments.public_keys)?;
    let keyring = trusted.keys().collect::<Keyring>();
    let splits = &arguments.splits;
    let wants: Vec<_> = splits
        .iter()
        .map(|wanted| |name: &str| wanted.is_match(name))
        .collect();
    let (mut questions, mut titles) = (Vec::new(), Vec::new());
    for (wants, wanted) in wants.iter().zip(splits) {
        questions.push(Wanted::Parts(wants));
        titles.push(Some(wanted.as_str()));
    }
    if questions.is_empty() {
        questions.push(Wanted::Whole);
        titles.push(None);
    }
    let signed = Signed::new(&arguments.signed)?;
    let findings = signed.verify(&trusted, &keyring, &questions)?;
    let verified = findings.iter().all(Result::is_ok);
    match arguments.format {
        Format::Text => {
            for (wanted, finding) in titles.iter().zip(&findings) {
                out.extend_from_slice(lines(wanted.as_deref(), finding).as_bytes());
            }
        }
        Format::Json => {
            let row = |(wanted, finding)| Row {
                wanted,
                answer: Answer::from(finding),
            };
            let rows = titles.into_iter().zip(&findings).map(row).collect();
            write_json(&Document { verified, rows }, out)?;
        }
    }
    Ok(if verified {
        Status::Done
    } else {
        Status::Refused
    })
}

fn lines(wanted: Option<&str>, finding: &Finding<'_>) -> String {
    let title = wanted.unwrap_or("the whole module");
    match finding {
        Ok(found) => {
            let signers = found.signers().map(|line| format!("  {line}"));
            format!("{title}: verified\n{}", signers.collect::<String>())
        }
        Err(refusal) => format!("{title}: refused: {}\n", refusal.failure()),
    }
}
