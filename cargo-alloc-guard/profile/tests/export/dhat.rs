use std::{fs, path::Path, process::Command};

use alloc_guard_profile::{Origin, Profile, Sums, export, read};
use serde_json::Value;

use crate::{
    sample::{self, Expected},
    tool,
};

/// Where valgrind's package has its viewer.
const VIEWER: &str = "/usr/libexec/valgrind/dh_view.js";

/// Runs the viewer's own check of a file and building of its tree, and says what is at the root.
const READ: &str = r"
const fs = require('fs'), vm = require('vm');
// What the page is asked for on the way: a title, and a menu of one entry.
const context = vm.createContext({ document: {}, menu: { childNodes: [{}], selectedIndex: 0 } });
vm.runInContext(fs.readFileSync(process.argv[1], 'utf8'), context);
context.text = fs.readFileSync(process.argv[2], 'utf8');
const root = vm.runInContext('gData = JSON.parse(text); gSelect = menu; buildTree(); gRoot', context);
const leaves = node => node._kids ? node._kids.reduce((sum, kid) => sum + leaves(kid), 0) : 1;
console.log(JSON.stringify([root._totalBlocks, root._totalBytes, root._atTGmaxBlocks,
    root._atTGmaxBytes, root._atTEndBlocks, root._atTEndBytes, leaves(root)]));
";

fn write(profile: &Profile) -> String {
    let mut out = Vec::new();
    export::dhat(profile, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn view(file: &Path) -> Vec<u64> {
    let output = Command::new("node")
        .args(["-e", READ, VIEWER])
        .arg(file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn valgrinds_viewer_finds_the_same_totals() {
    if !Path::new(VIEWER).exists() {
        tool::is_spared("dh_view");
        return;
    }
    if !tool::is_here("node", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for profile in [sample::hostile(), sample::sums(), sample::regressed()] {
        let file = folder.path().join("dhat.out.json");
        fs::write(&file, write(&profile)).unwrap();
        let expected = Expected::of(&profile);
        let sums = profile.stack_sums();
        let stacks = sums.iter().filter(|sums| **sums != Sums::default()).count();
        assert_eq!(
            view(&file),
            [
                expected.allocations,
                expected.bytes,
                expected.peak_blocks,
                expected.peak_bytes,
                expected.leaked_blocks,
                expected.leaked_bytes,
                stacks as u64,
            ]
        );
    }
}

#[test]
fn frames_are_written_as_importers_take_them_apart() {
    let document: Value = serde_json::from_str(&write(&sample::hostile())).unwrap();
    let frames = document["ftbl"].as_array().unwrap();
    assert_eq!(frames[0], "[root]");
    assert_eq!(frames[1], "no stack");
    assert_eq!(frames[2], "0x1: ??? (in lib <c>.so)");
    assert_eq!(frames[3], "0xAB: ??? (in ???)");
    assert_eq!(frames[4], "0x3: main (src/a file.rs:1:9)");
    assert_eq!(
        frames[9],
        "0x8: two\r\nlines\tand a tab (src/a file.rs:2:9)"
    );
    assert_eq!(document["pps"][0]["fs"], serde_json::json!([1]));
    assert_eq!(document["pps"][2]["fs"], serde_json::json!([5, 4]));
}

#[test]
fn times_and_the_most_of_each_stack_are_the_models() {
    let profile = sample::hostile();
    let document: Value = serde_json::from_str(&write(&profile)).unwrap();
    assert_eq!(document["te"], 250_000_000);
    assert_eq!(document["tg"], profile.totals().peak_ns.unwrap());
    let sums = profile.stack_sums();
    let points = document["pps"].as_array().unwrap();
    let mut reached = 0;
    for (sums, point) in sums
        .iter()
        .filter(|sums| **sums != Sums::default())
        .zip(points)
    {
        assert_eq!(
            point["tl"].as_u64().unwrap(),
            u64::try_from(sums.lifetime).unwrap()
        );
        let most = point["mb"].as_u64().unwrap();
        assert!(most >= sums.at_peak.bytes && most >= sums.leaked.bytes);
        assert!(most <= sums.allocations.bytes);
        // A temporary block, and at most one more.
        reached += u64::from(most > sums.at_peak.bytes.max(sums.leaked.bytes));
    }
    assert!(reached > 5, "{reached}");
    // By hand: of the stack without frames, 0 bytes, then 1 beside it, which became 1.
    assert_eq!(
        (&points[0]["mb"], &points[0]["mbk"]),
        (&1.into(), &2.into())
    );
}

#[test]
fn our_own_reader_finds_the_same_totals_and_frames_and_whose_they_are() {
    let profile = sample::regressed();
    let again = read(write(&profile).as_bytes()).unwrap();
    assert_eq!(again.origin, Origin::Dhat);
    assert_eq!(Expected::of(&again), Expected::of(&profile));
    let functions = |profile: &Profile| {
        let mut functions: Vec<_> = profile
            .function_sums()
            .into_iter()
            .filter(|sums| sums.key.function.index() > 0 && sums.inclusive != Sums::default())
            .map(|sums| {
                let class = sums.class;
                let [name, file] = [sums.key.function, sums.key.file];
                let [name, file] = [name, file].map(|text| profile.strings.get(text).to_owned());
                let Sums {
                    allocations,
                    at_peak,
                    leaked,
                    lifetime,
                    ..
                } = sums.inclusive;
                (name, file, class, [allocations, at_peak, leaked], lifetime)
            })
            .collect();
        functions.sort();
        functions
    };
    assert!(functions(&profile).len() > 50);
    let (read, written) = (functions(&again), functions(&profile));
    let differ: Vec<_> = read
        .iter()
        .zip(&written)
        .filter(|(read, written)| read != written)
        .collect();
    assert!(
        differ.is_empty() && read.len() == written.len(),
        "{differ:#?}"
    );
    assert_eq!(again.duration_ns, profile.duration_ns);
}
