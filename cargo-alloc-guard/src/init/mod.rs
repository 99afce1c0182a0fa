//! The first steps of a project: a dependency, a test and a workflow, added where they are missing and
//! nowhere else.

mod diff;
mod manifest;
mod place;
mod plan;
mod write;

pub(crate) use diff::print;
pub(crate) use place::Place;
pub(crate) use plan::{Plan, Wanted, Workflow};
pub(crate) use write::write;
