use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use alloc_guard_profile::{Profile, export};
use serde_json::{Value, json};

use crate::{sample, tool};

fn write(profile: &Profile) -> String {
    let mut out = Vec::new();
    export::speedscope(profile, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The page of the npm package `speedscope`, whose program is on PATH.
fn page() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let program = std::env::split_paths(&folders)
        .map(|folder| folder.join("speedscope"))
        .find_map(|program| program.canonicalize().ok())?;
    let page = program.parent()?.join("../dist/release/index.html");
    page.canonicalize().ok()
}

/// The texts of speedscope's page with a profile loaded, in order.
fn show(page: &Path, profile: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("profile.js");
    let text = serde_json::to_string(profile).unwrap();
    // As the program itself hands a file over.
    let load = format!(
        "const bytes = new TextEncoder().encode({text});\n\
         speedscope.loadFileFromBase64('profile.json', btoa(String.fromCharCode(...bytes)));"
    );
    fs::write(&script, load).unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
        .args([
            "--allow-file-access-from-files",
            "--virtual-time-budget=20000",
        ])
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .arg(format!(
            "file://{}#localProfilePath={}&view=sandwich",
            page.display(),
            script.display()
        ))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    texts(&String::from_utf8(output.stdout).unwrap())
}

/// What stands between tags.
fn texts(document: &str) -> Vec<String> {
    let text = |piece: &str| {
        let (_, text) = piece.split_once('>')?;
        let text = text
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&");
        (!text.trim().is_empty()).then(|| text.trim().to_owned())
    };
    document.split('<').filter_map(text).collect()
}

#[test]
fn speedscope_finds_the_same_totals_and_names() {
    let Some(page) = page() else {
        tool::is_spared("speedscope");
        return;
    };
    if !tool::is_here("chromium", "--version") {
        return;
    }
    let profile = sample::hostile();
    let totals = profile.totals();
    let texts = show(&page, &write(&profile));
    for (name, total) in [
        ("bytes", format!("{} B", totals.allocations.bytes)),
        ("allocations", totals.allocations.count.to_string()),
        ("peak", format!("{} B", totals.peak.bytes)),
        ("leaked", format!("{} B", totals.leaked.bytes)),
        (
            "temporary allocations",
            totals.temporary.unwrap().count.to_string(),
        ),
    ] {
        let is_listed = texts.windows(2).any(|pair| pair == [name, &total]);
        assert!(is_listed, "{name} {total} in {texts:?}");
    }
    for name in ["main", "no stack", "unknown in lib <c>.so"]
        .iter()
        .chain(&sample::HOSTILE)
    {
        // The page breaks lines as HTML does.
        let is_named = texts
            .iter()
            .any(|text| text.split_whitespace().eq(name.split_whitespace()));
        assert!(is_named, "{name} in {texts:?}");
    }
}

#[test]
fn samples_and_weights_belong_together_and_add_up() {
    let document: Value = serde_json::from_str(&write(&sample::hostile())).unwrap();
    let frames = document["shared"]["frames"].as_array().unwrap().len();
    for profile in document["profiles"].as_array().unwrap() {
        let samples = profile["samples"].as_array().unwrap();
        let weights = profile["weights"].as_array().unwrap();
        assert_eq!(samples.len(), weights.len());
        let sum: u64 = weights.iter().map(|weight| weight.as_u64().unwrap()).sum();
        assert_eq!(profile["endValue"], sum);
        let mut named = samples.iter().flat_map(|sample| sample.as_array().unwrap());
        assert!(named.all(|frame| frame.as_u64().unwrap() < frames as u64));
    }
    // Outermost first: `main`, and what it called.
    assert_eq!(document["profiles"][1]["samples"][2], json!([2, 3]));
    assert_eq!(
        document["shared"]["frames"][3],
        json!({"name": sample::HOSTILE[0], "file": "src/a file.rs", "line": 2, "col": 9})
    );
    assert_eq!(document["shared"]["frames"][1], json!({"name": "0xab"}));
}

#[test]
fn what_there_is_none_of_is_left_out() {
    for (profile, expected) in [
        (
            sample::sums(),
            &["bytes", "allocations", "peak", "leaked"][..],
        ),
        (Profile::default(), &["bytes"]),
    ] {
        let document: Value = serde_json::from_str(&write(&profile)).unwrap();
        let profiles = document["profiles"].as_array().unwrap();
        let names: Vec<_> = profiles.iter().map(|profile| &profile["name"]).collect();
        assert_eq!(names, expected);
    }
}
