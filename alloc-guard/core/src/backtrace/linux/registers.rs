//! Owns what a walk starts from: the registers here, and the bounds of this thread's stack.

use std::{
    arch::asm,
    cell::Cell,
    ffi::{c_int, c_void},
};

/// The DWARF numbers of the two registers that a walk follows.
#[cfg(target_arch = "x86_64")]
mod numbers {
    pub(in super::super) const FRAME_POINTER: u64 = 6;
    pub(in super::super) const STACK_POINTER: u64 = 7;
}
#[cfg(target_arch = "aarch64")]
mod numbers {
    pub(in super::super) const FRAME_POINTER: u64 = 29;
    pub(in super::super) const STACK_POINTER: u64 = 31;
}
pub(super) use numbers::{FRAME_POINTER, STACK_POINTER};

/// The state of one frame.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Registers {
    pub(super) pc: usize,
    pub(super) sp: usize,
    pub(super) fp: usize,
}

impl Registers {
    /// Those of the function that this is called in.
    #[inline(always)]
    pub(crate) fn here() -> Self {
        let (pc, sp, fp): (usize, usize, usize);
        #[cfg(target_arch = "x86_64")]
        // SAFETY: reads three registers and nothing else.
        unsafe {
            asm!("lea {}, [rip]", "mov {}, rsp", "mov {}, rbp",
                out(reg) pc, out(reg) sp, out(reg) fp, options(nomem, nostack, preserves_flags));
        }
        #[cfg(target_arch = "aarch64")]
        // SAFETY: reads three registers and nothing else. One instruction further on than `here`,
        // so that it is never what a call returns to.
        unsafe {
            asm!("adr {}, . + 4", "mov {}, sp", "mov {}, x29",
                out(reg) pc, out(reg) sp, out(reg) fp, options(nomem, nostack, preserves_flags));
        }
        Self { pc, sp, fp }
    }

    /// One by one, as arguments that are passed in registers: a structure would be passed in memory,
    /// for which every call of the allocator would have to make room.
    #[inline(always)]
    pub(crate) fn apart(self) -> (usize, usize, usize) {
        (self.pc, self.sp, self.fp)
    }

    /// What [`apart`](Self::apart) took apart.
    #[inline(always)]
    pub(crate) fn together(pc: usize, sp: usize, fp: usize) -> Self {
        Self { pc, sp, fp }
    }
}

/// A word of this thread's stack. A macro, because without optimisation a function is a call.
#[cfg(not(sanitized))]
macro_rules! stack_word {
    ($address:expr) => {
        *($address as *const usize)
    };
}
#[cfg(sanitized)]
macro_rules! stack_word {
    ($address:expr) => {
        $crate::backtrace::linux::registers::unwatched($address as usize)
    };
}
pub(super) use stack_word;

/// A word of this thread's stack, read where the sanitizer does not see it: to it what lies between two
/// variables is nobody's to read.
///
/// # Safety
/// - The word is one of this thread's stack.
#[cfg(sanitized)]
#[inline(always)]
pub(super) unsafe fn unwatched(address: usize) -> usize {
    let value: usize;
    #[cfg(target_arch = "x86_64")]
    // SAFETY: the caller says that there is a word.
    unsafe {
        asm!("mov {}, [{}]", out(reg) value, in(reg) address,
            options(pure, readonly, nostack, preserves_flags));
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: the caller says that there is a word.
    unsafe {
        asm!("ldr {}, [{}]", out(reg) value, in(reg) address,
            options(pure, readonly, nostack, preserves_flags));
    }
    value
}

/// A code address without the bits that aarch64 signs return addresses with.
#[inline(always)]
pub(super) fn without_signature(pc: usize) -> usize {
    if cfg!(target_arch = "aarch64") {
        pc & 0x0000_ffff_ffff_ffff
    } else {
        pc
    }
}

/// The lowest address of a stack, and the first one above it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) low: usize,
    pub(super) high: usize,
}

thread_local! {
    // `const` and without `Drop`: plain thread-local memory, readable while the thread is torn down.
    static BOUNDS: Cell<Bounds> = const { Cell::new(Bounds { low: 0, high: 0 }) };
}

impl Bounds {
    /// Whether a stack pointer is in this stack.
    #[inline(always)]
    pub(super) fn contains(&self, sp: usize) -> bool {
        self.low <= sp && sp < self.high && sp & 7 == 0
    }

    /// Those of the stack that the system gave this thread. Empty if the system does not say.
    #[inline(always)]
    pub(super) fn of_this_thread() -> Self {
        match BOUNDS.try_with(Cell::get) {
            Ok(bounds) if bounds.high != 0 => bounds,
            _ => Self::ask(),
        }
    }

    #[cold]
    #[inline(never)]
    fn ask() -> Self {
        let bounds = Self::from_system().unwrap_or(Self { low: 0, high: 1 });
        let _ = BOUNDS.try_with(|cell| cell.set(bounds));
        bounds
    }

    /// May use the C library's allocator, which is not Rust's.
    fn from_system() -> Option<Self> {
        let mut attributes = [0_u64; 16];
        let attributes: *mut c_void = (&raw mut attributes).cast();
        // SAFETY: always safe to call.
        let this = unsafe { pthread_self() };
        // SAFETY: the attributes have room for what any C library here keeps (56 or 64 bytes).
        if unsafe { pthread_getattr_np(this, attributes) } != 0 {
            return None;
        }
        let (mut low, mut size) = (std::ptr::null_mut::<c_void>(), 0_usize);
        // SAFETY: initialised by the call above.
        let result = unsafe { pthread_attr_getstack(attributes, &raw mut low, &raw mut size) };
        // SAFETY: initialised above, and not used again.
        unsafe { pthread_attr_destroy(attributes) };
        if result != 0 {
            return None;
        }
        Some(Self {
            low: low.addr(),
            high: low.addr().checked_add(size)?,
        })
    }
}

// What std links anyway, so that the crate does without `libc`.
unsafe extern "C" {
    fn pthread_self() -> usize;
    fn pthread_getattr_np(thread: usize, attributes: *mut c_void) -> c_int;
    fn pthread_attr_getstack(
        attributes: *const c_void,
        low: *mut *mut c_void,
        size: *mut usize,
    ) -> c_int;
    fn pthread_attr_destroy(attributes: *mut c_void) -> c_int;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_registers_lie_where_they_should() {
        let bounds = Bounds::of_this_thread();
        let here = Registers::here();
        assert!(
            bounds.low < here.sp && here.sp < bounds.high,
            "{bounds:x?} {here:x?}"
        );
        let local = 0_u8;
        assert!((&raw const local).addr() >= here.sp);
        let elsewhere = std::thread::spawn(Bounds::of_this_thread).join().unwrap();
        assert!(elsewhere.high <= bounds.low || bounds.high <= elsewhere.low);
    }
}
