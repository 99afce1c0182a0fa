//! The frames of a page: how they are called, where they are, and their line of source.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{paths::Paths, source::Sources, table::Cell, texts::Texts};
use crate::{
    diff::Function,
    model::{Class, Frame, Profile, StringId},
};

pub(super) struct FrameRow {
    function: usize,
    same: usize,
    file: usize,
    source: usize,
    frame: Frame,
}

pub(super) const FRAMES: &[(&str, Cell<FrameRow>)] = &[
    ("function", |row| Some(row.function as u64)),
    ("same", |row| Some(row.same as u64)),
    ("file", |row| Some(row.file as u64)),
    ("line", |row| Some(row.frame.line.into())),
    ("class", |row| {
        Some(match row.frame.class {
            Class::Workspace => 0,
            Class::Dependency => 1,
            Class::Std => 2,
            Class::Guard | Class::Harness => 3,
            Class::System => 4,
            Class::Unknown => 5,
        })
    }),
    ("inlined", |row| Some(row.frame.inlined.into())),
    ("source", |row| Some(row.source as u64)),
];

pub(super) fn frames<'a>(
    profile: &'a Profile,
    texts: &mut Texts<'a>,
    sources: &Sources,
    paired: bool,
) -> Vec<FrameRow> {
    let mut wanted: BTreeMap<StringId, BTreeSet<u32>> = BTreeMap::new();
    for frame in profile.stacks.frames() {
        if frame.line > 0 && matches!(frame.class, Class::Workspace | Class::Dependency) {
            wanted.entry(frame.file).or_default().insert(frame.line);
        }
    }
    let lines: BTreeMap<StringId, BTreeMap<u32, String>> = wanted
        .iter()
        .map(|(file, wanted)| (*file, sources.lines(profile.strings.get(*file), wanted)))
        .collect();
    let paths = Paths::of(profile);
    let mut row = |frame: &Frame| {
        let line = lines
            .get(&frame.file)
            .and_then(|lines| lines.get(&frame.line));
        FrameRow {
            function: texts.number(name(profile, *frame)),
            same: texts.number(if paired {
                same(profile, *frame)
            } else {
                String::new()
            }),
            file: texts.number(paths.shorten(profile.strings.get(frame.file))),
            source: texts.number(line.cloned().unwrap_or_default()),
            frame: Frame {
                class: class(profile, *frame),
                ..*frame
            },
        }
    };
    profile.stacks.frames().iter().map(&mut row).collect()
}

/// What a function is called in any build.
fn same(profile: &Profile, frame: Frame) -> String {
    let function = Function::of(frame, &profile.strings);
    format!("{}\n{}", function.name, function.file)
}

/// The function's name, or in parentheses the module that it is in.
fn name(profile: &Profile, frame: Frame) -> Cow<'_, str> {
    match (
        profile.strings.get(frame.function),
        profile.strings.get(frame.module),
    ) {
        ("", "") => "".into(),
        ("", module) => format!("({module})").into(),
        (function, _) => function.into(),
    }
}

/// A function without a name, in another module than the program, is a library of the system's.
fn class(profile: &Profile, frame: Frame) -> Class {
    let module = profile.strings.get(frame.module);
    let foreign = !module.is_empty() && !profile.program.ends_with(module);
    if frame.class == Class::Unknown && frame.function == StringId::EMPTY && foreign {
        return Class::System;
    }
    frame.class
}
