//! Owns memory that comes straight from the system: what the allocator path writes to, reserved
//! before it is needed, so that the guard's own bookkeeping never passes through the guard.

use std::alloc::{GlobalAlloc, Layout, System};

/// A value of zero bytes, for good; `None` if the system has no memory for it. Pages are mapped
/// only where they are touched.
///
/// # Safety
/// - All zero bytes are a valid `T`, which is not zero-sized.
pub(crate) unsafe fn zeroed<T>() -> Option<&'static mut T> {
    // SAFETY: the caller says that `T` is not zero-sized.
    let memory = unsafe { System.alloc_zeroed(Layout::new::<T>()) };
    let value = memory.cast::<T>();
    // SAFETY: null, or zero bytes of the right size and alignment, nobody else's and never freed
    // but by `release`.
    unsafe { value.as_mut() }
}

/// Gives a value of [`zeroed`] back.
///
/// # Safety
/// - `value` came from `zeroed` and nobody uses it any more.
pub(crate) unsafe fn release<T>(value: &'static T) {
    let memory = std::ptr::from_ref(value).cast_mut().cast();
    // SAFETY: allocated by `zeroed` with this layout by this allocator.
    unsafe { System.dealloc(memory, Layout::new::<T>()) };
}
