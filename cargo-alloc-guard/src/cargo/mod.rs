//! What cargo knows: the workspace and its packages, the test binaries it built, and the environment
//! it runs them in.

mod build;
mod environment;
mod messages;
mod metadata;
mod variables;

pub(crate) use build::{Build, TestBinary, build};
pub(crate) use environment::Environment;
pub(crate) use metadata::{Package, Workspace, metadata};
pub(crate) use variables::Variables;
