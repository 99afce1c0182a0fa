//! The command line as it is typed. What it means is in `settings`.

mod accept;
mod cargo;
mod check;
mod diff;
mod doctor;
mod init;
mod line;
mod merge;
mod profile;
mod report;

pub(crate) use accept::AcceptArguments;
pub(crate) use cargo::CargoArguments;
pub(crate) use check::CheckArguments;
pub(crate) use diff::{DiffArguments, DiffFormat};
pub(crate) use doctor::DoctorArguments;
pub(crate) use init::InitArguments;
pub(crate) use line::{Arguments, Command};
pub(crate) use merge::MergeArguments;
pub(crate) use profile::ProfileArguments;
pub(crate) use report::ReportArguments;
