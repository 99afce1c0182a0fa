//! The text of a checkpoint: what is one, at which byte it is not, and whose signature counts.

use serde_json::Value;
use wsc::ErrorKind::{self, BadCheckpoint, BadCheckpointSignature, NoCheckpointSignature};
use wsc::rekor::Checkpoint;

use crate::vectors::{BUNDLE_V1, BUNDLE_V2, ROOT_V1, ROOT_V2, in_bundle, json, root};

const ROOT_HASH: &str = "rs1YPY0ydAV0lxgfrq5pE4oRpUJwo3syeps5+eGUTDI=";

fn text(bundle: &str) -> String {
    let place = in_bundle("inclusionProof/checkpoint/envelope");
    let text = json(bundle)
        .pointer(&place)
        .and_then(Value::as_str)
        .map(str::to_owned);
    text.unwrap()
}

#[test]
fn a_checkpoint_is_read() {
    let text = text(BUNDLE_V1);
    let checkpoint = Checkpoint::parse(&text).unwrap();
    assert_eq!(
        checkpoint.origin(),
        "rekor.sigstore.dev - 2605736670972794746"
    );
    assert_eq!(checkpoint.tree().size, 23_083_062);
    assert_eq!(checkpoint.tree().root[..4], [0x75, 0xab, 0xa1, 0x95]);
    let root = root(ROOT_V1);
    let verified = checkpoint.verify(root.logs().next().unwrap()).unwrap();
    assert_eq!(verified.tree_id(), Some(2_605_736_670_972_794_746));
    assert_eq!(verified.log().name(), "rekor.sigstore.dev");
}

#[test]
fn what_is_no_checkpoint_is_refused_where_it_is_not_one() {
    let note = format!("origin\n7\n{ROOT_HASH}\n");
    let line = "— name AAAAAAA=\n";
    let start = note.len() + 1;
    #[rustfmt::skip]
    let table = [
        ("empty",                String::new(),                                                0),
        ("no empty line",        note.clone(),                                                 note.len()),
        ("no origin",            format!("\n7\n{ROOT_HASH}\n\n{line}"),                        0),
        ("origin only",          format!("origin\n\n{line}"),                                  6),
        ("no size",              format!("origin\n{ROOT_HASH}\n\n{line}"),                     7),
        ("no root",              format!("origin\n7\n\n{line}"),                               8),
        ("size with sign",       format!("origin\n+7\n{ROOT_HASH}\n\n{line}"),                 7),
        ("size with zero",       format!("origin\n07\n{ROOT_HASH}\n\n{line}"),                 7),
        ("size of 65 bits",      format!("origin\n18446744073709551616\n{ROOT_HASH}\n\n{line}"), 7),
        ("root too short",       format!("origin\n7\n{}\n\n{line}", &ROOT_HASH[4..]),          9),
        ("root too long",        format!("origin\n7\nAAAA{ROOT_HASH}\n\n{line}"),              9),
        ("root with loose bits", format!("origin\n7\n{}J=\n\n{line}", &ROOT_HASH[..42]),       9),
        ("empty line inside",    format!("{note}\nmore\n\n{line}"),                            note.len()),
        ("carriage return",      format!("{note}more\r\n\n{line}"),                            note.len() + 4),
        ("no dash",              format!("{note}\n- name AAAAAAA=\n"),                         start),
        ("no name",              format!("{note}\n—  AAAAAAA=\n"),                             start),
        ("name with plus",       format!("{note}\n— na+me AAAAAAA=\n"),                        start),
        ("name with space",      format!("{note}\n— na\u{a0}me AAAAAAA=\n"),                   start),
        ("no signature",         format!("{note}\n— name\n"),                                  start),
        ("no base64",            format!("{note}\n— name AAAAAAA\n"),                          start),
        ("not in the alphabet",  format!("{note}\n— name A*AAAAAAAAA=\n"),                      start),
        ("second line",          format!("{note}\n{line}— name AAAAAAA\n"),                    start + line.len()),
        ("no last line feed",    format!("{note}\n{}", line.trim_end()),                       start),
    ];
    for (name, text, offset) in table {
        let error = Checkpoint::parse(&text).unwrap_err();
        assert_eq!(
            (error.kind(), error.offset()),
            (BadCheckpoint, offset),
            "{name}"
        );
    }
}

#[test]
fn every_prefix_of_a_checkpoint_is_refused() {
    let (text, root) = (text(BUNDLE_V2), root(ROOT_V2));
    let log = root
        .logs()
        .find(|log| log.name().starts_with("log2025"))
        .unwrap();
    // The line of the witness comes second, and may be missing.
    let end = text.find("\u{2014} witness").unwrap();
    for len in (0..text.len()).filter(|len| *len != end && text.is_char_boundary(*len)) {
        let refused = Checkpoint::parse(&text[..len]).is_err();
        assert!(
            refused
                || Checkpoint::parse(&text[..len])
                    .unwrap()
                    .verify(log)
                    .is_err()
        );
    }
}

#[test]
fn the_line_of_the_log_counts_wherever_it_stands() {
    let text = text(BUNDLE_V2);
    let (note, lines) = text.split_at(text.find("\u{2014} ").unwrap());
    let (log_line, witness) = lines.split_at(lines[3..].find('\u{2014}').unwrap() + 3);
    let name = "log2025-alpha1.rekor.sigstage.dev";
    let flipped = log_line.replace("8w1amdbj", "8w1amdbk");
    let renamed = log_line.replace(name, "log2025-alpha1");
    let hint = log_line.replace("8w1amd", "9w1amd");
    let short = format!("\u{2014} {name} 8w1a\n");
    let longer = log_line.replace("OG9A8=", "OG9A8AAAAA");
    let ecdsa = log_line.replace("8w1amdbj", &format!("8w1amd{}bj", "A".repeat(200)));
    #[rustfmt::skip]
    let table: [(&str, &[&str], Result<(), ErrorKind>); 14] = [
        ("alone",                 &[log_line],                   Ok(())),
        ("first",                 &[log_line, witness],          Ok(())),
        ("last",                  &[witness, witness, log_line], Ok(())),
        ("none",                  &[],                           Err(NoCheckpointSignature)),
        ("of others",             &[witness],                    Err(NoCheckpointSignature)),
        ("by another name",       &[&renamed],                   Err(NoCheckpointSignature)),
        ("with another hint",     &[&hint],                      Err(NoCheckpointSignature)),
        ("without a whole hint",  &[&short],                     Err(NoCheckpointSignature)),
        ("short and whole",       &[&short, log_line],           Ok(())),
        ("another name and it",   &[&renamed, &hint, log_line],  Ok(())),
        ("damaged",               &[&flipped],                   Err(BadCheckpointSignature)),
        ("damaged before it",     &[&flipped, log_line],         Err(BadCheckpointSignature)),
        ("longer",                &[&longer],                    Err(BadCheckpointSignature)),
        ("longer than any",       &[&ecdsa],                     Err(BadCheckpointSignature)),
    ];
    let root = root(ROOT_V2);
    let log = root.logs().find(|log| log.name() == name).unwrap();
    for (case, lines, verdict) in table {
        let text = format!("{note}{}", lines.concat());
        let checkpoint = Checkpoint::parse(&text).unwrap();
        let found = checkpoint
            .verify(log)
            .map(|_| ())
            .map_err(|error| error.kind());
        assert_eq!(found, verdict, "{case}");
    }
}

#[test]
fn the_origin_must_be_that_of_the_log() {
    for (bundle, root_file, origins) in [
        (
            BUNDLE_V1,
            ROOT_V1,
            [
                "rekor.sigstore.dev",
                "rekor.sigstore.dev - x",
                "other.dev - 7",
            ],
        ),
        (
            BUNDLE_V2,
            ROOT_V2,
            [
                "other.dev",
                "log2025-alpha1.rekor.sigstage.dev - 7",
                "log2025",
            ],
        ),
    ] {
        let (text, root) = (text(bundle), root(root_file));
        let log = root.logs().last().unwrap();
        let (_, rest) = text.split_once('\n').unwrap();
        for origin in origins {
            let text = format!("{origin}\n{rest}");
            let error = Checkpoint::parse(&text).unwrap().verify(log).unwrap_err();
            assert_eq!(
                (error.kind(), error.offset()),
                (BadCheckpoint, 0),
                "{origin}"
            );
        }
    }
}
