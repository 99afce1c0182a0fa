//! Strings, paths and formatting.

use std::{
    ffi::{CString, OsString},
    hint::black_box,
    path::{Path, PathBuf},
};

const SENTENCE: &str = "the quick brown fox jumps over the lazy dog";

pub(super) fn string_push() {
    let mut text = String::new();
    for letter in black_box(SENTENCE).chars() {
        text.push(letter);
    }
    black_box(text);
}

pub(super) fn string_from_literal() {
    black_box(String::from(black_box(SENTENCE)));
}

pub(super) fn string_into_boxed_str() {
    let mut text = String::with_capacity(256);
    text.push_str(black_box(SENTENCE));
    black_box(text.into_boxed_str());
}

pub(super) fn string_replace() {
    black_box(black_box(SENTENCE).replace('o', "zero"));
}

pub(super) fn string_split_and_join() {
    let words: Vec<&str> = black_box(SENTENCE).split(' ').collect();
    black_box(words.join(", "));
}

pub(super) fn string_repeat() {
    black_box(black_box(SENTENCE).repeat(9));
}

pub(super) fn string_to_uppercase() {
    black_box(black_box("straße und größe").to_uppercase());
}

pub(super) fn string_from_utf8_lossy() {
    black_box(String::from_utf8_lossy(black_box(b"good \xff bad \xfe end")).into_owned());
}

pub(super) fn string_collect_chars() {
    let text: String = black_box(SENTENCE).chars().rev().collect();
    black_box(text);
}

pub(super) fn string_encode_utf16() {
    let units: Vec<u16> = black_box(SENTENCE).encode_utf16().collect();
    black_box(String::from_utf16_lossy(&units));
}

pub(super) fn string_leak() {
    black_box(String::from(black_box(SENTENCE)).leak());
}

pub(super) fn format_numbers() {
    let (whole, part) = black_box((1_234_567_u64, 0.125_f64));
    black_box(format!("{whole:>20} {part:.6} {whole:#x} {SENTENCE:?}"));
}

pub(super) fn path_join() {
    let mut path = PathBuf::new();
    for word in black_box(SENTENCE).split(' ') {
        path.push(word);
    }
    path.set_extension("txt");
    black_box(path);
}

pub(super) fn path_components() {
    let path = Path::new(black_box("/a/b/../c/./d.tar.gz"));
    let parts: Vec<_> = path.components().collect();
    black_box(path.with_file_name("e").to_string_lossy().into_owned());
    black_box(parts);
}

pub(super) fn c_string_new() {
    black_box(CString::new(black_box(SENTENCE)).is_ok());
}

pub(super) fn os_string_push() {
    let mut text = OsString::from(black_box(SENTENCE));
    text.push(black_box(SENTENCE));
    text.shrink_to_fit();
    black_box(text);
}

pub(super) fn parse_numbers() {
    let numbers: Result<Vec<u32>, _> = black_box("1,22,333,4444,x")
        .split(',')
        .map(str::parse::<u32>)
        .collect();
    black_box(numbers.is_err());
}
