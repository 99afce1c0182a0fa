//! Who allocated, and during what: threads, and stretches of guarded tests.

/// A thread.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// As the file numbers it, or as the system does.
    pub id: u64,
    /// Its name, with the process before it where a profile holds several; may be empty.
    pub name: String,
}

/// A thread of a [`Profile`](super::Profile): its place in [`Profile::threads`](super::Profile::threads).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ThreadId(pub u32);

/// An operation of a [`Profile`](super::Profile): its place in [`Profile::operations`](super::Profile::operations).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub u32);

/// A context of a [`Profile`](super::Profile): its place in [`Profile::contexts`](super::Profile::contexts).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextId(pub u32);

impl ContextId {
    /// Outside of every operation.
    pub const NONE: Self = Self(0);
}

/// A stretch of a trial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Outside of any.
    #[default]
    Outside,
    /// Fixtures are built.
    Init,
    /// Allocator calls are counted.
    Locked,
    /// The return value and fixtures are dropped.
    After,
    /// The body runs unlocked, so that what is initialised once is; or again, to tell what that was.
    WarmUp,
}

/// What a thread was doing when it allocated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Context {
    /// Which guarded test it ran, if any.
    pub operation: Option<OperationId>,
    /// Which stretch of it.
    pub phase: Phase,
}
