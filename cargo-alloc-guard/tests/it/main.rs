//! The command from end to end: a workspace is generated, built and run, and what is printed and the
//! exit status are checked.

mod accept;
mod accept_given;
mod adopted;
mod again;
#[path = "../../profile/tests/recorder/agprof.rs"]
#[expect(dead_code, reason = "the reader's tests write more kinds of events")]
mod agprof;
mod baseline;
mod ci;
mod diff;
mod doctor;
mod hostile;
mod init;
mod left_out;
mod merge;
mod nextest;
mod outcomes;
mod profile;
mod profiles;
mod project;
mod repository;
mod selection;
mod served;
mod story;
mod trouble;
mod workspace;
