//! Owns the file: whole blocks, each in one call.

use std::{
    fs::File,
    io::{self, IoSlice, Write as _},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::switch;

/// The kinds of blocks.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum Kind {
    Process = 1,
    #[cfg(own_walk)]
    Modules = 2,
    Paths = 3,
    Operations = 4,
    Threads = 5,
    Events = 6,
    Lost = 7,
    End = 8,
}

static FILE: OnceLock<File> = OnceLock::new();

/// The process that the file belongs to.
static OWNER: AtomicU32 = AtomicU32::new(0);

/// Takes the file that the process writes to from now on.
pub(super) fn adopt(file: File) {
    // Relaxed: set before recording is on.
    OWNER.store(std::process::id(), Ordering::Relaxed);
    let _ = FILE.set(file);
}

/// Whether this is the process that the file belongs to, not one that it forked.
pub(super) fn is_ours() -> bool {
    // Relaxed: see `adopt`.
    OWNER.load(Ordering::Relaxed) == std::process::id()
}

/// What stands before a payload.
pub(super) fn head(kind: Kind, len: usize) -> [u8; 5] {
    let [a, b, c, d] = u32::try_from(len).unwrap_or(u32::MAX).to_le_bytes();
    [kind as u8, a, b, c, d]
}

/// Writes a block, whose payload is given in parts. If that fails, or if this is a fork, it is the
/// end of the recording.
pub(super) fn block(kind: Kind, payload: [&[u8]; 3]) {
    let Some(mut file) = FILE.get() else {
        return;
    };
    if !is_ours() {
        switch::stop_recording();
        return;
    }
    let [first, second, third] = payload;
    let len = first.len().saturating_add(second.len());
    let len = len.saturating_add(third.len());
    let head = head(kind, len);
    let all = head.len().saturating_add(len);
    let parts = [&head, first, second, third].map(IoSlice::new);
    let written = loop {
        match file.write_vectored(&parts) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            written => break written,
        }
    };
    match written {
        Ok(len) if len == all => {}
        // Another block behind half of one could not be read.
        Ok(_) => give_up("the file system took half of a block"),
        Err(error) => give_up(match error.kind() {
            io::ErrorKind::StorageFull => "no space is left",
            io::ErrorKind::QuotaExceeded => "the quota is used up",
            io::ErrorKind::FileTooLarge => "the file is too large",
            _ => "the file could not be written",
        }),
    }
}

#[cold]
fn give_up(why: &str) {
    if switch::stop_recording() {
        say(&["the recording ended early: ", why]);
    }
}

/// A line on standard error, without allocating.
pub(super) fn say(parts: &[&str]) {
    let mut line = [0_u8; 1024];
    let mut rest = line.as_mut_slice();
    for part in ["alloc-guard: warning: "].iter().chain(parts) {
        // What does not fit is cut.
        let _ = rest.write(part.as_bytes());
    }
    if rest.is_empty() {
        rest = &mut line[1023..];
    }
    let _ = rest.write(b"\n");
    let len = 1024 - rest.len();
    // Nobody may read it; and nothing is to be done about that.
    let _ = io::stderr().write(line.get(..len).unwrap_or_default());
}
