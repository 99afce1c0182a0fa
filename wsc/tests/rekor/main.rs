//! Log entries of Rekor: the outside vectors, one damage at a time, and trees of our own.

mod checkpoints;
mod damage;
mod entries;
mod json;
mod merkle;
mod roots;
mod uncovered;
mod vectors;
mod verdicts;
