//! Runs a program: what each of its steps does.

mod fork;
mod signal;
mod steps;
mod thread;
mod trial;

pub(crate) use self::{signal::interrupt_every, trial::run};
