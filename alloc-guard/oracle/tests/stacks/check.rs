//! The allocator that captures each stack twice and compares.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
};

use alloc_guard_core::__private::{Counts, PathId, Paths, Walker};

use super::system::Stack;

/// What came of the stacks of one thread.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) equal: u64,
    pub(crate) difference: Option<String>,
    pub(crate) counts: Counts,
}

/// How many frames are kept of a stack that is too deep to be kept whole.
const DEEP: usize = 128;

struct Checker {
    walker: &'static mut Walker,
    truth: Stack,
    equal: u64,
    /// Ours, and the system's, where they differ first.
    difference: Option<(PathId, Vec<usize>)>,
}

thread_local! {
    static CHECKER: Cell<*mut Checker> = const { Cell::new(std::ptr::null_mut()) };
}

/// Compares the stack of each allocation that `body` makes.
pub(crate) fn with(body: impl FnOnce()) -> Checked {
    let mut checker = Box::new(Checker {
        walker: Walker::reserve().unwrap(),
        truth: Stack::new(),
        equal: 0,
        difference: None,
    });
    let before = checker.walker.counts();
    assert_eq!(before, Counts::default());
    CHECKER.set(&raw mut *checker);
    body();
    CHECKER.set(std::ptr::null_mut());
    Checked {
        equal: checker.equal,
        difference: checker.difference.as_ref().map(|(path, truth)| {
            let ours: Vec<_> = Paths::shared().unwrap().frames(*path).collect();
            format!("ours {ours:#x?}\nthe system's {truth:#x?}")
        }),
        counts: checker.walker.counts(),
    }
}

pub(crate) struct Comparing;

// SAFETY: forwards to `System`.
unsafe impl GlobalAlloc for Comparing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        compare();
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        compare();
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        compare();
        // SAFETY: the caller keeps the contract.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        compare();
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(block, layout) }
    }
}

fn compare() {
    // While the pointer is away, nested calls pass.
    let pointer = CHECKER.replace(std::ptr::null_mut());
    // SAFETY: null, or set by `with`, which has it longer than it is set.
    if let Some(checker) = unsafe { pointer.as_mut() } {
        checker.compare();
        CHECKER.set(pointer);
    }
}

impl Checker {
    #[inline(never)]
    fn compare(&mut self) {
        if self.difference.is_some() {
            return;
        }
        let paths = Paths::shared().unwrap();
        self.truth.take();
        let ours = self.walker.capture(paths);
        // Both begin with a frame of their own, and then call from different places in this one.
        let theirs = &self.truth.frames()[2..];
        // LLVM's libunwind, which musl targets have, leaves out one of its callers.
        let skips = if cfg!(target_env = "musl") {
            1..4
        } else {
            2..3
        };
        let mut is_equal = false;
        for skip in skips {
            let theirs = if paths.root(ours) == PathId::CUT {
                &theirs[..DEEP - skip]
            } else {
                theirs
            };
            is_equal |= paths.frames(ours).skip(skip).eq(theirs.iter().copied());
        }
        if is_equal {
            self.equal += 1;
        } else {
            self.difference = Some((ours, self.truth.frames().to_vec()));
        }
    }
}
