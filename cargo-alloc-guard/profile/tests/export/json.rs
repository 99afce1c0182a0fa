use alloc_guard_profile::{Profile, export};
use serde_json::{Value, json};

use crate::sample::{self, Expected};

fn write(profile: &Profile) -> (String, Value) {
    let mut out = Vec::new();
    export::json(profile, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let value = serde_json::from_str(&text).unwrap();
    (text, value)
}

fn sum(rows: &Value, field: &str) -> u64 {
    let rows = rows.as_array().unwrap();
    rows.iter().map(|row| row[field].as_u64().unwrap()).sum()
}

fn named<'a>(document: &'a Value, frame: &Value) -> &'a Value {
    &document["frames"][usize::try_from(frame.as_u64().unwrap()).unwrap()]
}

#[test]
fn the_totals_are_those_of_the_model_and_of_each_table() {
    let profile = sample::hostile();
    let expected = Expected::of(&profile);
    let (_, document) = write(&profile);
    for (field, expected) in [
        ("allocations", expected.allocations),
        ("bytes", expected.bytes),
        ("peak_blocks", expected.peak_blocks),
        ("peak_bytes", expected.peak_bytes),
        ("leaked_blocks", expected.leaked_blocks),
        ("leaked_bytes", expected.leaked_bytes),
        ("temporary", profile.totals().temporary.unwrap().count),
    ] {
        assert_eq!(document["totals"][field], expected, "{field}");
        assert_eq!(sum(&document["stacks"], field), expected, "{field}");
    }
    let rows = document["allocations"].as_array().unwrap();
    assert_eq!(rows.len() as u64, expected.allocations);
    assert_eq!(sum(&document["allocations"], "size"), expected.bytes);
    let live = |row: &&Value| row["end_ns"].is_null();
    assert_eq!(
        rows.iter().filter(live).count() as u64,
        expected.leaked_blocks
    );
}

#[test]
fn rows_name_each_other_by_their_places() {
    let (text, document) = write(&sample::hostile());
    let row = &document["allocations"][14];
    assert_eq!(
        *row,
        json!({
            "time_ns": 45_900_000, "end_ns": null, "size": 8, "stack": 3, "thread": 1,
            "operation": 0, "phase": "locked", "kind": "grow", "predecessor": 13, "weight": 1
        }),
        "{text}"
    );
    let stack = &document["stacks"][3];
    let names: Vec<_> = stack["frames"]
        .as_array()
        .unwrap()
        .iter()
        .map(|frame| &named(&document, frame)["function"])
        .collect();
    assert_eq!(names, ["", sample::HOSTILE[0], "main"]);
    assert_eq!(
        *named(&document, &stack["site"]),
        json!({
            "function": sample::HOSTILE[0], "file": "src/a file.rs", "line": 2, "column": 9,
            "module": "", "address": 0, "inlined": false, "class": "workspace"
        })
    );
    assert_eq!(document["threads"][1], json!({"id": 8, "name": "worker"}));
}

#[test]
fn each_row_of_a_table_has_a_line() {
    let (text, document) = write(&sample::hostile());
    for table in ["threads", "frames", "stacks", "allocations"] {
        for row in document[table].as_array().unwrap() {
            let first = row.as_object().unwrap().len();
            assert!(first > 0);
        }
    }
    let rows: usize = ["operations", "threads", "frames", "stacks", "allocations"]
        .iter()
        .map(|table| document[table].as_array().unwrap().len())
        .sum();
    assert_eq!(text.lines().count(), rows + 1);
}

#[test]
fn what_a_file_of_sums_does_not_say_is_null() {
    let (_, document) = write(&sample::sums());
    assert_eq!(document["allocations"], Value::Null);
    assert_eq!(document["totals"]["temporary"], Value::Null);
    assert_eq!(document["stacks"][0]["temporary_bytes"], Value::Null);
    assert_eq!(document["stacks"][0]["leaked_bytes"], 20);
    assert_eq!(document["started_unix_ms"], Value::Null);
    // 2^70, which no JSON reader's integer holds.
    assert!(document["stacks"][0]["lifetime"].is_number());
}
