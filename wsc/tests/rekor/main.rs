//! Log entries of Rekor: the outside vectors, one damage at a time, and trees of our own.

mod vectors;
mod verdicts;
