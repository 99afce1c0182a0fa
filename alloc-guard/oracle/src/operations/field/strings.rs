//! Strings that are short, or shared.

use std::hint::black_box;

use compact_str::{CompactString, ToCompactString as _};
use smol_str::{SmolStr, SmolStrBuilder, ToSmolStr as _, format_smolstr};

use super::{super::Body, stock::Stock};

const SHORT: &str = "twenty-three bytes long";
const LONG: &str = "much longer than anything that would fit into a pointer or three";

pub(super) fn smol_str_new_inline() -> Body {
    Box::new(|| assert!(!SmolStr::new_inline(black_box(SHORT)).is_heap_allocated()))
}

pub(super) fn smol_str_new_static() -> Body {
    Box::new(|| assert!(!SmolStr::new_static(black_box(LONG)).is_heap_allocated()))
}

pub(super) fn smol_str_short() -> Body {
    Box::new(|| assert_eq!(SmolStr::new(black_box(SHORT)).len(), 23))
}

pub(super) fn smol_str_white_space() -> Body {
    let space = format!("{}{}", "\n".repeat(30), " ".repeat(100));
    Box::new(move || assert_eq!(SmolStr::new(black_box(&space)).len(), 130))
}

pub(super) fn smol_str_clone() -> Body {
    let long = SmolStr::new(LONG);
    assert!(long.is_heap_allocated());
    Box::new(move || drop(black_box(long.clone())))
}

pub(super) fn smol_str_format() -> Body {
    Box::new(|| {
        assert_eq!(
            format_smolstr!("{}-{:>4}", black_box(12), black_box(3)),
            "12-   3"
        );
    })
}

pub(super) fn smol_str_to_smol_str() -> Body {
    Box::new(|| assert_eq!(black_box(1.5_f64).to_smolstr(), "1.5"))
}

pub(super) fn smol_str_builder() -> Body {
    Box::new(|| {
        let mut builder = SmolStrBuilder::new();
        builder.push_str(black_box("twenty-three "));
        builder.push_str(black_box("bytes long"));
        assert_eq!(builder.finish(), SHORT);
    })
}

pub(super) fn compact_str_24_bytes() -> Body {
    Box::new(|| {
        let text = CompactString::new(black_box("exactly 24 bytes in here"));
        assert_eq!((text.len(), text.is_heap_allocated()), (24, false));
    })
}

pub(super) fn compact_str_push_inline() -> Body {
    Box::new(|| {
        let mut text = CompactString::new(black_box("exactly 24 "));
        text.push_str(black_box("bytes in here"));
        assert_eq!(text.clone().len(), 24);
    })
}

pub(super) fn compact_str_to_compact_string() -> Body {
    Box::new(|| {
        assert_eq!(black_box(u64::MAX).to_compact_string().len(), 20);
        assert_eq!(black_box(-1.25_f64).to_compact_string(), "-1.25");
        assert_eq!(black_box('\u{e9}').to_compact_string().len(), 2);
    })
}

pub(super) fn compact_str_from_string_buffer() -> Body {
    let mut strings = Stock::of(|| LONG.to_owned());
    let mut kept = Vec::with_capacity(64);
    Box::new(move || kept.push(CompactString::from_string_buffer(strings.take())))
}

pub(super) fn compact_str_const_new() -> Body {
    Box::new(|| assert!(!CompactString::const_new(black_box(LONG)).is_heap_allocated()))
}
