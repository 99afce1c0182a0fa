//! Searching text, and parsing it.

use std::hint::black_box;

use httparse::{EMPTY_HEADER, Request, Response};
use memchr::memmem::Finder;
use regex::Regex;
use unicode_width::UnicodeWidthStr as _;

use super::super::Body;

const LOG: &str = "10:01 get /a 200\n10:02 put /b/c 404\n11:59 get /d?e=f 500\n";

const REQUEST: &[u8] =
    b"GET /search?q=heap HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\nCookie: a=b\r\n\r\n";

pub(super) fn memchr_hit() -> Body {
    Box::new(|| assert_eq!(memchr::memchr(b'4', black_box(LOG.as_bytes())), Some(32)))
}

pub(super) fn memchr_miss() -> Body {
    Box::new(|| {
        assert_eq!(
            memchr::memchr3(b'x', b'y', b'z', black_box(LOG.as_bytes())),
            None
        );
    })
}

pub(super) fn memmem_find_all() -> Body {
    Box::new(|| {
        let finder = Finder::new(black_box("get"));
        assert_eq!(finder.find_iter(black_box(LOG.as_bytes())).count(), 2);
    })
}

pub(super) fn unicode_width() -> Body {
    Box::new(|| assert_eq!(black_box("caf\u{e9} \u{65e5}\u{672c}\u{1f600}").width(), 11))
}

pub(super) fn httparse_request() -> Body {
    Box::new(|| {
        let mut headers = [EMPTY_HEADER; 8];
        let parsed = Request::new(&mut headers).parse(black_box(REQUEST));
        assert!(parsed.is_ok_and(|status| status.is_complete()));
    })
}

pub(super) fn httparse_half_a_request() -> Body {
    Box::new(|| {
        let mut headers = [EMPTY_HEADER; 8];
        let parsed = Request::new(&mut headers).parse(black_box(&REQUEST[..40]));
        assert!(parsed.is_ok_and(|status| status.is_partial()));
    })
}

pub(super) fn httparse_too_many_headers() -> Body {
    Box::new(|| {
        let mut headers = [EMPTY_HEADER; 2];
        let parsed = Request::new(&mut headers).parse(black_box(REQUEST));
        assert_eq!(parsed, Err(httparse::Error::TooManyHeaders));
    })
}

pub(super) fn httparse_bad_response() -> Body {
    Box::new(|| {
        let mut headers = [EMPTY_HEADER; 8];
        let parsed = Response::new(&mut headers).parse(black_box(b"HTTP/1.1 abc\r\n\r\n"));
        assert_eq!(parsed, Err(httparse::Error::Status));
    })
}

fn key_and_value(input: &str) -> nom::IResult<&str, (&str, &str)> {
    use nom::{
        Parser as _,
        bytes::complete::{tag, take_while1},
        character::complete::alpha1,
        sequence::separated_pair,
    };
    let value = take_while1(|letter: char| letter.is_ascii_digit());
    separated_pair(alpha1, tag("="), value).parse(input)
}

pub(super) fn nom_parse() -> Body {
    Box::new(|| {
        assert_eq!(
            key_and_value(black_box("size=64;")),
            Ok((";", ("size", "64")))
        );
    })
}

pub(super) fn nom_parse_bad() -> Body {
    Box::new(|| assert!(key_and_value(black_box("size:64;")).is_err()))
}

fn status() -> Regex {
    Regex::new(r"\b([245])\d\d\b").expect("the pattern is right")
}

pub(super) fn regex_is_match() -> Body {
    let status = status();
    Box::new(move || assert!(status.is_match(black_box(LOG))))
}

pub(super) fn regex_no_match() -> Body {
    let status = status();
    Box::new(move || assert!(status.find(black_box("10:01 get /a 99")).is_none()))
}

pub(super) fn regex_captures_read() -> Body {
    let status = status();
    let mut locations = status.capture_locations();
    Box::new(move || {
        assert!(
            status
                .captures_read(&mut locations, black_box(LOG))
                .is_some()
        );
        assert_eq!(locations.get(1), Some((13, 14)));
    })
}
