//! Owns what a frame is called where there is room for one text.

use std::{borrow::Cow, io};

use crate::model::{Frame, Profile};

/// What the frame of a call is called that was recorded without its stack.
pub(super) const NO_STACK: &str = "no stack";

/// The function's name, or whatever is known of one without.
pub(super) fn name(profile: &Profile, frame: Frame) -> Cow<'_, str> {
    let module = profile.strings.get(frame.module);
    match (profile.strings.get(frame.function), frame.address, module) {
        ("", 0, "") => "unknown".into(),
        ("", 0, module) => format!("unknown in {module}").into(),
        ("", address, "") => format!("{address:#x}").into(),
        ("", address, module) => format!("{address:#x} in {module}").into(),
        (function, ..) => function.into(),
    }
}

/// The frame's address where it is known; elsewhere its number tells it from others.
pub(super) fn address(index: usize, frame: Frame) -> u64 {
    match frame.address {
        0 => index as u64 + 1,
        address => address,
    }
}

/// Text for a form that knows lines and no escapes.
pub(super) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        text.replace(char::is_control, " ").into()
    } else {
        text.into()
    }
}

/// The error for what a form cannot express.
pub(super) fn unsupported(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::Unsupported, why)
}
