//! The runner for test targets with `harness = false`: libtest's command line, and lines that say
//! ✅ or ❌.

mod arguments;
mod execute;
mod output;

pub use execute::main;
