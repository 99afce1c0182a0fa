//! What a profile is, whichever kind of file it came from.

mod allocations;
mod context;
mod merge;
mod profile;
mod stacks;
mod strings;
mod sums;
mod warning;

pub use allocations::{Allocation, AllocationId, Allocations, Event, Kind};
pub use context::{Context, ContextId, OperationId, Phase, Thread, ThreadId};
pub use profile::{BuildProfile, Data, Origin, Profile};
pub use stacks::{Class, Frame, FrameId, StackId, Stacks};
pub(crate) use stacks::{Rank, site_of};
pub(crate) use strings::number;
pub use strings::{StringId, Strings};
pub use sums::{Amount, Sums};
pub use warning::Warning;
