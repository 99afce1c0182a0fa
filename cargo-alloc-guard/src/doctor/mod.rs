//! What can be wrong with a workspace's guarded tests without any test saying so: read from the source
//! and the manifests, and seen by running one test of each binary.

mod allocators;
mod attributes;
mod baseline;
mod cfg;
mod depth;
mod finding;
#[cfg(test)]
mod fixture;
mod gate;
mod graph;
mod harm;
mod installed;
mod modules;
mod scan;
mod source;
mod targets;
mod text;
mod workspace;

pub(crate) use baseline::stale;
pub(crate) use cfg::{Cfg, Platform};
pub(crate) use gate::repository;
pub(crate) use graph::{Graph, Package};
pub(crate) use installed::not_installed;
pub(crate) use targets::tables;
pub(crate) use text::print;
pub(crate) use workspace::Workspace;
