//! Crates that most programs have.

use std::{collections::BTreeMap, hint::black_box, sync::LazyLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use indexmap::IndexMap;
use itertools::Itertools as _;
use regex::Regex;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use smallvec::SmallVec;
use url::Url;

const JSON: &str = r#"{
    "name": "allocator \"one\"", "sizes": [8, 16, 24, 1.5e3, -7], "live": true, "next": null,
    "nested": {"a": {"b": {"c": ["x", "y", {"z": []}]}}}, "text": "caf\u00e9 \n"
}"#;

const LOG: &str = "10:01 get /a 200\n10:02 put /b/c 404\n11:59 get /d?e=f 500\n";

const MANIFEST: &str = r#"
[package]
name = "one"
version = "1.2.3"

[dependencies]
serde = { version = "1", features = ["derive", "rc"] }
"#;

#[derive(Deserialize, Serialize)]
struct Record {
    name: String,
    sizes: Vec<f64>,
    live: bool,
    next: Option<Box<Record>>,
}

fn record() -> Record {
    let inner = Record {
        name: "inner".to_owned(),
        sizes: vec![0.5; 4],
        live: false,
        next: None,
    };
    Record {
        name: "outer \u{1}".to_owned(),
        sizes: (0..30).map(f64::from).collect(),
        live: true,
        next: Some(Box::new(inner)),
    }
}

pub(super) fn json_parse_value() {
    black_box(serde_json::from_str::<serde_json::Value>(black_box(JSON)).is_ok());
}

pub(super) fn json_parse_struct() {
    black_box(serde_json::from_str::<Record>(black_box(JSON)).is_ok());
}

pub(super) fn json_serialize() {
    black_box(serde_json::to_string(&record()).is_ok());
}

pub(super) fn json_serialize_pretty() {
    let value = serde_json::json!({"a": [1, 2, {"b": null}], "c": "d", "e": {"f": 1.25}});
    black_box(serde_json::to_vec_pretty(&value).is_ok());
}

pub(super) fn regex_compile() {
    black_box(Regex::new(black_box(r"(?i)^(\d{2}):(\d{2})\s+(get|put)\s+(\S+)")).is_ok());
}

/// Compiled once: what is left is the search.
static STATUS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\b[245]\d\d\b").ok());

pub(super) fn regex_find_all() {
    let found: Option<Vec<&str>> = STATUS.as_ref().map(|regex| {
        regex
            .find_iter(black_box(LOG))
            .map(|found| found.as_str())
            .collect()
    });
    black_box(found);
}

pub(super) fn regex_captures() {
    let Ok(regex) = Regex::new(black_box(r"(?m)^(?<time>\S+) (\w+) (?<path>\S+)")) else {
        return;
    };
    for captures in regex.captures_iter(black_box(LOG)) {
        black_box((captures.name("time"), captures.name("path")));
    }
}

pub(super) fn regex_replace_all() {
    let replaced = STATUS
        .as_ref()
        .map(|regex| regex.replace_all(black_box(LOG), "<$0>").into_owned());
    black_box(replaced);
}

pub(super) fn hashbrown_insert() {
    let mut map = hashbrown::HashMap::with_hasher(FxBuildHasher);
    for number in 0..black_box(300_u64) {
        map.insert(number, number.to_string());
    }
    map.retain(|number, _| number % 7 == 0);
    black_box(map);
}

pub(super) fn hashbrown_shrink() {
    let mut set = hashbrown::HashSet::with_capacity_and_hasher(black_box(900), FxBuildHasher);
    set.extend(0..black_box(9_u8));
    set.shrink_to_fit();
    set.clear();
    set.shrink_to_fit();
    black_box(set);
}

pub(super) fn hashbrown_clone() {
    let map: hashbrown::HashMap<u64, [u8; 5], FxBuildHasher> =
        (0..black_box(60)).map(|key| (key, [1; 5])).collect();
    black_box(map.clone());
}

pub(super) fn indexmap_insert_and_remove() {
    let mut map: IndexMap<String, u64, FxBuildHasher> = IndexMap::default();
    for number in 0..black_box(50_u64) {
        map.insert(format!("key {number}"), number);
    }
    map.shift_remove("key 7");
    map.swap_remove("key 30");
    map.sort_keys();
    map.shrink_to_fit();
    black_box(map);
}

pub(super) fn smallvec_inline() {
    let mut numbers: SmallVec<[u64; 8]> = SmallVec::new();
    numbers.extend(0..black_box(8));
    black_box(numbers);
}

pub(super) fn smallvec_spill() {
    let mut numbers: SmallVec<[u64; 8]> = SmallVec::new();
    for number in 0..black_box(40) {
        numbers.push(number);
    }
    black_box(numbers);
}

pub(super) fn smallvec_shrink() {
    let mut numbers: SmallVec<[u64; 4]> = SmallVec::new();
    numbers.extend(0..black_box(40));
    numbers.truncate(9);
    numbers.shrink_to_fit();
    numbers.truncate(2);
    numbers.shrink_to_fit();
    black_box(numbers);
}

pub(super) fn bytes_freeze_and_slice() {
    let mut buffer = BytesMut::with_capacity(black_box(10));
    buffer.put_slice(black_box(b"header "));
    buffer.put_u64(black_box(1));
    let frozen = buffer.freeze();
    let body = frozen.slice(7..);
    black_box((frozen, body.clone(), body));
    black_box(Bytes::copy_from_slice(black_box(b"copied")));
}

pub(super) fn bytes_reserve_and_split() {
    let mut buffer = BytesMut::new();
    for _ in 0..black_box(6) {
        buffer.reserve(100);
        buffer.put_bytes(7, 90);
        let mut part = buffer.split_to(60);
        part.advance(10);
        black_box(part);
    }
    black_box(buffer);
}

pub(super) fn itertools_sorted() {
    black_box(black_box([3, 1, 2]).iter().sorted().dedup().collect_vec());
}

pub(super) fn itertools_permutations() {
    black_box((0..black_box(4)).permutations(3).collect_vec());
}

pub(super) fn itertools_join() {
    black_box((0..black_box(30)).join(" + "));
}

pub(super) fn base64_round_trip() {
    let text = STANDARD.encode(black_box([0xA5_u8; 50]));
    black_box(STANDARD.decode(text).is_ok());
}

pub(super) fn hex_round_trip() {
    let text = hex::encode(black_box([0x5A_u8; 50]));
    black_box(hex::decode(text).is_ok());
}

pub(super) fn semver_parse() {
    let version = semver::Version::parse(black_box("1.2.3-release.candidate.4+build.20260101"));
    let wanted = semver::VersionReq::parse(black_box(">=1.2.0-alpha.beta.gamma, <2"));
    if let (Ok(version), Ok(wanted)) = (version, wanted) {
        black_box(wanted.matches(&version));
        black_box(version.to_string());
    }
}

pub(super) fn url_parse() {
    let Ok(url) = Url::parse(black_box(
        "https://user@ex\u{e4}mple.org:8443/a/../b c?d=e&f#g",
    )) else {
        return;
    };
    let pairs: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
    black_box(url.join("../other?x=y").is_ok());
    black_box(pairs);
}

pub(super) fn toml_parse() {
    black_box(black_box(MANIFEST).parse::<toml::Table>().is_ok());
}

pub(super) fn sha256_digest() {
    black_box(Sha256::digest(black_box([1_u8; 1_000])));
}
