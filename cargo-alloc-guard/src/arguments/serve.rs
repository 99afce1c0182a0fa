//! Owns the arguments of `serve`.

use std::path::PathBuf;

use clap::Args;

use super::PlaceArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  cargo alloc-guard serve                      the latest profile here, at http://localhost:8080
  cargo alloc-guard serve app.dat --open       one of ByteHound's, and start the browser
  cargo alloc-guard serve --port 0             at any port that is free

The page is served to this computer only, until Ctrl-C.";

/// What `serve` takes.
#[derive(Args, Debug)]
pub(crate) struct ServeArguments {
    /// Profiles of one run: `.agprof`, ByteHound's `.dat` or DHAT's JSON; without any, the latest one here.
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The port to listen at; 0 for any that is free.
    #[arg(long, value_name = "PORT", default_value_t = 8080)]
    pub(crate) port: u16,
    /// Open the page in the browser.
    #[arg(long)]
    pub(crate) open: bool,
    #[command(flatten)]
    pub(crate) place: PlaceArguments,
}
