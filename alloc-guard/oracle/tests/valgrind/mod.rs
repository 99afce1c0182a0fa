//! Owns the programs' runs under valgrind.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use alloc_guard_oracle::{Attributed, DhatProfile};

/// Set where valgrind has to be there, so that the proof cannot get lost unseen.
const REQUIRE: &str = "ALLOC_GUARD_REQUIRE_VALGRIND";

/// Whether valgrind is installed.
pub(crate) fn valgrind_is_here() -> bool {
    let here = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !here {
        assert!(
            std::env::var_os(REQUIRE).is_none_or(|value| value != "1"),
            "{REQUIRE}=1, but valgrind is not on PATH"
        );
        // Past the capture of libtest, which would hide it in a test that passes.
        let _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            b"\nNOT CHECKED AGAINST VALGRIND: it is not on PATH; the counts were compared with the crate dhat only\n\n",
        );
    }
    here
}

/// Runs a program that makes each operation so often. Returns DHAT's profile, and the list of calls.
pub(crate) fn run(program: &str, directory: &Path, rounds: u32) -> (Attributed, String) {
    let profile = directory.join("profile.json");
    let trace = directory.join("trace.txt");
    let output = Command::new("valgrind")
        .args(["--tool=dhat", "--num-callers=500", "--trace-malloc=yes"])
        .arg(format!("--dhat-out-file={}", profile.display()))
        .arg(format!("--log-file={}", trace.display()))
        .arg(program)
        .arg(rounds.to_string())
        .output()
        .unwrap();
    let trace = fs::read_to_string(trace).unwrap();
    assert!(output.status.success(), "{output:?}\n{trace}");
    let profile = DhatProfile::read(&fs::read(profile).unwrap()).unwrap();
    (profile.attribute().unwrap(), trace)
}
