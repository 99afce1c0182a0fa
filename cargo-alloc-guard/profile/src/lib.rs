#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod model;

pub use model::{
    Allocation, AllocationId, Allocations, Amount, BuildProfile, Class, Context, ContextId, Data,
    Event, Frame, FrameId, Kind, OperationId, Origin, Phase, Profile, StackId, StackSums, Stacks,
    StringId, Strings, Thread, ThreadId, Warning,
};
