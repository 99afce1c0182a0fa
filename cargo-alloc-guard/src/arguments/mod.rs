//! The command line as it is typed. What it means is in `settings`.

mod accept;
mod cargo;
mod check;
mod ci;
mod diff;
mod doctor;
mod export;
mod init;
mod line;
mod merge;
mod place;
mod profile;
mod report;
mod scrub;
mod serve;
mod tests;

pub(crate) use accept::AcceptArguments;
pub(crate) use cargo::CargoArguments;
pub(crate) use check::CheckArguments;
pub(crate) use ci::{
    CiCommand, CiJobArguments, CiProfileArguments, CiSummaryArguments, CiVerifyArguments, JobEnd,
};
pub(crate) use diff::{DiffArguments, DiffFormat};
pub(crate) use doctor::DoctorArguments;
pub(crate) use export::{ExportArguments, ExportFormat};
pub(crate) use init::InitArguments;
pub(crate) use line::{Arguments, Command};
pub(crate) use merge::MergeArguments;
pub(crate) use place::PlaceArguments;
pub(crate) use profile::ProfileArguments;
pub(crate) use report::{ReportArguments, ReportFormat};
pub(crate) use scrub::ScrubArguments;
pub(crate) use serve::ServeArguments;
pub(crate) use tests::TestArguments;
