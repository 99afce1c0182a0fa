//! Owns the system's unwinder: what our own walk does not know, it asks here.

use std::ffi::{c_int, c_void};

/// Shows `visit` the frames of this thread from the one whose stack pointer is `sp` outwards, by
/// their stack pointers and return addresses (of the innermost: where it calls), until it says
/// `false`. That one itself is not there if its last call took its place.
///
/// Takes the loader's lock with C libraries that have nothing better, and allocates nothing.
pub(super) fn each_frame(sp: usize, mut visit: impl FnMut(usize, usize) -> bool) {
    let mut frames = Frames {
        sp,
        is_inside: true,
        visit: &mut visit,
    };
    // SAFETY: `on_frame` is what the function expects, and `frames` outlives the call.
    unsafe { _Unwind_Backtrace(on_frame, (&raw mut frames).cast()) };
}

struct Frames<'a> {
    sp: usize,
    /// Still among the frames that this module itself added.
    is_inside: bool,
    visit: &'a mut dyn FnMut(usize, usize) -> bool,
}

unsafe extern "C" fn on_frame(frame: *mut c_void, frames: *mut c_void) -> c_int {
    const GO_ON: c_int = 0;
    const STOP: c_int = 5;
    // SAFETY: what `each_frame` handed over, used by this call alone.
    let frames = unsafe { &mut *frames.cast::<Frames<'_>>() };
    // SAFETY: valid during this call.
    let (sp, pc) = (unsafe { _Unwind_GetCFA(frame) }, unsafe {
        _Unwind_GetIP(frame)
    });
    frames.is_inside &= sp < frames.sp;
    // libgcc ends with address 0.
    if pc == 0 || !(frames.is_inside || (frames.visit)(sp, pc)) {
        STOP
    } else {
        GO_ON
    }
}

// What std links anyway: libgcc's, or LLVM's libunwind.
unsafe extern "C" {
    fn _Unwind_Backtrace(
        callback: unsafe extern "C" fn(*mut c_void, *mut c_void) -> c_int,
        data: *mut c_void,
    ) -> c_int;
    fn _Unwind_GetIP(frame: *mut c_void) -> usize;
    fn _Unwind_GetCFA(frame: *mut c_void) -> usize;
}
