//! What files look like after a command: modes, pipes, and nothing left behind.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use wsc::Module;

use crate::{COMMAND, folder};

pub(crate) fn wsc(folder: &Path, line: &str, input: &[u8]) -> Output {
    let mut child = Command::new(COMMAND)
        .current_dir(folder)
        .args(line.split_whitespace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that ends early closes its input.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_module_goes_through_pipes() {
    let folder = folder();
    let module = fs::read(folder.path().join("modules/json.wasm")).unwrap();
    let signed = wsc(
        folder.path(),
        "sign -i - -o - -k keys/alice.sk -K keys/alice.pk",
        &module,
    );
    assert_eq!(signed.status.code(), Some(0), "{signed:?}");
    let verified = wsc(
        folder.path(),
        "verify -i - -K keys/alice.pk",
        &signed.stdout,
    );
    assert_eq!(verified.status.code(), Some(0), "{verified:?}");
}

#[test]
fn a_refused_module_leaves_the_output_as_it_was() {
    let folder = folder();
    let out = folder.path().join("out.wasm");
    fs::write(&out, "before").unwrap();
    let before = names(folder.path());
    let refused = wsc(
        folder.path(),
        "sign -i bad/bad-magic.wasm -o out.wasm -k keys/alice.sk",
        b"",
    );
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    assert_eq!(fs::read(&out).unwrap(), b"before");
    assert_eq!(names(folder.path()), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_a_closed_pipe_is_none() {
    let folder = folder();
    let show = |out: Stdio| {
        let mut command = Command::new(COMMAND);
        command
            .current_dir(folder.path())
            .args(["show", "-i", "signed/big.wasm"]);
        command.stdout(out).stderr(Stdio::piped()).output().unwrap()
    };
    let full = show(fs::File::create("/dev/full").unwrap().into());
    assert_eq!(full.status.code(), Some(2), "{full:?}");
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let closed = show(writer.into());
    assert_eq!(closed.status.code(), Some(0), "{closed:?}");
    assert!(closed.stderr.is_empty(), "{closed:?}");
}

#[test]
fn what_is_detached_and_attached_again_is_the_same_file() {
    let folder = folder();
    for line in [
        "detach -i signed/three.wasm -o bare.wasm -S three.sig",
        "attach -i bare.wasm -o again.wasm -S three.sig",
    ] {
        let output = wsc(folder.path(), line, b"");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    }
    let read = |name| fs::read(folder.path().join(name)).unwrap();
    assert!(read("again.wasm") == read("signed/three.wasm"));
    assert!(read("bare.wasm") == read("modules/json.wasm"));
}

#[test]
fn a_signature_file_that_cannot_be_written_leaves_no_module() {
    let folder = folder();
    let before = names(folder.path());
    let line = "detach -i signed/three.wasm -o bare.wasm -S no/such/three.sig";
    let output = wsc(folder.path(), line, b"");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let line = "detach -i signed/three.wasm -o no/such/bare.wasm -S three.sig";
    let output = wsc(folder.path(), line, b"");
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert_eq!(names(folder.path()), before);
}

#[cfg(target_os = "linux")]
#[test]
fn a_module_that_cannot_be_written_leaves_no_new_signature_file() {
    let folder = folder();
    let path = folder.path().join("three.sig");
    let line = "detach -i signed/three.wasm -o /dev/full -S three.sig";
    let full = || {
        let output = wsc(folder.path(), line, b"");
        assert_eq!(output.status.code(), Some(2), "{output:?}");
    };
    full();
    assert!(!path.exists());
    // What was there before is not taken away.
    fs::write(&path, "before").unwrap();
    full();
    assert!(path.exists());
}

#[test]
fn a_file_that_is_longer_than_any_secret_key_is_replaced() {
    let folder = folder();
    let path = folder.path().join("list");
    let line = fs::read(folder.path().join("keys/dora.ssh.pub")).unwrap();
    for (bytes, status) in [(65_535, 1), (65_536, 0), (70_000, 0)] {
        let mut list = line.clone();
        list.resize(bytes, b'\n');
        fs::write(&path, &list).unwrap();
        let command = "sign -i modules/json.wasm -o list -k keys/alice.sk";
        let output = wsc(folder.path(), command, b"");
        assert_eq!(output.status.code(), Some(status), "{bytes}: {output:?}");
        assert_eq!(fs::read(&path).unwrap() == list, status == 1, "{bytes}");
    }
}

#[test]
fn what_delimiters_hold_is_drawn_anew_for_each() {
    let folder = folder();
    let delimiters = || {
        let line = "split -i modules/lz4debug.wasm -o - -s ^\\.debug";
        let output = wsc(folder.path(), line, b"");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        let module = Module::parse(&output.stdout).unwrap();
        let delimiters = module.sections().iter();
        let delimiters = delimiters.filter(|section| section.name() == Some("signature_delimiter"));
        delimiters
            .map(|delimiter| delimiter.payload().to_vec())
            .collect::<Vec<_>>()
    };
    let drawn = [delimiters(), delimiters()].concat();
    let different: BTreeSet<_> = drawn.iter().collect();
    assert!(drawn.len() >= 4, "{drawn:02x?}");
    assert_eq!(different.len(), drawn.len(), "{drawn:02x?}");
}

#[test]
fn what_a_link_leads_to_is_replaced_and_the_link_stays() {
    let folder = folder();
    let (out, link) = (folder.path().join("out.wasm"), folder.path().join("link"));
    fs::write(&out, "before").unwrap();
    std::os::unix::fs::symlink("out.wasm", &link).unwrap();
    let command = "attach -i modules/json.wasm -S signed/detached.sig -o link";
    let output = wsc(folder.path(), command, b"");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    let attached = fs::read(folder.path().join("signed/single-kid.wasm")).unwrap();
    assert!(fs::read(&out).unwrap() == attached);
}

#[test]
fn a_wrong_key_shows_before_the_rest_of_the_module_comes() {
    let folder = folder();
    let mut child = Command::new(COMMAND)
        .current_dir(folder.path())
        .args(["verify", "-i", "-", "-K", "keys/mallory.pk"])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let module = fs::read(folder.path().join("signed/big.wasm")).unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(&module[..200]).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(1));
    // The rest could still come.
    drop(input);
}

#[test]
fn a_name_that_is_too_long_to_hold_is_refused() {
    let folder = folder();
    let name = vec![b'x'; 5 << 20];
    // Five bytes for each length: the section has the name and its length.
    let frame = [0, 0x85, 0x80, 0xc0, 0x82, 0, 0x80, 0x80, 0xc0, 0x82, 0];
    let module = [b"\0asm\x01\0\0\0", &frame[..], &name].concat();
    let output = wsc(folder.path(), "verify -i - -K keys/alice.pk", &module);
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.contains("buffer too small"), "{message}");
    assert!(
        message.ends_with("; this command has room for 4 MiB\n"),
        "{message}"
    );
    assert_eq!(output.status.code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_module_larger_than_memory_is_verified() {
    const MIB: usize = 1 << 20;
    let folder = folder();
    let limited = "ulimit -v 65536 && exec \"$0\" \"$@\"";
    let mut child = Command::new("sh")
        .current_dir(folder.path())
        .args(["-c", limited, COMMAND, "verify", "-i", "-"])
        .args(["-S", "signed/detached.sig", "-K", "keys/alice.pk"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    // A custom section of 96 MiB, which nobody signed: that shows at its end.
    let size = [0x81, 0x80, 0x80, 0x30];
    input.write_all(b"\0asm\x01\0\0\0\0").unwrap();
    input.write_all(&size).unwrap();
    for _ in 0..96 {
        input.write_all(&vec![0; MIB]).unwrap();
    }
    input.write_all(&[0]).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    let expected = "error: standard input: content differs from what was signed at byte 8\n";
    assert_eq!(
        (message.as_str(), output.status.code()),
        (expected, Some(1))
    );
}
