//! Programs whose allocations have stacks of every kind.

use std::{
    cell::Cell,
    collections::{BTreeMap, HashMap},
    ffi::{c_int, c_void},
    hint::black_box,
    mem::MaybeUninit,
    panic::{self, AssertUnwindSafe},
};

use regex::Regex;
use serde_json::{Value, json};

use super::system;

/// Panics are what a workload is made of: their messages would fill the output.
pub(crate) fn be_silent_about_panics() {
    let standard = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if info.payload().downcast_ref::<&str>() != Some(&EXPECTED) {
            standard(info);
        }
    }));
}

const EXPECTED: &str = "an expected panic";

fn allocate() {
    drop(black_box(Box::new(1_u64)));
}

/// Calls and returns of every pattern, through closures, C, sorts and caught panics.
pub(crate) fn calls() {
    for depth in 0..18 {
        descend(depth);
    }
}

#[inline(never)]
fn descend(depth: u32) {
    allocate();
    if depth == 0 {
        return;
    }
    // Frames of different sizes.
    let pad = black_box([depth; 13]);
    match depth % 5 {
        0 => (0..black_box(2)).for_each(|_| descend(depth - 1)),
        1 => {
            let mut numbers = [black_box(2), 1];
            numbers.sort_by(|a, b| {
                descend(depth - 1);
                a.cmp(b)
            });
        }
        2 => through_c(depth - 1),
        3 => {
            let result = panic::catch_unwind(|| {
                descend(depth - 1);
                if black_box(depth) > 5 {
                    panic::resume_unwind(Box::new(depth));
                }
            });
            black_box(result).ok();
        }
        _ => descend(depth - 1),
    }
    allocate();
    black_box(pad);
}

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

fn through_c(depth: u32) {
    extern "C" fn compare(_: *const c_void, _: *const c_void) -> c_int {
        descend(DEPTH.get());
        0
    }
    let outside = DEPTH.replace(depth);
    system::qsort(&mut [1, 2], compare);
    DEPTH.set(outside);
}

pub(crate) fn json() {
    let item = |n: i32| json!({"id": n, "name": format!("item {n}"), "tags": [n, {"deep": [[n]]}]});
    let document = json!({"items": (0..12).map(item).collect::<Vec<_>>()});
    let text = serde_json::to_string_pretty(&document).unwrap();
    let read: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(read, document);
    let damaged: Result<Value, _> = serde_json::from_str(&text[..text.len() / 2]);
    assert!(damaged.is_err());
}

pub(crate) fn regex() {
    let regex = Regex::new(r"(?i)(\w+)\s+(?:=|is)\s+('[^']*'|\d{1,3}(?:\.\d+)?)").unwrap();
    let text = "Alpha = 12.5; beta IS 'two words'; γ is 7";
    let found: HashMap<String, String> = regex
        .captures_iter(text)
        .map(|it| (it[1].to_owned(), it[2].to_owned()))
        .collect();
    assert_eq!(found.len(), 3);
    assert_eq!(regex.replace_all(text, "$1"), "Alpha; beta; γ");
}

pub(crate) fn maps() {
    let mut map = BTreeMap::new();
    for n in 0_u32..300 {
        map.insert(n.wrapping_mul(2_654_435_761), format!("{n}"));
    }
    let mut half = map.split_off(&(u32::MAX / 2));
    half.retain(|n, _| n % 3 != 0);
    map.append(&mut half);
    black_box(map.into_values().rev().collect::<Vec<_>>());
}

/// Allocations in comparisons that C's sort calls.
pub(crate) fn qsort() {
    extern "C" fn compare(a: *const c_void, b: *const c_void) -> c_int {
        // SAFETY: `qsort` hands over two of the elements.
        let (a, b) = (unsafe { *a.cast::<u32>() }, unsafe { *b.cast::<u32>() });
        let order = format!("{a:08}").cmp(&format!("{b:08}"));
        order as c_int
    }
    let mut numbers: Vec<u32> = (0..40_u32)
        .map(|n| n.wrapping_mul(2_654_435_761) >> 12)
        .collect();
    let mut expected = numbers.clone();
    expected.sort_unstable();
    system::qsort(&mut numbers, compare);
    assert_eq!(numbers, expected);
}

/// What allocates while the stack unwinds through it, and unwinds itself meanwhile.
struct Noisy(u32);

impl Drop for Noisy {
    fn drop(&mut self) {
        black_box(format!("{}", self.0));
        if self.0.is_multiple_of(3) {
            black_box(panic::catch_unwind(|| panic::resume_unwind(Box::new(1)))).unwrap_err();
        }
    }
}

#[inline(never)]
fn unwind_through(depth: u32) {
    let _noisy = Noisy(depth);
    if depth == 0 {
        panic::panic_any(EXPECTED);
    }
    unwind_through(black_box(depth - 1));
    allocate();
}

pub(crate) fn panics() {
    let result = panic::catch_unwind(AssertUnwindSafe(|| unwind_through(12)));
    assert!(result.is_err());
}

/// Allocations inside a signal handler, and outside it before and after.
pub(crate) fn signals() {
    extern "C" fn handler(_: c_int) {
        for n in 0..4 {
            black_box(format!("in a handler {n}"));
        }
    }
    for _ in 0..4 {
        allocate();
        system::interrupt(handler);
    }
}

/// Recursion that moves to a new stack now and then.
pub(crate) fn coroutines() {
    fn recurse(depth: u32) {
        allocate();
        if depth > 0 {
            if depth.is_multiple_of(4) {
                stacker::grow(1 << 17, || recurse(depth - 1));
            } else {
                recurse(black_box(depth - 1));
            }
        }
        allocate();
    }
    recurse(17);
}

/// Deeper than stacks are kept whole, and back.
pub(crate) fn recursion() {
    fn recurse(depth: u32) {
        allocate();
        if depth > 0 {
            if depth.is_multiple_of(2) {
                recurse(black_box(depth - 1));
            } else {
                black_box([0_u64; 3].map(|n| if n == 0 { depth } else { 0 }));
                recurse(black_box(depth - 1));
            }
        }
        allocate();
    }
    recurse(black_box(1_600));
}

/// A frame whose caller is found from the frame pointer, because the stack is aligned in it: callers
/// with frames of other sizes lead to the same place.
pub(crate) fn alignment() {
    #[repr(align(256))]
    struct Aligned([u8; 256]);

    #[inline(never)]
    fn aligned() {
        let block = black_box(Aligned([1; 256]));
        allocate();
        black_box(&block.0);
    }

    #[inline(never)]
    fn padded<const N: usize>() {
        let pad = MaybeUninit::<[u64; N]>::uninit();
        black_box(&pad);
        aligned();
        black_box(&pad);
    }

    let callers: [fn(); 8] = [
        padded::<1>,
        padded::<3>,
        padded::<5>,
        padded::<7>,
        padded::<9>,
        padded::<11>,
        padded::<13>,
        padded::<15>,
    ];
    // Each after each, and all from one call.
    let places: Vec<usize> = (0..8)
        .flat_map(|a| (0..8).flat_map(move |b| [a, b]))
        .collect();
    for place in black_box(places) {
        callers[place]();
    }
}
