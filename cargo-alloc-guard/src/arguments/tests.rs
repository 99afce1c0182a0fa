//! Owns the options that say which tests run, and how many at once.

use std::num::NonZeroUsize;

use clap::Args;

/// Which tests run, and how many at once.
#[derive(Args, Debug)]
pub(crate) struct TestArguments {
    /// Run only tests with one of these texts in their name.
    #[arg(value_name = "FILTER")]
    pub(crate) filters: Vec<String>,
    /// The same as a positional FILTER.
    #[arg(long = "filter", value_name = "FILTER")]
    pub(crate) more_filters: Vec<String>,
    /// Run ignored tests too.
    #[arg(long, conflicts_with = "ignored")]
    pub(crate) include_ignored: bool,
    /// Run ignored tests only.
    #[arg(long)]
    pub(crate) ignored: bool,
    /// How many tests of a binary run at once.
    #[arg(long, value_name = "N")]
    pub(crate) test_threads: Option<NonZeroUsize>,
}
