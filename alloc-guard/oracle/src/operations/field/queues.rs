//! Queues between threads, used here from one, and what is dropped elsewhere.

use std::hint::black_box;

use basedrop::{Collector, Owned, Shared};
use crossbeam_queue::ArrayQueue;
use parking_lot::{Mutex, RwLock};
use ringbuf::{
    StaticRb,
    traits::{Consumer as _, Observer as _, Producer as _, SplitRef as _},
};
use rtrb::RingBuffer;

use super::{super::Body, stock::Stock};

pub(super) fn rtrb_push_and_pop() -> Body {
    let (mut producer, mut consumer) = RingBuffer::<u64>::new(8);
    Box::new(move || {
        for number in 0..black_box(30) {
            assert!(producer.push(number).is_ok());
            assert_eq!(consumer.pop(), Ok(number));
        }
    })
}

pub(super) fn rtrb_full_and_empty() -> Body {
    let (mut producer, mut consumer) = RingBuffer::<u64>::new(2);
    Box::new(move || {
        assert!(consumer.pop().is_err());
        for _ in 0..2 {
            assert!(producer.push(black_box(1)).is_ok());
        }
        assert!(producer.push(black_box(1)).is_err());
        while consumer.pop().is_ok() {}
    })
}

pub(super) fn rtrb_chunks() -> Body {
    let (mut producer, mut consumer) = RingBuffer::<f32>::new(64);
    Box::new(move || {
        let Ok(chunk) = producer.write_chunk_uninit(black_box(48)) else {
            panic!("48 fit")
        };
        assert_eq!(chunk.fill_from_iter(std::iter::repeat(0.5)), 48);
        let Ok(chunk) = consumer.read_chunk(black_box(48)) else {
            panic!("48 are there")
        };
        assert_eq!(chunk.into_iter().count(), 48);
    })
}

pub(super) fn ringbuf_push_and_pop() -> Body {
    Box::new(|| {
        let mut ring = StaticRb::<u64, 8>::default();
        let (mut producer, mut consumer) = ring.split_ref();
        for number in 0..black_box(30) {
            assert_eq!(producer.try_push(number), Ok(()));
            assert_eq!(consumer.try_pop(), Some(number));
        }
    })
}

pub(super) fn ringbuf_full() -> Body {
    Box::new(|| {
        let mut ring = StaticRb::<u64, 8>::default();
        assert_eq!(ring.push_slice(black_box(&[1; 9])), 8);
        assert_eq!(ring.try_push(black_box(2)), Err(2));
        assert_eq!(ring.push_overwrite(black_box(2)), Some(1));
        assert_eq!(ring.occupied_len(), 8);
    })
}

pub(super) fn array_queue_push_and_pop() -> Body {
    let queue = ArrayQueue::new(8);
    Box::new(move || {
        for number in 0..black_box(30) {
            assert_eq!(queue.push(number), Ok(()));
            assert_eq!(queue.pop(), Some(number));
        }
    })
}

pub(super) fn array_queue_full() -> Body {
    let queue = ArrayQueue::new(2);
    Box::new(move || {
        assert_eq!(queue.pop(), None);
        for _ in 0..2 {
            assert_eq!(queue.push(black_box(1)), Ok(()));
        }
        assert_eq!(queue.push(black_box(2)), Err(2));
        assert_eq!(queue.force_push(black_box(3)), Some(1));
        while queue.pop().is_some() {}
    })
}

pub(super) fn triple_buffer_update() -> Body {
    let (mut input, mut output) = triple_buffer::triple_buffer(&[0_u64; 16]);
    Box::new(move || {
        input.write(black_box([7; 16]));
        assert_eq!(output.read()[15], 7);
        input.input_buffer_mut()[0] = 8;
        input.publish();
        assert_eq!(output.read()[0], 8);
    })
}

/// The collector is never run: what it frees, it frees elsewhere.
pub(super) fn basedrop_owned_drop() -> Body {
    let collector = Collector::new();
    let handle = collector.handle();
    let mut stock = Stock::of(|| Owned::new(&handle, vec![1_u8; 100]));
    Box::new(move || {
        black_box(&collector);
        drop(black_box(stock.take()));
    })
}

pub(super) fn basedrop_shared_drop() -> Body {
    let collector = Collector::new();
    let handle = collector.handle();
    let mut stock = Stock::of(|| Shared::new(&handle, vec![1_u8; 100]));
    Box::new(move || {
        black_box(&collector);
        let shared = stock.take();
        drop(black_box(shared.clone()));
        drop(black_box(shared));
    })
}

pub(super) fn parking_lot_mutex() -> Body {
    let mutex = Mutex::new(0_u64);
    Box::new(move || {
        let mut held = mutex.lock();
        *held += black_box(1);
        assert!(mutex.try_lock().is_none());
    })
}

pub(super) fn parking_lot_rwlock() -> Body {
    let lock = RwLock::new(0_u64);
    Box::new(move || {
        *lock.write() += black_box(1);
        let first = lock.read();
        let second = lock.read();
        assert_eq!(*first, *second);
        assert!(lock.try_write().is_none());
    })
}
