//! Writes every call of the allocator down, with its stack and time, in a process that is asked to by
//! `ALLOC_GUARD_PROFILE`. What is written is `docs/profile-format.md`.
//!
//! [`start`] finds out at the process's first call whether to. Each thread leases a [`thread`] with a
//! buffer of [`events`], which goes to the [`file`] whenever it is full or old, after the [`paths`] that it names.
//! The [`end`] of the process writes what is left. Nothing of this allocates but `start`, whose calls pass
//! through the hook unseen.

mod clock;
mod encode;
mod end;
mod events;
mod file;
mod hook;
mod lost;
mod modules;
mod paths;
mod sample;
mod start;
mod thread;

pub(crate) use hook::{
    Before, Phase, allocated, context, deallocating, is_on, operation, resized, resizing,
};
pub(crate) use start::start;
