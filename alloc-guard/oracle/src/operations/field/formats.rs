//! Serialization into buffers of the caller's, and out of them.

use std::hint::black_box;

use serde::{Deserialize, Serialize};

use super::super::Body;

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Reading<'a> {
    name: &'a str,
    values: [i32; 3],
    scale: f32,
    valid: Option<bool>,
}

const READING: Reading<'_> = Reading {
    name: "sensor one",
    values: [1, -200, 30_000],
    scale: 0.25,
    valid: Some(true),
};

const JSON: &[u8] = br#"{"name":"sensor one","values":[1,-200,30000],"scale":0.25,"valid":true}"#;

pub(super) fn json_core_to_slice() -> Body {
    Box::new(|| {
        let mut buffer = [0; 128];
        let written = serde_json_core::to_slice(black_box(&READING), &mut buffer);
        assert_eq!(written.map(|length| &buffer[..length]), Ok(JSON));
    })
}

pub(super) fn json_core_to_slice_no_room() -> Body {
    Box::new(|| {
        let written = serde_json_core::to_slice(black_box(&READING), &mut [0; 20]);
        assert!(written.is_err());
    })
}

pub(super) fn json_core_from_slice() -> Body {
    Box::new(|| {
        let read = serde_json_core::from_slice::<Reading<'_>>(black_box(JSON));
        assert_eq!(read, Ok((READING, JSON.len())));
    })
}

pub(super) fn json_core_from_slice_bad() -> Body {
    Box::new(|| {
        let json = black_box(br#"{"name":"sensor one","values":[1,2],"scale":0.25}"#);
        assert!(serde_json_core::from_slice::<Reading<'_>>(json).is_err());
        let json = black_box(br#"{"name":"sensor one","values":[1,2,3],"scale":0.25"#);
        assert!(serde_json_core::from_slice::<Reading<'_>>(json).is_err());
        let json = black_box(br#"{"name":"sensor one"}"#);
        assert!(serde_json_core::from_slice::<Reading<'_>>(json).is_err());
    })
}

/// An array of a text, a number and bytes; writes nothing past `buffer`.
fn write_cbor(buffer: &mut [u8]) -> bool {
    let mut encoder = minicbor::Encoder::new(minicbor::encode::write::Cursor::new(buffer));
    encoder
        .array(3)
        .and_then(|encoder| encoder.str(black_box("sensor one")))
        .and_then(|encoder| encoder.i64(black_box(-200)))
        .and_then(|encoder| encoder.bytes(black_box(&[1; 9])))
        .is_ok()
}

pub(super) fn minicbor_encode() -> Body {
    Box::new(|| assert!(write_cbor(&mut [0; 64])))
}

pub(super) fn minicbor_encode_no_room() -> Body {
    Box::new(|| assert!(!write_cbor(&mut [0; 16])))
}

pub(super) fn minicbor_decode() -> Body {
    let mut bytes = [0; 64];
    assert!(write_cbor(&mut bytes));
    Box::new(move || {
        let mut decoder = minicbor::Decoder::new(black_box(&bytes));
        assert_eq!(decoder.array().ok(), Some(Some(3)));
        assert_eq!(decoder.str().ok(), Some("sensor one"));
        assert_eq!(decoder.i64().ok(), Some(-200));
        assert_eq!(decoder.bytes().ok(), Some(&[1; 9][..]));
    })
}

pub(super) fn minicbor_decode_bad() -> Body {
    let mut bytes = [0; 64];
    assert!(write_cbor(&mut bytes));
    Box::new(move || {
        let mut decoder = minicbor::Decoder::new(black_box(&bytes[..8]));
        assert!(decoder.u8().is_err());
        decoder.set_position(1);
        assert!(decoder.str().is_err());
    })
}

pub(super) fn rmp_decode() -> Body {
    let mut bytes = Vec::new();
    assert!(rmp::encode::write_array_len(&mut bytes, 2).is_ok());
    assert!(rmp::encode::write_str(&mut bytes, "sensor one").is_ok());
    assert!(rmp::encode::write_sint(&mut bytes, -200).is_ok());
    Box::new(move || {
        let mut rest = black_box(&bytes[..]);
        assert_eq!(rmp::decode::read_array_len(&mut rest).ok(), Some(2));
        let mut buffer = [0; 16];
        let text = rmp::decode::read_str(&mut rest, &mut buffer);
        assert!(text.is_ok_and(|text| text == "sensor one"));
        assert_eq!(rmp::decode::read_int::<i32, _>(&mut rest).ok(), Some(-200));
    })
}

pub(super) fn rmp_decode_bad() -> Body {
    let mut bytes = Vec::new();
    assert!(rmp::encode::write_str(&mut bytes, "sensor one").is_ok());
    Box::new(move || {
        let mut rest = black_box(&bytes[..6]);
        assert!(rmp::decode::read_str(&mut rest, &mut [0; 16]).is_err());
        let mut rest = black_box(&bytes[..]);
        assert!(rmp::decode::read_u64(&mut rest).is_err());
        let mut rest = black_box(&bytes[..]);
        assert!(rmp::decode::read_str(&mut rest, &mut [0; 4]).is_err());
    })
}

pub(super) fn postcard_to_slice() -> Body {
    Box::new(|| {
        let mut buffer = [0; 64];
        assert!(postcard::to_slice(black_box(&READING), &mut buffer).is_ok());
    })
}

pub(super) fn postcard_from_bytes() -> Body {
    let mut bytes = [0; 64];
    assert!(postcard::to_slice(&READING, &mut bytes).is_ok());
    Box::new(move || {
        let read = postcard::from_bytes::<Reading<'_>>(black_box(&bytes));
        assert_eq!(read, Ok(READING));
    })
}

pub(super) fn postcard_from_bytes_bad() -> Body {
    Box::new(|| {
        let read = postcard::from_bytes::<Reading<'_>>(black_box(&[200, 1, 2]));
        assert!(read.is_err());
    })
}

const UUID: &str = "67e55044-10b1-426f-9247-bb680e5fe0c8";

pub(super) fn uuid_parse_and_encode() -> Body {
    Box::new(|| {
        let mut buffer = uuid::Uuid::encode_buffer();
        let parsed = uuid::Uuid::parse_str(black_box(UUID));
        assert!(parsed.is_ok_and(|uuid| uuid.hyphenated().encode_lower(&mut buffer) == UUID));
    })
}

pub(super) fn uuid_parse_bad() -> Body {
    Box::new(|| {
        assert!(uuid::Uuid::parse_str(black_box("67e55044-10b1-426f-9247-bb680e5fe0cg")).is_err());
    })
}

pub(super) fn semver_parse_release() -> Body {
    Box::new(|| assert!(semver::Version::parse(black_box("1.2.3-alpha.1")).is_ok()))
}

pub(super) fn semver_parse_long_pre_release() -> Body {
    Box::new(|| assert!(semver::Version::parse(black_box("1.2.3-candidate.1")).is_ok()))
}

pub(super) fn semver_parse_bad() -> Body {
    Box::new(|| assert!(semver::Version::parse(black_box("1.2.x")).is_err()))
}
