//! What a profile is, whichever kind of file it came from.

mod allocations;
mod merge;
mod profile;
mod stacks;
mod strings;
mod sums;

pub use allocations::{Allocation, AllocationId, Allocations, Event, Kind};
pub use profile::{
    BuildProfile, Context, ContextId, Data, OperationId, Origin, Phase, Profile, Thread, ThreadId,
    Warning,
};
pub(crate) use stacks::site_rank;
pub use stacks::{Class, Frame, FrameId, StackId, Stacks};
pub(crate) use strings::number;
pub use strings::{StringId, Strings};
pub use sums::{Amount, Sums};
