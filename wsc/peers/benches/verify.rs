//! `cargo bench -p wsc-peers`: wsc beside raw SHA-256 and wasmsign2, in one interleaved run.

#![forbid(unsafe_code)]

use std::path::Path;

use anyhow::{Context as _, Result, bail};

fn main() -> Result<()> {
    let mut rounds = 31;
    let mut only = None;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // From cargo.
            "--bench" => {}
            "--quick" => rounds = 5,
            "--rounds" => {
                let number = arguments.next().and_then(|number| number.parse().ok());
                rounds = number
                    .filter(|rounds| *rounds > 0)
                    .context("`--rounds` needs a number from 1 on")?;
            }
            "--only" => {
                only = Some(arguments.next().context("`--only` needs a module's name")?);
            }
            other => {
                bail!("unknown argument {other:?}; known are --rounds N, --quick, --only MODULE")
            }
        }
    }
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wsc-peers");
    wsc_peers::run::run(&cache, rounds, only.as_deref())
}
