//! The JSON reader, beside `serde_json`, and on hostile input.

use serde_json::{Value, json};
use wsc::ErrorKind::{self, BadField, BadJson, JsonTooDeep};
use wsc::rekor::{LogEntry, MAX_JSON_DEPTH, TrustedRoot};

use crate::vectors::{BUNDLE_V1, ENTRY, ROOT_V1, in_bundle, read, with};

/// What is said of a value in a member that is not read. The entry has no members that must be there, so a sound value
/// leads to that error.
fn kind(value: &[u8]) -> ErrorKind {
    let json = [b"{\"other\": ", value, b"}"].concat();
    let entry = LogEntry::parse(&json).unwrap_err();
    let bundle = LogEntry::parse_bundle(&json).unwrap_err();
    let root = TrustedRoot::parse(&json).unwrap_err();
    assert_eq!((entry, entry), (bundle, root));
    entry.kind()
}

#[test]
fn json_is_what_serde_json_takes_for_json() {
    #[rustfmt::skip]
    let values = [
        "", " ", "null", "true", "false", "nul", "nulll", "True", "NaN", "Infinity", "undefined",
        "0", "-0", "00", "01", "-", "-1", "+1", "1.", ".5", "1.5", "1.5.5", "1e5", "1E+5", "1e-5", "1e", "1e+", "0x1", "1_000",
        "9223372036854775808", "18446744073709551616", "123456789012345678901234567890",
        "\"\"", "\"", "\"a", "'a'", "\"a\\\"b\"", "\"\\\\\"", "\"\\/\"", "\"\\b\\f\\n\\r\\t\"", "\"\\x\"", "\"\\\"", "\"\\u0041\"",
        "\"\\u00e9\"", "\"\\ud83d\\ude00\"", "\"\\uD83D\\uDE00\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\\ud83d\\u0041\"",
        "\"\\ud83d\\ud83d\"", "\"\\ud83d\\ue000\"", "\"\\ud83dx\"", "\"\\u004\"", "\"\\u+041\"", "\"\\u00é\"", "\"é\"", "\"\u{7f}\"", "\"\t\"", "\"\n\"", "\"\0\"",
        "[]", "[ ]", "[1]", "[1,]", "[,1]", "[1 2]", "[1,2", "[1]]", "[[[]]]", "[null, true, \"x\", {}]", "[ null , true\t, false\n]",
        "{}", "{ }", "{\"a\":1}", "{\"a\":1,}", "{\"a\"}", "{\"a\":}", "{a:1}", "{1:1}", "{\"a\" : 1 , \"b\" : [ ] }", "{\"a\":1 \"b\":2}", "{\"a\\u0062\":1}",
        "{", "}", "{\"a\":1", "// x", "1 // x", "/**/1", "\u{feff}1", "\u{a0}1", "\u{c}1",
    ];
    for value in values {
        let sound = serde_json::from_str::<Value>(value).is_ok();
        let expected = if sound { BadField } else { BadJson };
        assert_eq!(kind(value.as_bytes()), expected, "{value:?}");
    }
}

#[test]
fn damaged_files_are_json_where_serde_json_says_so() {
    for file in [ENTRY, ROOT_V1] {
        let good = read(file);
        let mut bad = good.clone();
        // Bodies and certificates are long, and one letter of base64 is like another.
        let places =
            (0..good.len()).filter(|at| !good[*at].is_ascii_alphanumeric() || at % 41 == 0);
        for at in places {
            for byte in [b'"', b'\\', b',', b'7', b'{', b']', 0xff, good[at] ^ 1] {
                bad[at] = byte;
                let sound = serde_json::from_slice::<Value>(&bad).is_ok();
                let json = [b"{\"other\": ", &bad[..], b"}"].concat();
                let found = LogEntry::parse(&json).unwrap_err();
                let expected = if sound { BadField } else { BadJson };
                assert_eq!(found.kind(), expected, "{file}: {byte} at {at}");
            }
            bad[at] = good[at];
        }
    }
}

#[test]
fn what_follows_the_value_is_an_error_at_its_byte() {
    let file = read(ROOT_V1);
    let end = file.len();
    let spaced = [&b" \r\n\t"[..], &file, b" \r\n\t"].concat();
    TrustedRoot::parse(&spaced).unwrap();
    for rest in [&b"x"[..], b"{}", b"\0", b","] {
        let error = TrustedRoot::parse(&[&file, rest].concat()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (BadJson, end));
    }
}

#[test]
fn bytes_that_are_not_utf8_are_an_error_at_the_first_one() {
    let error = LogEntry::parse(b"{\"a\": \"\xff\"}").unwrap_err();
    assert_eq!((error.kind(), error.offset()), (BadJson, 7));
}

#[test]
fn nesting_is_bounded() {
    // The object around it is one level.
    let nested = |open: &str, inner: &str, close: &str, depth: usize| {
        [open.repeat(depth), inner.into(), close.repeat(depth)]
            .concat()
            .into_bytes()
    };
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        assert_eq!(
            kind(&nested(open, "1", close, MAX_JSON_DEPTH - 1)),
            BadField
        );
        assert_eq!(kind(&nested(open, "1", close, MAX_JSON_DEPTH)), JsonTooDeep);
        let deep = nested(open, "1", close, MAX_JSON_DEPTH);
        let error = TrustedRoot::parse(&[b"{\"a\":", &deep[..], b"}"].concat()).unwrap_err();
        let offset = "{\"a\":".len() + (MAX_JSON_DEPTH - 1) * open.len();
        assert_eq!((error.kind(), error.offset()), (JsonTooDeep, offset));
        assert_eq!(kind(&nested(open, "", "", 1_000_000)), JsonTooDeep);
    }
}

#[test]
fn what_stands_side_by_side_is_not_nested() {
    for sibling in ["[]", "{}", "[{}]"] {
        let siblings = vec![sibling; 10 * MAX_JSON_DEPTH].join(",");
        assert_eq!(kind(format!("[{siblings}]").as_bytes()), BadField);
    }
}

#[test]
fn huge_numbers_are_numbers_where_nobody_reads_them() {
    let digits = "9".repeat(100_000);
    for number in [
        &*digits,
        "1e999999999999",
        &format!("-{digits}.{digits}e{digits}"),
    ] {
        assert_eq!(kind(number.as_bytes()), BadField);
    }
    // In members that are read, they are no better than other wrong values.
    for member in ["logIndex", "integratedTime", "integratedTimeUnix"] {
        let json = format!("{{\"{member}\": {digits}}}");
        let error = LogEntry::parse(json.as_bytes()).unwrap_err();
        assert_eq!((error.kind(), error.offset()), (BadField, member.len() + 5));
    }
}

#[test]
fn members_that_are_read_may_not_come_twice() {
    for member in ["body", "logIndex", "uuid"] {
        let file = String::from_utf8(read(ENTRY)).unwrap();
        let start = file.find(&format!("\"{member}\"")).unwrap();
        let line = file[start..].split_inclusive('\n').next().unwrap();
        let twice = format!("{{{line}{}", &file[1..]);
        let offset = start + 1 + line.len() + member.len() + 4 - 1;
        let error = LogEntry::parse(twice.as_bytes()).unwrap_err();
        assert_eq!(
            (error.kind(), error.offset()),
            (BadField, offset),
            "{member}"
        );
    }
}

#[test]
fn a_member_that_is_null_is_absent() {
    let file = String::from_utf8(read(ENTRY)).unwrap();
    let null = format!("{{\"body\": null, \"uuid\": null, {}", &file[1..]);
    LogEntry::parse(null.as_bytes()).unwrap();
}

#[test]
fn names_and_values_may_be_escaped() {
    let file = String::from_utf8(read(ENTRY)).unwrap();
    let escaped = file
        .replace("\"body\"", "\"\\u0062ody\"")
        .replace("\"eyJ", "\"\\u0065yJ");
    assert_ne!(escaped, file);
    LogEntry::parse(escaped.as_bytes()).unwrap();
}

#[test]
fn escapes_stand_for_what_serde_json_says() {
    let place = in_bundle("inclusionProof/checkpoint/envelope");
    let bundle = String::from_utf8(with(BUNDLE_V1, &place, "@")).unwrap();
    #[rustfmt::skip]
    let strings = [
        r#""""#, r#""plain""#, r#""a\"b\\c\/d\be\ff\ng\rh\ti""#, r#""\u0041\u00e9\u20AC\uffff""#, r#""\u0000""#,
        r#""\ud800\udc00""#, r#""\udbff\udfff""#, r#""\uD83D\uDE00\ud83d\ude01x""#, r#""\ud834\udd1e\\u0041""#,
    ];
    for string in strings {
        let bundle = bundle.replace("\"@\"", string);
        let entries = LogEntry::parse_bundle(bundle.as_bytes()).unwrap();
        let expected: String = serde_json::from_str(string).unwrap();
        assert_eq!(entries[0].checkpoint(), Some(&*expected), "{string}");
    }
}

#[test]
fn a_number_may_begin_with_any_digit() {
    for digit in 0..10 {
        for number in [json!(digit), json!(digit.to_string())] {
            LogEntry::parse(&with(ENTRY, "/logIndex", number)).unwrap();
        }
    }
}
