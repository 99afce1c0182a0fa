//! The command from end to end: a workspace is generated, built and run, and what is printed and the
//! exit status are checked.

mod again;
mod baseline;
mod nextest;
mod outcomes;
mod selection;
mod trouble;
mod workspace;
