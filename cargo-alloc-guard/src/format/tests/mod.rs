//! The forms of one rich run against golden files, and of runs that are too long for what shows them.

mod golden;
mod long;
mod rich;
mod schema;
