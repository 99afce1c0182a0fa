//! What is read and written: files, standard input and output; `-` is the latter two.

mod outputs;
mod source;

pub(crate) use outputs::{Kind, Outputs, Target, print};
pub(crate) use source::{Input, Source};
