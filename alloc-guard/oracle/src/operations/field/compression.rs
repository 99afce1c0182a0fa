//! Compression between buffers of the caller's.

use std::hint::black_box;

use lz4_flex::block::{
    CompressTable, compress_into, compress_into_with_table, decompress_into,
    get_maximum_output_size,
};
use miniz_oxide::inflate::{
    TINFLStatus,
    core::{DecompressorOxide, decompress, inflate_flags},
    decompress_slice_iter_to_slice,
};

use super::super::Body;

/// Text with repetitions, of so many bytes.
fn text(bytes: usize) -> Vec<u8> {
    (0..bytes)
        .map(|index| b"allocation "[index * index % 11])
        .collect()
}

/// "a" 100 times, as zlib has it.
const ZLIB: &[u8] = &[
    0x78, 0x9c, 0x4b, 0x4c, 0xa4, 0x3d, 0x00, 0x00, 0x7a, 0x47, 0x25, 0xe5,
];

pub(super) fn lz4_compress_with_table() -> Body {
    let input = text(10_000);
    let mut output = vec![0; get_maximum_output_size(input.len())];
    let mut table = CompressTable::small();
    Box::new(move || {
        let written = compress_into_with_table(black_box(&input), &mut output, &mut table);
        assert!(written.is_ok_and(|written| written < 10_000));
    })
}

pub(super) fn lz4_compress_with_table_no_room() -> Body {
    let input = text(10_000);
    let mut table = CompressTable::small();
    Box::new(move || {
        let written = compress_into_with_table(black_box(&input), &mut [0; 20], &mut table);
        assert!(written.is_err());
    })
}

pub(super) fn lz4_compress_into() -> Body {
    let input = text(10_000);
    let mut output = vec![0; get_maximum_output_size(input.len())];
    Box::new(move || {
        let written = compress_into(black_box(&input), &mut output);
        assert!(written.is_ok_and(|written| written < 10_000));
    })
}

pub(super) fn lz4_decompress_into() -> Body {
    let compressed = lz4_flex::block::compress(&text(10_000));
    let mut output = vec![0; 10_000];
    Box::new(move || {
        let written = decompress_into(black_box(&compressed), &mut output);
        assert_eq!(written.ok(), Some(10_000));
    })
}

pub(super) fn lz4_decompress_into_no_room() -> Body {
    let compressed = lz4_flex::block::compress(&text(10_000));
    let mut output = vec![0; 9_000];
    Box::new(move || assert!(decompress_into(black_box(&compressed), &mut output).is_err()))
}

pub(super) fn miniz_decompress() -> Body {
    let mut decompressor = DecompressorOxide::new();
    Box::new(move || {
        decompressor.init();
        let mut output = [0; 100];
        let flags = inflate_flags::TINFL_FLAG_PARSE_ZLIB_HEADER
            | inflate_flags::TINFL_FLAG_USING_NON_WRAPPING_OUTPUT_BUF;
        let (status, _, written) =
            decompress(&mut decompressor, black_box(ZLIB), &mut output, 0, flags);
        assert_eq!((status, written), (TINFLStatus::Done, 100));
        assert_eq!(output, [b'a'; 100]);
    })
}

pub(super) fn miniz_decompress_damaged() -> Body {
    Box::new(|| {
        let parts = black_box([&ZLIB[..3], &[0xFF; 9]]);
        let written = decompress_slice_iter_to_slice(&mut [0; 100], parts.into_iter(), true, false);
        assert!(written.is_err());
    })
}
