//! Containers that hold a fixed number of things, or a few, in place.

use std::{fmt::Write as _, hint::black_box};

use arrayvec::{ArrayString, ArrayVec};
use circular_buffer::FixedCircularBuffer;
use smallbox::{SmallBox, space::S4};
use smallvec::SmallVec;
use thin_vec::ThinVec;
use tinyvec::TinyVec;

use super::super::Body;

pub(super) fn heapless_vec_push() -> Body {
    Box::new(|| {
        let mut numbers: heapless::Vec<u64, 8> = heapless::Vec::new();
        for number in 0..black_box(8) {
            assert_eq!(numbers.push(number), Ok(()));
        }
        black_box(&numbers);
    })
}

pub(super) fn heapless_vec_overflow() -> Body {
    Box::new(|| {
        let mut numbers: heapless::Vec<u64, 8> = heapless::Vec::new();
        assert!(numbers.extend_from_slice(black_box(&[1; 9])).is_err());
        black_box(&numbers);
    })
}

pub(super) fn heapless_string_write() -> Body {
    Box::new(|| {
        let mut text: heapless::String<16> = heapless::String::new();
        assert!(write!(text, "{}:{}", black_box(12), black_box(34)).is_ok());
        assert_eq!(text, "12:34");
    })
}

pub(super) fn heapless_string_overflow() -> Body {
    Box::new(|| {
        let mut text: heapless::String<16> = heapless::String::new();
        assert!(write!(text, "{:?}", black_box([1_000_u64; 9])).is_err());
    })
}

pub(super) fn heapless_deque() -> Body {
    Box::new(|| {
        let mut queue: heapless::Deque<u64, 8> = heapless::Deque::new();
        for number in 0..black_box(30) {
            if queue.is_full() {
                queue.pop_front();
            }
            assert_eq!(queue.push_back(number), Ok(()));
        }
        assert_eq!(queue.front(), Some(&22));
    })
}

pub(super) fn heapless_index_map_full() -> Body {
    Box::new(|| {
        let mut map: heapless::index_map::FnvIndexMap<u64, u64, 8> =
            heapless::index_map::FnvIndexMap::new();
        for number in 0..black_box(8) {
            assert_eq!(map.insert(number, number), Ok(None));
        }
        assert_eq!(map.insert(black_box(9), 9), Err((9, 9)));
        assert_eq!(map.swap_remove(&3), Some(3));
    })
}

pub(super) fn heapless_binary_heap() -> Body {
    use heapless::binary_heap::{BinaryHeap, Max};
    Box::new(|| {
        let mut heap: BinaryHeap<u64, Max, 8> = BinaryHeap::new();
        for number in black_box([3, 1, 4, 1, 5, 9, 2, 6]) {
            assert_eq!(heap.push(number), Ok(()));
        }
        assert_eq!(heap.pop(), Some(9));
    })
}

pub(super) fn arrayvec_push() -> Body {
    Box::new(|| {
        let mut numbers: ArrayVec<u64, 8> = ArrayVec::new();
        for number in 0..black_box(8) {
            numbers.push(number);
        }
        assert_eq!(numbers.iter().sum::<u64>(), 28);
    })
}

pub(super) fn arrayvec_overflow() -> Body {
    Box::new(|| {
        let mut numbers: ArrayVec<u64, 8> = ArrayVec::new();
        assert!(numbers.try_extend_from_slice(black_box(&[1; 9])).is_err());
        numbers.extend(black_box([1; 8]));
        assert!(numbers.try_push(black_box(9)).is_err());
    })
}

pub(super) fn arrayvec_string_write() -> Body {
    Box::new(|| {
        let mut text: ArrayString<16> = ArrayString::new();
        assert!(write!(text, "{}", black_box(1.5)).is_ok());
        assert!(text.try_push_str(black_box("more than is left")).is_err());
        assert_eq!(&*text, "1.5");
    })
}

pub(super) fn smallvec_push_inline() -> Body {
    Box::new(|| {
        let mut numbers: SmallVec<[u64; 8]> = SmallVec::new();
        for number in 0..black_box(8) {
            numbers.push(number);
        }
        assert!(!numbers.spilled());
        numbers.retain(|number| *number % 2 == 0);
        numbers.insert_many(1, black_box([7, 7]));
        assert_eq!(numbers.len(), 6);
    })
}

pub(super) fn smallvec_collect_inline() -> Body {
    Box::new(|| {
        let numbers: SmallVec<[u64; 8]> = (0..black_box(8)).filter(|number| *number > 1).collect();
        assert_eq!(numbers.clone().len(), 6);
    })
}

pub(super) fn tinyvec_push_inline() -> Body {
    Box::new(|| {
        let mut numbers: TinyVec<[u64; 8]> = TinyVec::new();
        for number in 0..black_box(8) {
            numbers.push(number);
        }
        assert!(numbers.is_inline());
    })
}

pub(super) fn tinyvec_collect_inline() -> Body {
    Box::new(|| {
        let numbers: TinyVec<[u64; 8]> = (0..black_box(8)).filter(|number| *number > 1).collect();
        assert_eq!(numbers.len(), 6);
    })
}

pub(super) fn circular_buffer_overwrite() -> Body {
    Box::new(|| {
        let mut buffer = FixedCircularBuffer::<u64, 8>::new();
        for number in 0..black_box(30) {
            buffer.push_back(number);
        }
        assert_eq!(buffer.front(), Some(&22));
    })
}

pub(super) fn smallbox_fits() -> Body {
    Box::new(|| {
        let small: SmallBox<[u64; 3], S4> = SmallBox::new(black_box([1, 2, 3]));
        assert!(!SmallBox::is_heap(&small));
        black_box(&small);
    })
}

pub(super) fn thin_vec_new() -> Body {
    Box::new(|| {
        let empty: ThinVec<u64> = ThinVec::new();
        black_box(&empty);
    })
}

pub(super) fn thin_vec_zero_sized() -> Body {
    Box::new(|| {
        let mut units: ThinVec<()> = ThinVec::new();
        for _ in 0..black_box(9) {
            units.push(());
        }
        assert_eq!(black_box(&units).len(), 9);
    })
}
