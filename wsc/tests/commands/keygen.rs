//! Keys that are made: who may read them, and which other programs can.

use std::{
    fs,
    io::Write as _,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    files::{names, wsc},
    folder,
};

const FORMATS: [&str; 4] = ["raw", "der", "pem", "openssh"];

/// Makes `s.key` and `p.key` in a new folder.
fn keygen(format: &str) -> tempfile::TempDir {
    let folder = folder();
    let line = format!("keygen -k s.key -K p.key --key-format {format}");
    let output = wsc(folder.path(), &line, b"");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    folder
}

#[test]
fn a_secret_key_is_its_owner_s_and_others_may_read_the_public_one() {
    for format in FORMATS {
        let folder = keygen(format);
        let mode = |name| {
            let path = folder.path().join(name);
            fs::metadata(path).unwrap().permissions().mode() & 0o777
        };
        assert_eq!(mode("s.key"), 0o600, "{format}");
        assert_eq!(mode("p.key") & 0o400, 0o400, "{format}");
    }
}

#[test]
fn what_a_key_of_any_format_signs_its_public_key_verifies() {
    for format in FORMATS {
        let folder = keygen(format);
        for line in [
            "sign -i modules/json.wasm -o x.wasm -k s.key -K p.key",
            "verify -i x.wasm -K p.key",
        ] {
            let output = wsc(folder.path(), line, b"");
            assert_eq!(output.status.code(), Some(0), "{format}: {output:?}");
        }
    }
}

#[test]
fn raw_is_what_is_written_unless_told_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let output = wsc(folder.path(), "keygen -k s.key -K p.key", b"");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let read = |name| fs::read(folder.path().join(name)).unwrap();
    assert_eq!((read("s.key")[0], read("s.key").len()), (0x81, 65));
    assert_eq!((read("p.key")[0], read("p.key").len()), (0x01, 33));
}

#[test]
fn each_key_is_another_one() {
    let keys = [keygen("raw"), keygen("raw")];
    let [one, other] = keys.map(|folder| fs::read(folder.path().join("s.key")).unwrap());
    assert_ne!(one[1..33], other[1..33]);
}

#[test]
fn a_key_that_goes_to_standard_output_goes_there_alone() {
    for (line, first, bytes) in [
        ("keygen -k - -K p.key", 0x81, 65),
        ("keygen -k s.key -K -", 0x01, 33),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let output = wsc(folder.path(), line, b"");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let key = output.stdout;
        assert_eq!((key[0], key.len()), (first, bytes), "{line}");
    }
}

#[test]
fn a_link_that_leads_nowhere_is_not_overwritten_by_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("nowhere", &link).unwrap();
    for line in ["keygen -k link -K p.key", "keygen -k s.key -K link"] {
        let refused = wsc(folder.path(), line, b"");
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        let message = String::from_utf8(refused.stderr).unwrap();
        let remedy = "exists, and keys are never overwritten: choose another name\n";
        assert!(message.ends_with(remedy), "{message}");
        assert_eq!(names(folder.path()), ["link"]);
        assert!(link.is_symlink());
    }
}

#[test]
fn keys_are_never_overwritten_and_no_half_of_a_pair_is_left() {
    let folder = tempfile::tempdir().unwrap();
    for (present, line) in [
        ("s.key", "keygen -k s.key -K p.key"),
        ("p.key", "keygen -k s.key -K p.key"),
    ] {
        let path = folder.path().join(present);
        fs::write(&path, "mine").unwrap();
        let refused = wsc(folder.path(), line, b"");
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert_eq!(fs::read(&path).unwrap(), b"mine");
        assert_eq!(names(folder.path()), [present]);
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn nothing_else_overwrites_a_key_either() {
    for format in FORMATS {
        let folder = keygen(format);
        for key in ["s.key", "p.key"] {
            let path = folder.path().join(key);
            let before = fs::read(&path).unwrap();
            let line = format!("sign -i modules/json.wasm -o {key} -k s.key");
            let refused = wsc(folder.path(), &line, b"");
            assert_eq!(refused.status.code(), Some(1), "{refused:?}");
            assert_eq!(fs::read(&path).unwrap(), before);
        }
    }
}

#[test]
fn an_encrypted_key_is_a_key() {
    for name in ["encrypted.pem", "encrypted.ssh"] {
        let folder = folder();
        let path = folder.path().join(name);
        let key = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/keys")
            .join(name);
        fs::copy(&key, &path).unwrap();
        let line = format!("sign -i modules/json.wasm -o {name} -k keys/alice.sk");
        let refused = wsc(folder.path(), &line, b"");
        assert_eq!(refused.status.code(), Some(1), "{refused:?}");
        assert_eq!(fs::read(&path).unwrap(), fs::read(&key).unwrap());
        // That signs only once it is decrypted.
        let line = format!("sign -i modules/json.wasm -o x.wasm -k {name}");
        let unusable = wsc(folder.path(), &line, b"");
        assert_eq!(unusable.status.code(), Some(2), "{unusable:?}");
        let message = String::from_utf8(unusable.stderr).unwrap();
        let remedy = "; decrypt it first, an OpenSSH key with `ssh-keygen -p`\n";
        assert!(message.ends_with(remedy), "{message}");
    }
}

/// Whether a program is there. `ALLOC_GUARD_REQUIRE_OPENSSL=1` and `ALLOC_GUARD_REQUIRE_SSH_KEYGEN=1` say that it has
/// to be, so that the proof cannot get lost unseen.
fn is_here(program: &str) -> bool {
    let started = Command::new(program)
        .arg("-?")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if started.is_err() {
        let require = program.replace('-', "_").to_uppercase();
        let require = format!("ALLOC_GUARD_REQUIRE_{require}");
        let required = std::env::var_os(&require).is_some_and(|value| value == "1");
        assert!(!required, "{require}=1, but {program} is not on PATH");
        // Past the capture of libtest, which would hide it in a test that passes.
        let message = format!("\nNOT READ BY ANOTHER PROGRAM: {program} is not on PATH\n\n");
        let _ = std::io::stderr().write_all(message.as_bytes());
    }
    started.is_ok()
}

/// What another program makes of the files.
fn run(folder: &Path, program: &str, line: &str) -> Vec<u8> {
    let mut command = Command::new(program);
    command.current_dir(folder).args(line.split_whitespace());
    let output = command.output().unwrap();
    assert!(output.status.success(), "{program} {line}: {output:?}");
    output.stdout
}

#[test]
fn openssl_reads_der_and_pem() {
    if !is_here("openssl") {
        return;
    }
    for form in ["der", "pem"] {
        let folder = keygen(form);
        let read = |name| fs::read(folder.path().join(name)).unwrap();
        let run = |line: &str| {
            let line = format!("pkey -inform {form} -outform {form} {line}");
            run(folder.path(), "openssl", &line)
        };
        assert_eq!(run("-in s.key"), read("s.key"), "{form}");
        assert_eq!(run("-in s.key -pubout"), read("p.key"), "{form}");
        assert_eq!(run("-pubin -in p.key -pubout"), read("p.key"), "{form}");
    }
}

#[test]
fn ssh_keygen_reads_openssh() {
    if !is_here("ssh-keygen") {
        return;
    }
    let folder = keygen("openssh");
    let public = fs::read(folder.path().join("p.key")).unwrap();
    assert_eq!(run(folder.path(), "ssh-keygen", "-y -f s.key"), public);
    let listed = run(folder.path(), "ssh-keygen", "-l -f p.key");
    let listed = String::from_utf8(listed).unwrap();
    assert!(listed.trim_end().ends_with("(ED25519)"), "{listed}");
}
