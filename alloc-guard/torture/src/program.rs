//! Owns what a program is, and what is known of it when it has run.

use alloc_guard_core::Tally;
use serde::{Deserialize, Serialize};

/// How many blocks a thread holds at most.
pub const SLOTS: usize = 8;

/// A program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Program {
    /// The thread that it begins on.
    pub place: Place,
    /// What it is run as.
    pub course: Course,
    /// What it does.
    pub steps: Vec<Step>,
}

/// A thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Place {
    /// The process's first.
    Main,
    /// Another.
    Thread,
}

/// What a program is run as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Course {
    /// As it stands.
    Plain,
    /// As the locked phase of a guarded test.
    Trial {
        /// `scope = "process"`.
        process: bool,
        /// `deny(dealloc)`.
        deny_dealloc: bool,
        /// `no_leaks`.
        no_leaks: bool,
        /// The init phase.
        init: Vec<Step>,
        /// What happens after the locked phase.
        after: Vec<Step>,
    },
}

/// One step of a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Asks for a block, once the one that the slot holds is freed.
    Alloc {
        /// Where it is kept.
        slot: usize,
        /// Its size; not 0.
        size: usize,
        /// The binary logarithm of its alignment.
        align: u32,
        /// By `alloc_zeroed`.
        zeroed: bool,
    },
    /// Resizes the block in a slot, if it holds one.
    Resize {
        /// Where it is kept.
        slot: usize,
        /// Its new size; not 0.
        size: usize,
    },
    /// Frees the block in a slot, if it holds one.
    Free {
        /// Where it is kept.
        slot: usize,
    },
    /// A request that the allocator refuses: a resizing if the slot holds a block, else by `alloc` or `alloc_zeroed`.
    Refused {
        /// Where the block is kept, and stays.
        slot: usize,
        /// The size asked for.
        size: usize,
        /// By `alloc_zeroed`.
        zeroed: bool,
    },
    /// A request for more than there is.
    TooLarge,
    /// `measure`.
    Measure(Vec<Step>),
    /// `assert_alloc_free`, whose panic is caught.
    AllocFree(Vec<Step>),
    /// `permit`.
    Permit(Vec<Step>),
    /// `catch_unwind`.
    Catch(Vec<Step>),
    /// Ends all up to the next catch, or the thread.
    Panic(Panic),
    /// Runs steps, and others in a destructor, whether or not the first ones panic.
    Deferred {
        /// The first.
        steps: Vec<Step>,
        /// Those of the destructor; a panic of theirs is caught there.
        destructor: Vec<Step>,
    },
    /// Starts a thread.
    Spawn {
        /// The slots, one bit each, whose blocks go over to the thread.
        moved: u8,
        /// What it does. A panic ends it.
        steps: Vec<Step>,
    },
    /// Waits for the oldest thread that this one has started, and takes its blocks over: those that find their slot
    /// taken are freed here. It is done at the end of a thread too, for those that are left.
    Join,
    /// Has steps run in a destructor at the end of the thread, where it is not the first one.
    AtExit(Vec<Step>),
    /// Raises a signal, whose handler runs steps. A panic of theirs is caught there.
    Raise(Vec<Step>),
    /// Forks, if this is the process's only thread; steps run in the child. A panic of theirs is caught there.
    Fork(Vec<Step>),
}

/// A kind of panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Panic {
    /// `resume_unwind`, whose payload is asked for before, and counts; and so does freeing it.
    Resumed,
    /// `panic_any`, whose payload is asked for while panicking, and freed afterwards.
    Any,
    /// `panic!`, whose payload std makes as it likes: it is freed within a permit.
    Text,
}

impl Panic {
    /// The size of the payload, as far as it is known.
    pub(crate) const fn payload(self) -> Option<usize> {
        match self {
            Self::Resumed => Some(48),
            Self::Any => Some(24),
            Self::Text => None,
        }
    }
}

/// Counts, under the names of [`Tally`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "they are those of `Tally`")]
pub struct Counts {
    pub allocs: u64,
    pub zeroed: u64,
    pub grows: u64,
    pub shrinks: u64,
    pub deallocs: u64,
    pub failed: u64,
    pub bytes: u64,
    pub retained_bytes: i64,
    pub peak_bytes: u64,
}

impl From<Tally> for Counts {
    fn from(tally: Tally) -> Self {
        Self {
            allocs: tally.allocs,
            zeroed: tally.zeroed,
            grows: tally.grows,
            shrinks: tally.shrinks,
            deallocs: tally.deallocs,
            failed: tally.failed,
            bytes: tally.bytes,
            retained_bytes: tally.retained_bytes,
            peak_bytes: tally.peak_bytes,
        }
    }
}

impl Counts {
    /// Every allocation.
    #[must_use]
    pub fn allocations(&self) -> u64 {
        self.allocs + self.zeroed + self.grows + self.shrinks
    }
}

/// What a step found, in the order in which they came to their ends; those of a thread stand where it was joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Observed {
    /// By `measure`.
    Measured(Counts),
    /// By `assert_alloc_free`: whether it held.
    AllocFree(bool),
    /// A catch: whether there was a panic, and of which kind.
    Caught(Option<Panic>),
    /// A thread came to its end: whether by a panic.
    Ended(bool),
}

/// What a guarded test's record says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// The outcome.
    pub outcome: String,
    /// Counts of the init phase.
    pub init: Counts,
    /// Counts of the locked phase.
    pub locked: Counts,
    /// Blocks that leaked, and their bytes.
    pub leaked: (u64, u64),
}

/// What is known of a program that has run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// What its steps found.
    pub observed: Vec<Observed>,
    /// The record, if it was a guarded test.
    pub tried: Option<Tried>,
    /// What its own steps asked of the allocator beneath the guard, counted there or not.
    pub own: Counts,
    /// What every thread asked of the allocator beneath the guard while the lock was on, unless permitted or
    /// panicking.
    pub window: Counts,
}
