//! The C functions that the test is about.

use std::{
    ffi::{c_int, c_void},
    hint::black_box,
};

type Compare = extern "C" fn(*const c_void, *const c_void) -> c_int;
type OnFrame = unsafe extern "C" fn(*mut c_void, *mut c_void) -> c_int;

unsafe extern "C" {
    fn _Unwind_Backtrace(on_frame: OnFrame, data: *mut c_void) -> c_int;
    fn _Unwind_GetIP(frame: *mut c_void) -> usize;
    #[link_name = "qsort"]
    fn c_qsort(base: *mut c_void, count: usize, size: usize, compare: Compare);
    fn signal(number: c_int, handler: extern "C" fn(c_int)) -> usize;
    fn raise(number: c_int) -> c_int;
}

/// A stack as the system's unwinder sees it, innermost frame first.
pub(crate) struct Stack {
    len: usize,
    frames: Box<[usize]>,
}

impl Stack {
    /// Room for one.
    pub(crate) fn new() -> Self {
        Self {
            len: 0,
            frames: vec![0; 8192].into_boxed_slice(),
        }
    }

    /// Takes the stack that this is called on. Its first frame is in this function.
    #[inline(never)]
    pub(crate) fn take(&mut self) {
        self.len = 0;
        // SAFETY: `on_frame` gets the pointer back, and does not unwind.
        let reason = unsafe { _Unwind_Backtrace(on_frame, (&raw mut *self).cast()) };
        // A tail call would leave this function's frame out.
        black_box(reason);
    }

    pub(crate) fn frames(&self) -> &[usize] {
        &self.frames[..self.len]
    }
}

unsafe extern "C" fn on_frame(frame: *mut c_void, stack: *mut c_void) -> c_int {
    // SAFETY: handed over by `take`.
    let stack = unsafe { &mut *stack.cast::<Stack>() };
    // SAFETY: valid during this call.
    let pc = unsafe { _Unwind_GetIP(frame) };
    // libgcc ends with address 0.
    if pc != 0 && stack.len < stack.frames.len() {
        stack.frames[stack.len] = pc;
        stack.len += 1;
    }
    0
}

/// Sorts through C, which calls `compare` back.
pub(crate) fn qsort(numbers: &mut [u32], compare: Compare) {
    // SAFETY: the size is that of the elements.
    unsafe { c_qsort(numbers.as_mut_ptr().cast(), numbers.len(), 4, compare) };
}

/// Runs `handler` as that of a signal.
pub(crate) fn interrupt(handler: extern "C" fn(c_int)) {
    const SIGUSR1: c_int = 10;
    // SAFETY: nobody else uses the signal; `raise` runs the handler before it returns.
    unsafe { signal(SIGUSR1, handler) };
    // SAFETY: as above.
    assert_eq!(unsafe { raise(SIGUSR1) }, 0);
}
