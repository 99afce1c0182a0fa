//! What a trial found, as data that can be written, read back and shown. It does not need the
//! allocator: the command line depends on this part alone.

mod build;
mod excerpt;
mod human;
mod json;
mod patient;
#[cfg(feature = "read")]
mod read;
mod reasons;
mod record;
mod stacks;
mod style;
mod totals;
mod write;

pub use human::{bytes, count, failure_text, heading_width, line, now_allocation_free};
#[cfg(feature = "runner")]
pub(crate) use json::quoted;
pub use json::to_json;
pub use patient::Patient;
#[cfg(feature = "read")]
pub use read::{ReadError, read_record, read_records};
pub use record::{Gate, Outcome, PermittedCalls, Record, Site, VERSION, binary_name};
pub use style::Style;
pub use totals::{Totals, summary};

pub(crate) use build::build;
#[cfg(feature = "runner")]
pub(crate) use build::ignored;
#[cfg(feature = "runner")]
pub(crate) use human::{mark, result};
pub(crate) use stacks::describe_violations;
pub(crate) use write::append;
