//! Buffers that several handles share.

use std::hint::black_box;

use bytes::{BufMut as _, Bytes, BytesMut};

use super::{super::Body, stock::Stock};

pub(super) fn bytes_new() -> Body {
    Box::new(|| assert!(black_box(Bytes::new()).is_empty()))
}

pub(super) fn bytes_from_static() -> Body {
    Box::new(|| {
        let text = Bytes::from_static(black_box(b"static"));
        assert_eq!(text.slice(1..3).clone().len(), 2);
    })
}

pub(super) fn bytes_mut_new() -> Body {
    Box::new(|| assert!(black_box(BytesMut::new()).is_empty()))
}

pub(super) fn bytes_put_within_capacity() -> Body {
    let mut stock = Stock::of(|| BytesMut::with_capacity(64));
    Box::new(move || {
        let buffer = stock.next();
        for _ in 0..black_box(8) {
            buffer.put_u64(1);
        }
        assert_eq!(buffer.len(), 64);
    })
}

/// A buffer of 64 bytes of which 5 are used, as in the documentation's example.
fn hello() -> BytesMut {
    let mut buffer = BytesMut::with_capacity(64);
    buffer.put_slice(b"hello");
    buffer
}

/// A buffer of which every byte is used.
fn full() -> BytesMut {
    let mut buffer = BytesMut::with_capacity(64);
    buffer.put_bytes(7, 64);
    buffer
}

pub(super) fn bytes_freeze_half_full() -> Body {
    let mut stock = Stock::of(hello);
    let mut kept = Vec::with_capacity(64);
    Box::new(move || {
        let frozen = black_box(stock.take()).freeze();
        assert_eq!(frozen.len(), 5);
        kept.push(frozen);
    })
}

pub(super) fn bytes_freeze_full() -> Body {
    let mut stock = Stock::of(full);
    let mut kept = Vec::with_capacity(64);
    Box::new(move || {
        let frozen = black_box(stock.take()).freeze();
        assert_eq!(frozen.len(), 64);
        kept.push(frozen);
    })
}

pub(super) fn bytes_clone_frozen() -> Body {
    let mut stock = Stock::of(|| hello().freeze());
    Box::new(move || assert_eq!(black_box(stock.next().clone()).len(), 5))
}

pub(super) fn bytes_clone_frozen_full() -> Body {
    let mut stock = Stock::of(|| full().freeze());
    Box::new(move || assert_eq!(black_box(stock.next().clone()).len(), 64))
}

pub(super) fn bytes_split_to_first() -> Body {
    let mut stock = Stock::of(|| Bytes::from(vec![7_u8; 64]));
    Box::new(move || drop(black_box(stock.next().split_to(black_box(5)))))
}

pub(super) fn bytes_split_to_shared() -> Body {
    let mut stock = Stock::of(|| {
        let bytes = Bytes::from(vec![7_u8; 64]);
        (bytes.clone(), bytes)
    });
    Box::new(move || drop(black_box(stock.next().1.split_to(black_box(5)))))
}

pub(super) fn bytes_try_reclaim() -> Body {
    let mut stock = Stock::of(|| {
        let mut buffer = full();
        drop(buffer.split());
        buffer
    });
    Box::new(move || assert!(stock.next().try_reclaim(black_box(64))))
}

pub(super) fn bytes_try_reclaim_refused() -> Body {
    let mut stock = Stock::of(|| {
        let mut buffer = full();
        (buffer.split(), buffer)
    });
    Box::new(move || assert!(!stock.next().1.try_reclaim(black_box(64))))
}
