//! Running the guarded tests of a workspace: what is chosen, the processes, what their harness prints,
//! the records they leave, and what all that comes to for each test.

mod again;
mod collate;
mod course;
mod folder;
mod guarded;
mod harness;
mod left_out;
mod nextest;
mod process;
mod results;
mod sample;

pub(crate) use course::{Ran, run};
pub(crate) use guarded::{Guarded, nothing_to_run};
pub(crate) use process::{RECORDS, chunks, how};
pub(crate) use sample::{Sample, Samples, sample};
