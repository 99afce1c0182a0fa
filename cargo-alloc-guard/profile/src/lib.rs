#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod derive;
mod diff;
mod error;
pub mod export;
mod frames;
pub mod html;
mod model;
mod read;
mod symbols;

pub use derive::{FunctionKey, FunctionSums, Step, Timeline, Totals};
pub use diff::{Diff, DiffNode, DiffTree, Function, FunctionChange, diff};
pub use error::{Error, ErrorKind};
pub use model::{
    Allocation, AllocationId, Allocations, Amount, BuildProfile, Class, Context, ContextId, Data,
    Event, Frame, FrameId, Kind, OperationId, Origin, Phase, Profile, StackId, Stacks, StringId,
    Strings, Sums, Thread, ThreadId, Warning,
};
pub use read::{RECORDER_VERSIONS, Scrubbed, open, read, scrub};
