//! Owns the options that say where the workspace is, for commands that build nothing.

use std::path::PathBuf;

use clap::Args;

/// Where the workspace is, and its build output.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct PlaceArguments {
    /// The workspace's or a package's `Cargo.toml`.
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<PathBuf>,
    /// Where build output goes.
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) target_dir: Option<PathBuf>,
}
