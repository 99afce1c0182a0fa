//! `VerifiedEntry`: what was proven of an entry, and by which log.

use crate::rekor::checkpoint::VerifiedCheckpoint;
use crate::rekor::inclusion::VerifiedInclusion;
use crate::rekor::log::Log;
use crate::rekor::set::VerifiedSet;

/// An entry of which everything holds that its log must prove. Only
/// [`LogEntry::verify`](crate::rekor::LogEntry::verify) makes one.
#[derive(Debug, Clone, Copy)]
pub struct VerifiedEntry<'a> {
    pub(super) body: &'a [u8],
    pub(super) log: &'a Log,
    pub(super) set: Option<VerifiedSet<'a>>,
    pub(super) inclusion: VerifiedInclusion,
    pub(super) checkpoint: VerifiedCheckpoint<'a>,
}

impl<'a> VerifiedEntry<'a> {
    /// The log that has the entry.
    #[must_use]
    pub const fn log(&self) -> &'a Log {
        self.log
    }

    /// What the log has: usually JSON, which says what was signed, and with which key or certificate.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }

    /// The signed entry timestamp. Entries of version 2 have none, and so no time.
    #[must_use]
    pub const fn set(&self) -> Option<VerifiedSet<'a>> {
        self.set
    }

    /// The inclusion proof. Its tree is that of the checkpoint.
    #[must_use]
    pub const fn inclusion(&self) -> VerifiedInclusion {
        self.inclusion
    }

    /// The checkpoint.
    #[must_use]
    pub const fn checkpoint(&self) -> VerifiedCheckpoint<'a> {
        self.checkpoint
    }
}
