//! Owns the definitions of call stacks in the file: the nodes of the tree, as they come.

use std::{
    cell::UnsafeCell,
    slice,
    sync::atomic::{AtomicBool, Ordering},
};

use crate::backtrace::paths::{Cursor, Paths};

use super::{
    encode::{self, LONGEST},
    file::{self, Kind},
    modules::Modules,
};

const BYTES: usize = 16 << 10;

/// What has been defined, and room for what is about to be.
struct Writer {
    cursor: Option<Cursor>,
    modules: Modules,
    bytes: [u8; BYTES],
}

/// The one writer, for one thread at a time.
struct Shared {
    is_taken: AtomicBool,
    writer: UnsafeCell<Writer>,
}

// SAFETY: the writer is used by the thread that has taken it alone.
unsafe impl Sync for Shared {}

static SHARED: Shared = Shared {
    is_taken: AtomicBool::new(false),
    writer: UnsafeCell::new(Writer {
        cursor: None,
        modules: Modules::NONE,
        bytes: [0; BYTES],
    }),
};

/// Writes the definitions that have not been written, unless another thread is about it.
pub(super) fn write() {
    // Acquire: pairs with the release in `write_taken`.
    if !SHARED.is_taken.swap(true, Ordering::Acquire) {
        write_taken();
    }
}

/// The same at the process's end, where another thread that is about it has nearly done.
pub(super) fn write_last() {
    // Acquire: as above.
    while SHARED.is_taken.swap(true, Ordering::Acquire) {
        std::hint::spin_loop();
    }
    write_taken();
}

fn write_taken() {
    // SAFETY: this thread has taken it.
    unsafe { &mut *SHARED.writer.get() }.write();
    // Release: pairs with the acquires above.
    SHARED.is_taken.store(false, Ordering::Release);
}

impl Writer {
    fn write(&mut self) {
        let Some(paths) = Paths::shared() else {
            return;
        };
        let start = self.bytes.as_mut_ptr();
        let mut len = 0_usize;
        for node in paths.added(self.cursor.get_or_insert_default()) {
            self.modules.see(node.address);
            if len > BYTES - 3 * LONGEST {
                flush(start, len);
                len = 0;
            }
            // SAFETY: `len` is within the bytes.
            let mut at = unsafe { start.add(len) };
            for value in [
                node.id.get().into(),
                node.parent.get().into(),
                node.address as u64,
            ] {
                // SAFETY: there is room for three numbers.
                at = unsafe { encode::number(at, value) };
            }
            len = at.addr().wrapping_sub(start.addr());
        }
        flush(start, len);
    }
}

fn flush(start: *const u8, len: usize) {
    if len > 0 {
        // SAFETY: initialised, and written to by nobody meanwhile.
        let bytes = unsafe { slice::from_raw_parts(start, len) };
        file::block(Kind::Paths, [bytes, &[], &[]]);
    }
}
