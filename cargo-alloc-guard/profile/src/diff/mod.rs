//! Two profiles of the same program at two revisions, compared.

mod compare;
mod normal;
mod tree;

pub use compare::{Diff, FunctionChange, diff};
pub use normal::Function;
pub use tree::{DiffNode, DiffTree};
