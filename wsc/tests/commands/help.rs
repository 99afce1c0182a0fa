//! The examples that `--help` gives: each of them does what it shows.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use crate::{COMMAND, folder};

/// What the examples call their files.
const FILES: [(&str, &str); 5] = [
    ("modules/lz4debug.wasm", "in.wasm"),
    ("keys/bob.sk", "bob.secret"),
    ("keys/bob.pk", "bob.key"),
    ("rekor/bundles/happy-path-v0.3.json", "bundle.json"),
    ("rekor/roots/public-good.json", "trusted_root.json"),
];

fn shell(folder: &Path, line: &str) -> Output {
    let programs = Path::new(COMMAND).parent().unwrap().display();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    Command::new("sh")
        .current_dir(folder)
        .env("PATH", path)
        .args(["-c", line])
        .output()
        .unwrap()
}

#[test]
fn the_examples_of_the_help_can_be_typed() {
    let folder = folder();
    let folder = folder.path();
    for (from, to) in FILES {
        fs::copy(folder.join(from), folder.join(to)).unwrap();
    }
    let mut run = 0;
    for command in ["", "sign", "split"] {
        let help = shell(folder, &format!("wsc {command} --help")).stdout;
        let help = String::from_utf8(help).unwrap();
        let examples = help.lines().filter(|line| line.starts_with("  wsc "));
        for example in examples {
            let output = shell(folder, example);
            assert_eq!(output.status.code(), Some(0), "{example}: {output:?}");
            run += 1;
        }
    }
    assert_eq!(run, 16);
}
