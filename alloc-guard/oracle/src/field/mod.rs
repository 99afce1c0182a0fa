//! The field report: what public crates say of the heap, and what was counted.

mod data;
mod measure;
mod packages;
mod page;
mod sites;

pub use data::{Field, Holds, Measured, Profile, Site};
pub use measure::{Programs, measure};
pub use packages::{Package, packages, toolchain_and_target};
pub use page::page;
