//! The checks of the manifest on which the two are known to differ, by name, and all others, on which they agree: among
//! them the lengths before records, and records of unknown algorithms. When wasmsign2 mends one, the test says so.
//! What the two write differently is in `padding.rs`, and beside what they write alike.

use serde_json::Value;

use crate::manifest::{Verdict, checks, expected, has, text};
use crate::workshop::{Ours, Theirs, Workshop};

use Verdict::{Accept, Reject};

/// Check, what wasmsign2 0.2.8 says, what we say, and what wasmsign2 does there. What we say is held by
/// `tests/commands`.
const VERIFY: [(&str, Verdict, Verdict, &str); 14] = [
    (
        "siglen-63-beside",
        Reject,
        Accept,
        "an Ed25519 record of a wrong length spoils the good one beside it",
    ),
    (
        "size-over-32-bits",
        Accept,
        Reject,
        "bits of a size above the 32nd are dropped",
    ),
    (
        "hashes-64-unrelated",
        Accept,
        Reject,
        "the final hash may stand anywhere in a list of any length",
    ),
    (
        "payload-trailing",
        Accept,
        Reject,
        "bytes behind the last signature are not looked at",
    ),
    (
        "record-trailing-zero",
        Accept,
        Reject,
        "bytes behind a signature in its record are not looked at",
    ),
    (
        "count-padded",
        Accept,
        Reject,
        "integers of the signature may be padded",
    ),
    (
        "later-name-not-utf8",
        Accept,
        Reject,
        "the whole is hashed without reading its sections",
    ),
    (
        "garbage-content",
        Accept,
        Reject,
        "the whole is hashed without reading its sections",
    ),
    (
        "split-cut-at-delimiter",
        Accept,
        Reject,
        "the final hash may stand anywhere in the list, so a file that was cut passes",
    ),
    (
        "split-appended",
        Accept,
        Reject,
        "sections behind the last delimiter are not compared",
    ),
    (
        "nosplit-subset-changed",
        Accept,
        Reject,
        "without delimiters, nothing is compared",
    ),
    (
        "size-reencoded-subset",
        Accept,
        Reject,
        "padding added to a size is not seen when a part is verified",
    ),
    (
        "ed-small-order-r",
        Accept,
        Reject,
        "an R of small order is taken",
    ),
    (
        "ed-small-order-key",
        Accept,
        Reject,
        "a public key of small order is taken",
    ),
];

/// Checks of `verify_matrix`: the keys that wasmsign2 0.2.8 names, and we do not.
const MATRIX: [(&str, &[&str], &str); 2] = [
    (
        "matrix-changed",
        &["alice"],
        "without delimiters, nothing is compared",
    ),
    (
        "matrix-flip-code",
        &["alice"],
        "without delimiters, nothing is compared",
    ),
];

/// Where wasmsign2 0.2.8 runs out of memory, because it reserves what a length claims.
#[cfg(target_os = "linux")]
const OUT_OF_MEMORY: [&str; 5] = [
    "size-ffffffff",
    "name-len-huge",
    "set-len-huge",
    "sig-len-huge",
    "kid-len-huge",
];

/// The line of a check, for either tool.
fn line(check: &Value) -> String {
    let mut line = format!("{} -i {}", text(check, "op"), text(check, "module"));
    for (field, option) in [("signature", "-S"), ("split", "-s")] {
        if has(check, field) {
            line += &format!(" {option} {}", text(check, field));
        }
    }
    if has(check, "key_format") {
        line += " -Z";
    }
    line
}

fn verify_line(check: &Value) -> String {
    format!("{} -K {}", line(check), text(check, "public_key"))
}

#[test]
fn the_verdicts_differ_where_it_is_known_and_nowhere_else() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let mut found = Vec::new();
    for check in checks() {
        if text(&check, "op") != "verify" {
            continue;
        }
        let output = workshop.run(Theirs, &verify_line(&check));
        let theirs = if output.status.success() {
            Accept
        } else {
            Reject
        };
        let ours = expected(&check);
        if theirs != ours {
            found.push((text(&check, "id").to_owned(), theirs, ours));
        }
    }
    let known = VERIFY.map(|(id, theirs, ours, _)| (id.to_owned(), theirs, ours));
    assert_eq!(found, known, "check, wasmsign2's verdict, ours");
}

#[test]
fn a_matrix_differs_where_it_is_known_and_nowhere_else() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let mut found = Vec::new();
    for check in checks() {
        if text(&check, "op") != "verify_matrix" {
            continue;
        }
        let keys: Vec<String> = serde_json::from_value(check["public_keys"].clone()).unwrap();
        let keys_line = format!("{} -K {}", line(&check), keys.join(" "));
        let [ours, theirs] = [Ours, Theirs].map(|tool| workshop.matrix(tool, &keys_line));
        if ours != theirs {
            assert!(ours.is_empty(), "{}: {ours:?}", check["id"]);
            found.push((text(&check, "id").to_owned(), theirs));
        }
    }
    let known = MATRIX.map(|(id, theirs, _)| (id.to_owned(), theirs.to_vec()));
    assert_eq!(found, known);
}

#[test]
fn the_exit_status_of_a_matrix_is_a_verdict_only_with_us() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let line = "verify_matrix -i bad/split-changed-wanted-part.wasm -s ^notes -K keys/alice.pk";
    for tool in [Ours, Theirs] {
        assert_eq!(workshop.matrix(tool, line), [""; 0]);
    }
    workshop.refuses(Ours, line);
    workshop.does(Theirs, line);
}

#[cfg(target_os = "linux")]
#[test]
fn a_claimed_size_costs_memory_only_with_wasmsign2() {
    let Some(workshop) = Workshop::open() else {
        return;
    };
    let mut aborted = Vec::new();
    for check in checks() {
        if !has(&check, "tags") || check["tags"][0] != "resource" {
            continue;
        }
        let line = verify_line(&check);
        let ours = workshop.run_in_little_memory(Ours, &line);
        assert_eq!(ours.status.code(), Some(1), "{}: {ours:?}", check["id"]);
        // Killed by a signal, its own.
        let theirs = workshop.run_in_little_memory(Theirs, &line);
        if theirs.status.code().is_none() {
            aborted.push(text(&check, "id").to_owned());
        }
    }
    assert_eq!(aborted, OUT_OF_MEMORY);
}
