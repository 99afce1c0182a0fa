//! Every check of the outside vectors, by the exit status of the command and by the files it writes.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

use crate::{
    COMMAND,
    manifest::{Verdict, checks, expected, has, path, read, text},
};

/// Checks whose key file holds no key that can be used: nothing was verified, which is no refusal.
const UNUSABLE_KEYS: [&str; 8] = [
    "ed-small-order-key",
    "ed-identity-key",
    "key-32-bytes",
    "key-34-bytes",
    "key-unknown-type-byte",
    "key-secret-key-type-byte",
    "key-empty",
    "key-not-a-point",
];

/// Runs the command where the vectors are.
fn wsc(arguments: &[&str]) -> Output {
    finish(Command::new(COMMAND).args(arguments))
}

/// The same with 256 MiB of memory, for files that claim more.
fn wsc_in_little_memory(arguments: &[&str]) -> Output {
    if !cfg!(target_os = "linux") {
        return wsc(arguments);
    }
    let limited = "ulimit -v 262144 && exec \"$0\" \"$@\"";
    finish(
        Command::new("sh")
            .args(["-c", limited, COMMAND])
            .args(arguments),
    )
}

fn finish(command: &mut Command) -> Output {
    command.current_dir(path("")).output().unwrap()
}

fn checks_of(op: &str, count: usize) -> Vec<Value> {
    let mut checks = checks();
    checks.retain(|check| text(check, "op") == op);
    assert_eq!(checks.len(), count);
    checks
}

/// The options that a check gives to all that verifies.
fn options(check: &Value) -> Vec<&str> {
    let mut options = vec!["-i", text(check, "module")];
    for (field, option) in [("signature", "-S"), ("split", "-s")] {
        if has(check, field) {
            options.extend([option, text(check, field)]);
        }
    }
    if has(check, "key_format") {
        options.push("-Z");
    }
    options
}

#[test]
fn verify_exits_with_the_strict_verdict() {
    let mut wrong = Vec::new();
    let mut unusable = Vec::new();
    for check in checks_of("verify", 162) {
        let id = text(&check, "id").to_owned();
        let mut arguments = vec!["verify", "-K", text(&check, "public_key")];
        arguments.extend(options(&check));
        let output = if has(&check, "tags") {
            wsc_in_little_memory(&arguments)
        } else {
            wsc(&arguments)
        };
        let status = output.status.code();
        match (expected(&check), status) {
            (Verdict::Accept, Some(0)) => {}
            (Verdict::Reject, Some(1)) if output.stdout.is_empty() => {}
            (Verdict::Reject, Some(2)) if output.stdout.is_empty() => unusable.push(id),
            _ => wrong.push(format!("{id}: {output:?}")),
        }
    }
    assert_eq!(wrong, [""; 0]);
    assert_eq!(unusable, UNUSABLE_KEYS);
}

#[test]
fn verify_matrix_prints_the_keys_of_the_manifest() {
    for check in checks_of("verify_matrix", 7) {
        let keys: Vec<String> = serde_json::from_value(check["public_keys"].clone()).unwrap();
        let mut arguments = vec!["verify-matrix"];
        arguments.extend(options(&check));
        arguments.push("-K");
        arguments.extend(keys.iter().map(String::as_str));
        let output = wsc(&arguments);
        let printed = String::from_utf8(output.stdout).unwrap();
        let names: Vec<_> = printed
            .lines()
            .filter_map(|line| line.split_once("(keys/")?.1.strip_suffix(".pk)"))
            .collect();
        let valid: Vec<String> = serde_json::from_value(check["strict_valid"].clone()).unwrap();
        assert_eq!(names, valid, "{}", check["id"]);
        let status = i32::from(valid.is_empty());
        assert_eq!(output.status.code(), Some(status), "{}", check["id"]);
    }
}

/// Runs a check that writes files, and compares them; a refused one writes none.
fn write(check: &Value, folder: &Path, arguments: &[&str], has_signature: bool) {
    let (module, signature) = (folder.join("out.wasm"), folder.join("out.sig"));
    let mut arguments = arguments.to_vec();
    arguments.extend(["-i", text(check, "module"), "-o", module.to_str().unwrap()]);
    if has_signature {
        arguments.extend(["-S", signature.to_str().unwrap()]);
    }
    let output = wsc(&arguments);
    assert!(output.stdout.is_empty(), "{output:?}");
    if has(check, "strict") {
        assert_eq!(text(check, "strict"), "reject");
        assert_eq!(output.status.code(), Some(1), "{}", check["id"]);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0, "{}", check["id"]);
        return;
    }
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let same = |written: &Path, field| fs::read(written).unwrap() == read(text(check, field));
    assert!(same(&module, "output"), "{}", check["id"]);
    if has_signature {
        assert!(same(&signature, "signature_output"), "{}", check["id"]);
    }
}

#[test]
fn sign_writes_the_files_of_the_manifest() {
    for check in checks_of("sign", 7) {
        let folder = tempfile::tempdir().unwrap();
        let secret = text(&check, "secret_key");
        let public = match secret.strip_suffix(".sk") {
            Some(name) => format!("{name}.pk"),
            None => format!("{secret}.pub"),
        };
        let mut arguments = vec!["sign", "-k", secret];
        if has(&check, "key_id") {
            arguments.extend(["-K", &public]);
        }
        let is_detached = has(&check, "signature_output");
        write(&check, folder.path(), &arguments, is_detached);
    }
}

#[test]
fn detach_writes_the_files_of_the_manifest() {
    for check in checks_of("detach", 2) {
        let folder = tempfile::tempdir().unwrap();
        write(&check, folder.path(), &["detach"], true);
    }
}

#[test]
fn attach_writes_the_files_of_the_manifest() {
    for check in checks_of("attach", 2) {
        let folder = tempfile::tempdir().unwrap();
        let arguments = ["attach", "-S", text(&check, "signature")];
        write(&check, folder.path(), &arguments, false);
    }
}

#[test]
fn rekor_verify_exits_with_the_verdict_on_the_entry() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/rekor/vectors");
    let manifest = fs::read(folder.join("manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let checks = manifest["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 19);
    for check in checks {
        let output = Command::new(COMMAND)
            .current_dir(&folder)
            .args(["rekor", "verify", "-i", text(check, "file")])
            .args(["-r", text(check, "trusted_root")])
            .output()
            .unwrap();
        let status = match text(check, "log_verdict") {
            "accept" => 0,
            "reject" => 1,
            other => panic!("unknown verdict {other}"),
        };
        assert_eq!(output.status.code(), Some(status), "{output:?}");
        assert_eq!(output.stdout.is_empty(), status == 1, "{output:?}");
    }
}
