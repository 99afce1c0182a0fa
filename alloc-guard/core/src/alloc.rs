//! Owns [`Guard`], the one `GlobalAlloc` of this crate. It holds no policy: an idle call is passed
//! on, any other is passed on and told to [`phase`].

use std::alloc::{GlobalAlloc, Layout, System};

use crate::{
    backtrace::Registers,
    phase::{self, Course},
    recorder, switch,
    tally::Call,
};

/// An allocator that forwards every call to `A` and, while a lock or a measurement is on, counts it.
///
/// The crate `alloc-guard` installs a `Guard` over the system allocator. A binary with an allocator
/// of its own depends on `alloc-guard-core` instead and installs it here:
///
/// ```
/// # use std::alloc::System as Inner;
/// use alloc_guard_core::Guard;
///
/// #[global_allocator]
/// static GLOBAL: Guard<Inner> = Guard::new(Inner);
/// # fn main() {
/// # let (v, m) = alloc_guard_core::measure(|| std::hint::black_box(vec![1_u8; 10]));
/// # assert_eq!((m.allocs, m.bytes), (1, 10));
/// # }
/// ```
///
/// Each of the four methods is forwarded as itself, so a grow stays a grow. With nothing on, a call
/// costs one relaxed load, a test and a branch more than the inner allocator's.
#[derive(Debug, Default)]
pub struct Guard<A = System> {
    inner: A,
}

impl<A> Guard<A> {
    /// Wraps `inner`.
    pub const fn new(inner: A) -> Self {
        Self { inner }
    }
}

// Calls made while something is on. Out of line, so that the idle path stays a load, a test, a
// branch and the inner allocator's own code; and what does more than count out of line once more,
// so that counting stays cheap.
impl<A: GlobalAlloc> Guard<A> {
    /// # Safety
    /// - As for `GlobalAlloc::alloc`.
    #[cold]
    #[inline(never)]
    unsafe fn alloc_observed(&self, layout: Layout) -> *mut u8 {
        match phase::course() {
            // SAFETY: the caller keeps the contract of `alloc`.
            Course::Pass => unsafe { self.inner.alloc(layout) },
            Course::Count => {
                phase::enter_counting();
                // SAFETY: the caller keeps the contract of `alloc`.
                let block = unsafe { self.inner.alloc(layout) };
                phase::counted_alloc(Call::Alloc, block, layout.size());
                block
            }
            // SAFETY: the caller keeps the contract of `alloc`.
            Course::Full => unsafe { self.alloc_in_full(layout) },
        }
    }

    /// # Safety
    /// - As for `GlobalAlloc::alloc_zeroed`.
    #[cold]
    #[inline(never)]
    unsafe fn alloc_zeroed_observed(&self, layout: Layout) -> *mut u8 {
        match phase::course() {
            // SAFETY: the caller keeps the contract of `alloc_zeroed`.
            Course::Pass => unsafe { self.inner.alloc_zeroed(layout) },
            Course::Count => {
                phase::enter_counting();
                // SAFETY: the caller keeps the contract of `alloc_zeroed`.
                let block = unsafe { self.inner.alloc_zeroed(layout) };
                phase::counted_alloc(Call::Zeroed, block, layout.size());
                block
            }
            // SAFETY: the caller keeps the contract of `alloc_zeroed`.
            Course::Full => unsafe { self.alloc_zeroed_in_full(layout) },
        }
    }

    /// # Safety
    /// - As for `GlobalAlloc::dealloc`.
    #[cold]
    #[inline(never)]
    unsafe fn dealloc_observed(&self, block: *mut u8, layout: Layout) {
        match phase::course() {
            // SAFETY: the caller keeps the contract of `dealloc`.
            Course::Pass => unsafe { self.inner.dealloc(block, layout) },
            Course::Count => {
                phase::enter_counting();
                // SAFETY: the caller keeps the contract of `dealloc`.
                unsafe { self.inner.dealloc(block, layout) };
                phase::counted_dealloc(layout.size());
            }
            // SAFETY: the caller keeps the contract of `dealloc`.
            Course::Full => unsafe { self.dealloc_in_full(block, layout) },
        }
    }

    /// # Safety
    /// - As for `GlobalAlloc::realloc`.
    #[cold]
    #[inline(never)]
    unsafe fn realloc_observed(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        match phase::course() {
            // SAFETY: the caller keeps the contract of `realloc`.
            Course::Pass => unsafe { self.inner.realloc(block, layout, size) },
            Course::Count => {
                phase::enter_counting();
                // SAFETY: the caller keeps the contract of `realloc`.
                let block = unsafe { self.inner.realloc(block, layout, size) };
                phase::counted_realloc(layout.size(), block, size);
                block
            }
            // SAFETY: the caller keeps the contract of `realloc`.
            Course::Full => unsafe { self.realloc_in_full(block, layout, size) },
        }
    }

    /// # Safety
    /// - As for `GlobalAlloc::alloc`.
    #[cold]
    #[inline(never)]
    unsafe fn alloc_in_full(&self, layout: Layout) -> *mut u8 {
        let entered = phase::enter();
        // SAFETY: the caller keeps the contract of `alloc`.
        let block = unsafe { self.inner.alloc(layout) };
        if entered {
            phase::allocated(Call::Alloc, block, layout.size());
        }
        block
    }

    /// # Safety
    /// - As for `GlobalAlloc::alloc_zeroed`.
    #[cold]
    #[inline(never)]
    unsafe fn alloc_zeroed_in_full(&self, layout: Layout) -> *mut u8 {
        let entered = phase::enter();
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        if entered {
            phase::allocated(Call::Zeroed, block, layout.size());
        }
        block
    }

    /// # Safety
    /// - As for `GlobalAlloc::dealloc`.
    #[cold]
    #[inline(never)]
    unsafe fn dealloc_in_full(&self, block: *mut u8, layout: Layout) {
        let entered = phase::enter();
        if entered {
            // Before the call: afterwards another thread may already own this address.
            phase::deallocating(block, layout.size());
        }
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { self.inner.dealloc(block, layout) };
        if entered {
            phase::leave();
        }
    }

    /// # Safety
    /// - As for `GlobalAlloc::realloc`.
    #[cold]
    #[inline(never)]
    unsafe fn realloc_in_full(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let entered = phase::enter();
        // Before the call, as for a deallocation; put back if the call fails.
        let before = entered.then(|| phase::resizing(block, layout.size()));
        // SAFETY: the caller keeps the contract of `realloc`.
        let moved = unsafe { self.inner.realloc(block, layout, size) };
        if let Some(before) = before {
            phase::resized(&before, moved, size);
        }
        moved
    }
}

// Calls that are recorded and nothing else, which a profile is made of.
impl<A: GlobalAlloc> Guard<A> {
    /// # Safety
    /// - As for `GlobalAlloc::alloc`.
    #[cold]
    #[inline(never)]
    unsafe fn alloc_recorded(&self, layout: Layout, pc: usize, sp: usize, fp: usize) -> *mut u8 {
        let Some(hook) = phase::enter_recording() else {
            // SAFETY: the caller keeps the contract of `alloc`.
            return unsafe { self.alloc_observed(layout) };
        };
        // SAFETY: the caller keeps the contract of `alloc`.
        let block = unsafe { self.inner.alloc(layout) };
        recorder::allocated(Call::Alloc, block, layout.size(), pc, sp, fp);
        hook.leave();
        block
    }

    /// # Safety
    /// - As for `GlobalAlloc::alloc_zeroed`.
    #[cold]
    #[inline(never)]
    unsafe fn alloc_zeroed_recorded(
        &self,
        layout: Layout,
        pc: usize,
        sp: usize,
        fp: usize,
    ) -> *mut u8 {
        let Some(hook) = phase::enter_recording() else {
            // SAFETY: the caller keeps the contract of `alloc_zeroed`.
            return unsafe { self.alloc_zeroed_observed(layout) };
        };
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        let block = unsafe { self.inner.alloc_zeroed(layout) };
        recorder::allocated(Call::Zeroed, block, layout.size(), pc, sp, fp);
        hook.leave();
        block
    }

    /// # Safety
    /// - As for `GlobalAlloc::dealloc`.
    #[cold]
    #[inline(never)]
    unsafe fn dealloc_recorded(&self, block: *mut u8, layout: Layout) {
        let Some(hook) = phase::enter_recording() else {
            // SAFETY: the caller keeps the contract of `dealloc`.
            return unsafe { self.dealloc_observed(block, layout) };
        };
        // Before the call: afterwards another thread may already own this address.
        recorder::deallocating(&Registers::here(), block);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { self.inner.dealloc(block, layout) };
        hook.leave();
    }

    /// # Safety
    /// - As for `GlobalAlloc::realloc`.
    #[cold]
    #[inline(never)]
    unsafe fn realloc_recorded(
        &self,
        (block, layout, size): (*mut u8, Layout, usize),
        from: &Registers,
    ) -> *mut u8 {
        let Some(hook) = phase::enter_recording() else {
            // SAFETY: the caller keeps the contract of `realloc`.
            return unsafe { self.realloc_observed(block, layout, size) };
        };
        let before = recorder::resizing(block);
        // SAFETY: the caller keeps the contract of `realloc`.
        let moved = unsafe { self.inner.realloc(block, layout, size) };
        recorder::resized(from, &before, block, layout.size(), moved, size);
        hook.leave();
        moved
    }
}

// SAFETY: every method forwards to the same method of `A`, which keeps the contract; what is done
// besides neither unwinds nor touches the memory that is handed out.
unsafe impl<A: GlobalAlloc> GlobalAlloc for Guard<A> {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let seen = switch::look();
        if seen.is_idle() {
            // SAFETY: passed on from the caller.
            unsafe { self.inner.alloc(layout) }
        } else if seen.is_recording() {
            let (pc, sp, fp) = Registers::here().apart();
            // SAFETY: passed on from the caller.
            unsafe { self.alloc_recorded(layout, pc, sp, fp) }
        } else {
            // SAFETY: passed on from the caller.
            unsafe { self.alloc_observed(layout) }
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let seen = switch::look();
        if seen.is_idle() {
            // SAFETY: passed on from the caller.
            unsafe { self.inner.alloc_zeroed(layout) }
        } else if seen.is_recording() {
            let (pc, sp, fp) = Registers::here().apart();
            // SAFETY: passed on from the caller.
            unsafe { self.alloc_zeroed_recorded(layout, pc, sp, fp) }
        } else {
            // SAFETY: passed on from the caller.
            unsafe { self.alloc_zeroed_observed(layout) }
        }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        let seen = switch::look();
        if seen.is_idle() {
            // SAFETY: passed on from the caller.
            unsafe { self.inner.dealloc(block, layout) }
        } else if seen.is_recording() {
            // SAFETY: passed on from the caller.
            unsafe { self.dealloc_recorded(block, layout) }
        } else {
            // SAFETY: passed on from the caller.
            unsafe { self.dealloc_observed(block, layout) }
        }
    }

    #[inline]
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let seen = switch::look();
        if seen.is_idle() {
            // SAFETY: passed on from the caller.
            unsafe { self.inner.realloc(block, layout, size) }
        } else if seen.is_recording() {
            // SAFETY: passed on from the caller.
            unsafe { self.realloc_recorded((block, layout, size), &Registers::here()) }
        } else {
            // SAFETY: passed on from the caller.
            unsafe { self.realloc_observed(block, layout, size) }
        }
    }
}
