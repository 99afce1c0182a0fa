//! Owns the table of claims and of the operations that are held against them.
//!
//! A claim is quoted from the package's own documentation, whose place it names; a test looks it up there.

use super::{
    super::{Alignment, Operation},
    audio, compression, crypto, embedded, encodings, fixed, formats, maps, numbers, queues, shared,
    strings, text,
};

/// An operation of a public crate, and what the crate says of it.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The package's name on crates.io.
    pub package: &'static str,
    /// What its documentation says; `None` if it says nothing of the heap here, and so is not judged.
    pub claim: Option<Claim>,
    /// What is done, in the crate's words.
    pub does: &'static str,
    /// Of the suite.
    pub operation: Operation,
}

/// A sentence of a package's documentation, as short as it can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The words.
    pub words: &'static str,
    /// The file in the package.
    pub file: &'static str,
    /// The line that they begin in.
    pub line: u32,
    /// What they rule out.
    pub covers: Covers,
}

/// What a claim rules out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// Allocations.
    Allocations,
    /// Deallocations too.
    Deallocations,
}

#[expect(clippy::unnecessary_wraps, reason = "the table's column is of options")]
const fn says(file: &'static str, line: u32, words: &'static str) -> Option<Claim> {
    Some(Claim {
        words,
        file,
        line,
        covers: Covers::Allocations,
    })
}

/// A claim that the operation leaves freeing to somebody else.
const fn says_no_free(file: &'static str, line: u32, words: &'static str) -> Option<Claim> {
    match says(file, line, words) {
        Some(claim) => Some(Claim {
            covers: Covers::Deallocations,
            ..claim
        }),
        None => None,
    }
}

/// The category of crates.io for "crates that are able to function without the Rust alloc crate".
const NO_ALLOC: &str = "no-std::no-alloc";

/// Why an operation allocates against its claim.
pub const NOTES: &[(&str, &str)] = &[
    ("bytes_freeze_half_full", FREEZE),
    ("bytes_split_to_first", SPLIT),
    ("hashbrown_replace_within_capacity", REPLACE),
    ("hashbrown_replace_at_capacity", REPLACE),
    ("indexmap_replace_at_capacity", REPLACE),
];

const FREEZE: &str = "The conversion allocates a counter of owners, unless the buffer is exactly full. Known: \
    [bytes#401](https://github.com/tokio-rs/bytes/issues/401).";

const SPLIT: &str = "The bytes of a `Vec` get their counter of owners when they are first shared, by `clone`, `slice` or a split; so do \
    those of a full `BytesMut` that was frozen.";

const REPLACE: &str = "The map holds no more than its capacity at any time. A place that a key was removed from may stay \
    unusable, and a map that runs out of usable places while more than half full moves to a table of twice the size. Known: \
    [hashbrown#602](https://github.com/rust-lang/hashbrown/issues/602).";

macro_rules! rows {
    ($($package:literal, $claim:expr => { $($module:ident::$name:ident: $does:literal,)* })*) => {
        /// Every row, by package.
        pub const ROWS: &[Row] = &[
            $($(Row {
                package: $package,
                claim: $claim,
                does: $does,
                operation: Operation {
                    name: stringify!($name),
                    prepare: $module::$name,
                    alignment: Alignment::Malloc,
                },
            },)*)*
        ];
    };
}

rows! {
    "arrayvec", says("src/arrayvec.rs", 37, "storing the elements inline") => {
        fixed::arrayvec_push: "`ArrayVec::push`, until it is full",
        fixed::arrayvec_overflow: "`try_push` and `try_extend_from_slice`, one too many",
    }
    "arrayvec", says("src/array_string.rs", 33, "contiguous value that you can store directly on the stack") => {
        fixed::arrayvec_string_write: "`write!` to an `ArrayString`; `try_push_str`, too much",
    }
    "base16ct", says("README.md", 16, "avoids heap allocations in the core API") => {
        encodings::base16ct_encode: "`lower::encode_str`",
        encodings::base16ct_decode_bad: "`mixed::decode` of a wrong digit",
    }
    "base64", says("src/lib.rs", 167, "writes to provided `&[u8]` | never") => {
        encodings::base64_encode_slice: "`Engine::encode_slice`",
    }
    "base64", says("src/lib.rs", 159, "writes to provided `&[u8]` | never") => {
        encodings::base64_decode_slice: "`Engine::decode_slice`",
        encodings::base64_decode_slice_bad: "`Engine::decode_slice` of a wrong letter",
        encodings::base64_decode_slice_too_small: "`Engine::decode_slice` into too small a slice",
    }
    "base64", says("src/display.rs", 17, "base64'ing bytes into a format string without heap allocation") => {
        encodings::base64_display: "`Base64Display`, written to an `ArrayString`",
    }
    "base64", says("src/write/encoder.rs", 55, "does not do any heap allocation") => {
        encodings::base64_encoder_writer: "`EncoderWriter` over a slice",
        encodings::base64_encoder_writer_full: "`EncoderWriter` over a writer that refuses",
    }
    "base64", None => {
        encodings::base64_decoder_reader: "`DecoderReader` over a slice",
        encodings::base64_decoder_reader_bad: "`DecoderReader` over wrong padding",
    }
    "base64ct", says("README.md", 15, "avoids heap allocations in the core API") => {
        encodings::base64ct_encode: "`Base64::encode`",
        encodings::base64ct_decode_bad: "`Base64::decode` of a wrong letter",
    }
    "basedrop", says_no_free("README.md", 8, "making them safe to drop on a real-time thread") => {
        queues::basedrop_owned_drop: "drop of an `Owned<Vec<u8>>`",
        queues::basedrop_shared_drop: "clone of a `Shared<Vec<u8>>`, drop of both",
    }
    "biquad", says("src/lib.rs", 76, "Set the internal state of the biquad to 0 without allocation") => {
        audio::biquad_run_and_reset: "`run` 64 times, `reset_state`, `replace_coefficients`",
    }
    "blake3", says("src/lib.rs", 273, "doesn't allocate memory on the heap") => {
        crypto::blake3_to_hex: "`hash` of 1,500 bytes, `Hash::to_hex`",
    }
    "bumpalo", says("README.md", 17, "then update the pointer by the object's size. *That's it!*") => {
        maps::bumpalo_within_chunk: "`reset`, `alloc_str`, `alloc_slice_fill_with` within the chunk",
    }
    "bumpalo", None => {
        maps::bumpalo_limit: "`try_alloc` within the limit, `try_alloc_slice_fill_copy` beyond it",
    }
    "bytes", says("src/bytes.rs", 130, "This will not allocate") => {
        shared::bytes_new: "`Bytes::new`",
    }
    "bytes", says("src/bytes.rs", 158, "There is no allocating or copying") => {
        shared::bytes_from_static: "`Bytes::from_static`, `slice`, `clone`",
    }
    "bytes", says("src/bytes_mut.rs", 168, "This function does not allocate") => {
        shared::bytes_mut_new: "`BytesMut::new`",
    }
    "bytes", says("src/bytes_mut.rs", 140, "at least `capacity` bytes without reallocating") => {
        shared::bytes_put_within_capacity: "`put_u64` within the capacity",
    }
    "bytes", says("src/bytes_mut.rs", 236, "The conversion is zero cost") => {
        shared::bytes_freeze_full: "`BytesMut::freeze`, every byte of the capacity used",
        shared::bytes_freeze_half_full: "`BytesMut::freeze`, 5 bytes of 64 used",
    }
    "bytes", says("src/bytes_mut.rs", 54, "This does not allocate, instead `b` points to the same memory") => {
        shared::bytes_clone_frozen: "`Bytes::clone` after `freeze`, 5 bytes of 64 used, as in the example",
    }
    "bytes", None => {
        shared::bytes_clone_frozen_full: "`Bytes::clone` after `freeze`, every byte of the capacity used",
    }
    "bytes", says("src/bytes.rs", 507, "just increases the reference count and sets a few indices") => {
        shared::bytes_split_to_shared: "`Bytes::split_to`, of a `Vec`'s bytes that were cloned before",
        shared::bytes_split_to_first: "`Bytes::split_to`, of a `Vec`'s bytes, the first time",
    }
    "bytes", says("src/bytes_mut.rs", 816, "it never allocates new storage") => {
        shared::bytes_try_reclaim: "`BytesMut::try_reclaim`, possible",
        shared::bytes_try_reclaim_refused: "`BytesMut::try_reclaim`, refused",
    }
    "chacha20poly1305", says("src/lib.rs", 47, "In-place Usage (eliminates `alloc` requirement)") => {
        crypto::chacha20poly1305_round_trip: "`encrypt_in_place`, `decrypt_in_place`",
        crypto::chacha20poly1305_bad_tag: "`decrypt_in_place`, wrong tag",
    }
    "circular-buffer", says("src/lib.rs", 147, "optimal performance for small buffers as memory allocation can be avoided") => {
        fixed::circular_buffer_overwrite: "`FixedCircularBuffer::push_back`, overwriting",
    }
    "compact_str", says("README.md", 27, "Stores up to 24 bytes on the stack") => {
        strings::compact_str_24_bytes: "`CompactString::new`, 24 bytes",
        strings::compact_str_push_inline: "`push_str` up to 24 bytes, `clone`",
        strings::compact_str_to_compact_string: "`to_compact_string` of `u64`, `f64`, `char`",
    }
    "compact_str", says("src/lib.rs", 1586, "no trips to the allocator are needed") => {
        strings::compact_str_from_string_buffer: "`CompactString::from_string_buffer`",
    }
    "compact_str", says("README.md", 33, "`O(1)` creation from `&'static str`") => {
        strings::compact_str_const_new: "`CompactString::const_new`, 64 bytes",
    }
    "crc32fast", None => {
        crypto::crc32fast_hash: "`hash` of 1,500 bytes",
    }
    "crossbeam-queue", says("src/array_queue.rs", 42, "allocates a fixed-capacity buffer on construction") => {
        queues::array_queue_push_and_pop: "`ArrayQueue::push`, `pop`",
        queues::array_queue_full: "`push` and `force_push` when full, `pop` when empty",
    }
    "data-encoding", says("src/lib.rs", 22, "encoding and decoding functions with in-place or allocating variants") => {
        encodings::data_encoding_encode_mut: "`HEXLOWER.encode_mut`",
        encodings::data_encoding_decode_mut: "`BASE32.decode_mut`",
        encodings::data_encoding_decode_mut_bad: "`BASE32.decode_mut` of a wrong letter",
    }
    "ed25519-dalek", None => {
        crypto::ed25519_verify: "`verify_strict`",
        crypto::ed25519_verify_bad: "`verify_strict`, wrong signature",
    }
    "embedded-graphics", says("README.md", 16, "works without a dynamic memory allocator") => {
        embedded::embedded_graphics_shapes: "a circle and a triangle, drawn",
        embedded::embedded_graphics_text: "two lines of text, drawn",
    }
    "fixedbitset", says("src/lib.rs", 943, "does not mutate in place or require separate allocations") => {
        maps::fixedbitset_count: "`union_count`, `intersection_count`, `difference_count`",
    }
    "fixedbitset", says("src/lib.rs", 877, "In-place union of two `FixedBitSet`s") => {
        maps::fixedbitset_in_place: "`union_with`, `intersect_with`, `toggle_range`",
    }
    "generational-arena", says("src/lib.rs", 255, "able to hold `n` elements without further allocation") => {
        maps::generational_arena_try_insert: "`Arena::with_capacity(100)`, then 100 `try_insert`",
    }
    "generational-arena", says("src/lib.rs", 323, "This method will never allocate new capacity") => {
        maps::generational_arena_try_insert_full: "`try_insert` when full",
    }
    "hashbrown", says("README.md", 38, "Empty hash maps do not allocate any memory") => {
        maps::hashbrown_new: "`HashMap::default`",
    }
    "hashbrown", says("src/map.rs", 278, "able to hold at least `capacity` elements without reallocating") => {
        maps::hashbrown_insert_within_capacity: "100 inserts into `with_capacity(100)`",
        maps::hashbrown_replace_half_full: "50 keys in `with_capacity(100)`: one out, another in, 1,000 times, SipHash",
        maps::hashbrown_replace_within_capacity: "100 keys in `with_capacity(100)`: one out, another in, 1,000 times, SipHash",
    }
    "hashbrown", says("src/map.rs", 583, "number of elements the map can hold without reallocating") => {
        maps::hashbrown_replace_at_capacity: "`capacity()` keys: one out, another in, 1,000 times, SipHash",
    }
    "hashbrown", says("src/map.rs", 968, "Keeps the allocated memory for reuse") => {
        maps::hashbrown_clear_and_refill: "`clear`, then 100 inserts",
    }
    "heapless", says("README.md", 6, "data structures that don't require dynamic memory allocation") => {
        fixed::heapless_vec_push: "`Vec::push`, until it is full",
        fixed::heapless_vec_overflow: "`Vec::extend_from_slice`, one too many",
        fixed::heapless_string_write: "`write!` to a `String`",
        fixed::heapless_string_overflow: "`write!` to a `String`, too much",
        fixed::heapless_deque: "`Deque::push_back`, `pop_front`",
        fixed::heapless_index_map_full: "`FnvIndexMap::insert`, one too many; `swap_remove`",
        fixed::heapless_binary_heap: "`BinaryHeap::push`, `pop`",
    }
    "hex", None => {
        encodings::hex_encode_to_slice: "`encode_to_slice`",
        encodings::hex_decode_to_slice_bad: "`decode_to_slice` of a wrong digit",
    }
    "httparse", says("README.md", 9, "Avoids allocations.") => {
        text::httparse_request: "`Request::parse`",
        text::httparse_half_a_request: "`Request::parse`, only half of it there",
        text::httparse_too_many_headers: "`Request::parse`, more headers than room",
        text::httparse_bad_response: "`Response::parse`, wrong status",
    }
    "indexmap", says("src/map.rs", 144, "Create a new map. (Does not allocate.)") => {
        maps::indexmap_new: "`IndexMap::new`",
    }
    "indexmap", says("src/map.rs", 210, "number of elements the map can hold without reallocating") => {
        maps::indexmap_insert_within_capacity: "100 inserts into `with_capacity(100)`, `swap_remove`",
        maps::indexmap_replace_at_capacity: "`capacity()` keys: one out, another in, 1,000 times, SipHash",
    }
    "indexmap", says("src/set.rs", 950, "doesn't allocate auxiliary memory") => {
        maps::indexmap_sort_unstable: "`IndexSet::sort_unstable`",
    }
    "indexmap", says("src/set.rs", 240, "keeps the allocated memory for reuse") => {
        maps::indexmap_drain_and_refill: "`IndexSet::drain(..)`, then 100 inserts",
    }
    "indexmap", None => {
        maps::indexmap_sort_stable: "`IndexSet::sort_by`, 300 elements",
    }
    "itoa", says("Cargo.toml", 32, NO_ALLOC) => {
        numbers::itoa_u64: "`Buffer::format` of `u64::MAX`",
        numbers::itoa_i128: "`Buffer::format` of `i128::MIN`",
    }
    "lexical-core", says("README.md", 3, "not depend on any standard library features, nor a system allocator") => {
        numbers::lexical_parse_float: "`parse::<f64>`",
        numbers::lexical_parse_long_float: "`parse::<f64>`, 917 letters, the last decides",
        numbers::lexical_parse_bad_integer: "`parse::<u8>` of 256",
        numbers::lexical_write_float: "`write` of an `f64`",
    }
    "lz4_flex", says("src/block/compress.rs", 784, "reusing a [`CompressTable`] to avoid re-allocating the internal hash table") => {
        compression::lz4_compress_with_table: "`compress_into_with_table`, 10,000 bytes",
        compression::lz4_compress_with_table_no_room: "`compress_into_with_table` into too small a slice",
    }
    "lz4_flex", None => {
        compression::lz4_compress_into: "`compress_into`, with the feature `alloc`",
        compression::lz4_decompress_into: "`decompress_into`",
        compression::lz4_decompress_into_no_room: "`decompress_into` into too small a slice",
    }
    "memchr", says("src/lib.rs", 151, "designed from the ground up to be usable in core-only contexts") => {
        text::memchr_hit: "`memchr`, found",
        text::memchr_miss: "`memchr3`, not found",
        text::memmem_find_all: "`memmem::Finder::new`, `find_iter`",
    }
    "microfft", says("README.md", 5, "directly on the input buffer and require no additional allocations") => {
        audio::microfft_transform: "`cfft_256`",
    }
    "minicbor", says("src/encode/encoder.rs", 5, "A non-allocating CBOR encoder") => {
        formats::minicbor_encode: "`Encoder` over a slice: array, text, number, bytes",
        formats::minicbor_encode_no_room: "`Encoder` over too small a slice",
    }
    "minicbor", says("src/decode/decoder.rs", 8, "A non-allocating CBOR decoder") => {
        formats::minicbor_decode: "`Decoder`: array, text, number, bytes",
        formats::minicbor_decode_bad: "`Decoder`: wrong type, cut off",
    }
    "miniz_oxide", says("Readme.md", 10, "making it suitable for systems without an allocator") => {
        compression::miniz_decompress: "`inflate::core::decompress`",
        compression::miniz_decompress_damaged: "`decompress_slice_iter_to_slice`, damaged",
    }
    "nom", says("README.md", 232, "nom can work in `no_std` builds without memory allocators") => {
        text::nom_parse: "`separated_pair`",
        text::nom_parse_bad: "`separated_pair`, no match",
    }
    "numtoa", says("README.md", 3, "`#![no_std]` Compatible with Zero Heap Allocations") => {
        numbers::numtoa_str: "`i64::numtoa_str`",
    }
    "parking_lot", says("README.md", 36, "fast inline paths which only require a single atomic operation") => {
        queues::parking_lot_mutex: "`Mutex::lock`, free; `try_lock`, held",
        queues::parking_lot_rwlock: "`RwLock::write`, `read` twice, free; `try_write`, held",
    }
    "postcard", None => {
        formats::postcard_to_slice: "`to_slice`",
        formats::postcard_from_bytes: "`from_bytes`",
        formats::postcard_from_bytes_bad: "`from_bytes`, cut off",
    }
    "regex", None => {
        text::regex_is_match: "`Regex::is_match`",
        text::regex_no_match: "`Regex::find`, not found",
        text::regex_captures_read: "`Regex::captures_read`",
    }
    "ringbuf", says("README.md", 32, "without `alloc` (using only statically-allocated memory)") => {
        queues::ringbuf_push_and_pop: "`StaticRb`: `try_push`, `try_pop`",
        queues::ringbuf_full: "`StaticRb`: `push_slice`, `try_push`, `push_overwrite` when full",
    }
    "rmp", says("README.md", 30, "in a zero-copy manner, without any heap allocations") => {
        formats::rmp_decode: "`read_array_len`, `read_str`, `read_int`",
        formats::rmp_decode_bad: "`read_str` and `read_u64`: cut off, wrong type, no room",
    }
    "rtrb", says("src/lib.rs", 8, "After that, no more memory is allocated") => {
        queues::rtrb_push_and_pop: "`push`, `pop`",
        queues::rtrb_full_and_empty: "`push` when full, `pop` when empty",
        queues::rtrb_chunks: "`write_chunk_uninit`, `read_chunk`",
    }
    "rubato", says("README.md", 200, "performs no allocations or other operations that may block the thread") => {
        audio::rubato_process_poly: "`process_into_buffer`, polynomial",
        audio::rubato_process_sinc: "`process_into_buffer`, sinc",
        audio::rubato_process_no_room: "`process_into_buffer`, too small an output",
    }
    "ryu", says("Cargo.toml", 35, NO_ALLOC) => {
        numbers::ryu_format: "`Buffer::format` of 1.234",
        numbers::ryu_format_nan: "`Buffer::format` of NaN",
    }
    "semver", None => {
        formats::semver_parse_release: "`Version::parse`, pre-release of 7 letters",
        formats::semver_parse_long_pre_release: "`Version::parse`, pre-release of 11 letters",
        formats::semver_parse_bad: "`Version::parse`, wrong",
    }
    "serde-json-core", says("src/lib.rs", 32, "(De)serialization doesn't require memory allocations") => {
        formats::json_core_to_slice: "`to_slice`",
        formats::json_core_to_slice_no_room: "`to_slice` into too small a slice",
        formats::json_core_from_slice: "`from_slice`",
        formats::json_core_from_slice_bad: "`from_slice`: too short an array, cut off, a field missing",
    }
    "sha2", None => {
        crypto::sha512_streamed: "`Sha512::update` 15 times, `finalize`",
    }
    "slab", says("src/lib.rs", 277, "The function does not allocate") => {
        maps::slab_new: "`Slab::new`",
    }
    "slab", says("src/lib.rs", 296, "able to store exactly `capacity` without reallocating") => {
        maps::slab_within_capacity: "100 inserts into `with_capacity(100)`; one out, one in",
    }
    "slotmap", says("src/basic.rs", 151, "will not reallocate until it holds at least `capacity` elements") => {
        maps::slotmap_within_capacity: "100 inserts into `with_capacity(100)`; one out, one in",
    }
    "smallbox", says("src/lib.rs", 4, "can avoid heap allocations") => {
        fixed::smallbox_fits: "`SmallBox::new` of a value that fits",
    }
    "smallvec", says("README.md", 15, "can hold up to 4 items on the stack") => {
        fixed::smallvec_push_inline: "`push`, `retain`, `insert_many` within the inline size",
        fixed::smallvec_collect_inline: "`collect`, `clone` within the inline size",
    }
    "smol_str", says("src/lib.rs", 43, "This never allocates.") => {
        strings::smol_str_new_inline: "`SmolStr::new_inline`, 23 bytes",
    }
    "smol_str", says("src/lib.rs", 69, "This never allocates.") => {
        strings::smol_str_new_static: "`SmolStr::new_static`, 64 bytes",
    }
    "smol_str", says("README.md", 12, "Strings are stack-allocated if they are: * Up to 23 bytes long") => {
        strings::smol_str_short: "`SmolStr::new`, 23 bytes",
    }
    "smol_str", says("README.md", 14, "substrings of `WS`") => {
        strings::smol_str_white_space: "`SmolStr::new`, 30 newlines and 100 spaces",
    }
    "smol_str", says("README.md", 11, "`Clone` is `O(1)` (no allocation)") => {
        strings::smol_str_clone: "`clone` of a string on the heap",
    }
    "smol_str", says("src/lib.rs", 957, "won't allocate if the final string fits into the inline buffer") => {
        strings::smol_str_format: "`format_smolstr!`, 7 bytes",
    }
    "smol_str", says("src/lib.rs", 684, "potentially without allocating") => {
        strings::smol_str_to_smol_str: "`to_smolstr` of an `f64`",
    }
    "smol_str", says("src/lib.rs", 992, "will use inline storage and not allocate") => {
        strings::smol_str_builder: "`SmolStrBuilder::push_str`, 23 bytes in all",
    }
    "smoltcp", says("README.md", 14, "does not need heap allocation *at all*") => {
        embedded::smoltcp_udp: "a datagram to itself: `send_slice`, `poll`, `recv`",
        embedded::smoltcp_tcp: "a connection to itself: `connect`, data, `abort`",
        embedded::smoltcp_bad_packet: "`Ipv4Packet::new_checked`, cut off",
    }
    "thin-vec", says("src/lib.rs", 14, "`ThinVec::new()` doesn't allocate") => {
        fixed::thin_vec_new: "`ThinVec::new`",
    }
    "thin-vec", says("src/lib.rs", 17, "Doesn't allocate for Zero Sized Types (e.g. `ThinVec<()>`)") => {
        fixed::thin_vec_zero_sized: "`ThinVec::<()>::push`, nine times",
    }
    "tinyvec", says("README.md", 16, "an enum that's either an `Inline(ArrayVec)` or a `Heap(Vec)`") => {
        fixed::tinyvec_push_inline: "`TinyVec::push` within the inline size",
        fixed::tinyvec_collect_inline: "`collect` within the inline size",
    }
    "triple_buffer", says("README.md", 155, "Allocates memory on initialization only, rather than on every update") => {
        queues::triple_buffer_update: "`write`, `publish`, `read`",
    }
    "unicode-width", says("Cargo.toml", 51, NO_ALLOC) => {
        text::unicode_width: "`str::width`",
    }
    "uuid", None => {
        formats::uuid_parse_and_encode: "`parse_str`, `encode_lower`",
        formats::uuid_parse_bad: "`parse_str` of a wrong digit",
    }
    "xxhash-rust", says("Cargo.toml", 40, NO_ALLOC) => {
        crypto::xxh3_one_shot: "`xxh3_64`",
        crypto::xxh3_streamed: "`Xxh3Default::update` 15 times, `digest`",
        crypto::xxh64_streamed: "`Xxh64::write` 15 times, `finish`",
    }
    "zmij", says("Cargo.toml", 32, NO_ALLOC) => {
        numbers::zmij_format: "`Buffer::format` of 1.234",
        numbers::zmij_format_infinity: "`Buffer::format` of infinity",
    }
}
