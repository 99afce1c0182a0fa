//! ByteHound's `.dat`: chunks, in them a stream of events, and the state of a process that the events add up to.

mod chunks;
mod events;
mod load;
mod maps;
mod scrub;

pub(crate) use load::read;
pub(crate) use scrub::scrub;
