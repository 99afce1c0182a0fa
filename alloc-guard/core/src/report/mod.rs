//! What a trial found, as data that can be written, read back and shown. It does not need the
//! allocator: the command line depends on this part alone.

mod build;
mod human;
mod json;
#[cfg(feature = "read")]
mod read;
mod record;
mod style;
mod write;

pub use human::{Totals, bytes, count, failure_text, heading_width, line, summary};
#[cfg(feature = "runner")]
pub(crate) use json::quoted;
pub use json::to_json;
#[cfg(feature = "read")]
pub use read::{ReadError, read_record, read_records};
pub use record::{Gate, Outcome, PermittedCalls, Record, Site, VERSION, binary_name};
pub use style::Style;

#[cfg(feature = "runner")]
pub(crate) use build::ignored;
pub(crate) use build::{build, describe_violations};
#[cfg(feature = "runner")]
pub(crate) use human::{mark, result};
pub(crate) use write::append;
