//! `init`: shows what a project needs for its first guarded test, asks, and writes it.

use std::io::{self, BufRead, IsTerminal, Write};

use alloc_guard_core::report::{Style, count};
use anyhow::{Context as _, Result};

use crate::{
    arguments::{CargoArguments, InitArguments},
    doctor::{Graph, Platform, Workspace},
    init::{self, Place, Plan, Wanted, Workflow},
    settings::{self, CargoSettings},
    status::Status,
};

/// What `init` is to do.
#[derive(Debug)]
pub(crate) struct InitSettings {
    cargo: CargoSettings,
    package: Option<String>,
    wanted: Wanted,
    consent: Consent,
    style: Style,
}

/// Who says that the files are to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Consent {
    Given,
    Asked,
    /// There is nobody to ask.
    Missing,
}

impl InitSettings {
    /// What these arguments mean in this environment.
    pub(crate) fn new(arguments: InitArguments) -> Self {
        let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        Self {
            cargo: CargoSettings::new(CargoArguments {
                manifest_path: arguments.manifest_path,
                ..CargoArguments::default()
            }),
            package: arguments.package,
            wanted: Wanted {
                alloc_guard: arguments.alloc_guard_path,
                workflow: if arguments.no_workflow {
                    Workflow::LeftOut
                } else {
                    Workflow::Added
                },
            },
            consent: match (arguments.yes, is_terminal) {
                (true, _) => Consent::Given,
                (false, true) => Consent::Asked,
                (false, false) => Consent::Missing,
            },
            style: settings::style_of_stdout(arguments.color),
        }
    }
}

/// Runs the command.
///
/// # Errors
/// If the project cannot be looked through, the first test would not build in it, or a file cannot be
/// written.
pub(crate) fn run(settings: &InitSettings, out: &mut dyn Write) -> Result<Status> {
    let Platform { host, cfg } = Platform::of_compiler(&settings.cargo.rustc);
    // Cargo is not to write a lock file before anybody has said yes.
    let graph = Graph::read(&settings.cargo, host.as_deref(), &["--locked".into()])
        .or_else(|_| Graph::read(&settings.cargo, None, &["--no-deps".into()]))?;
    let workspace = Workspace { graph, cfg };
    let place = Place::choose(
        &workspace.graph,
        &settings.cargo,
        settings.package.as_deref(),
    )?;
    let plan = Plan::make(&workspace, &place, &settings.wanted)?;
    init::print(&plan, settings.style, out).context(SHOWING)?;
    if plan.is_empty() {
        say("everything is there: nothing to write", out)?;
        return Ok(Status::AsExpected);
    }
    let files = count(plan.files() as u64, "file");
    let is_wanted = match settings.consent {
        Consent::Given => true,
        Consent::Asked => ask(&files, &mut io::stdin().lock(), out).context(SHOWING)?,
        Consent::Missing => {
            let text = format!("nothing was written: `--yes` writes {files} without asking");
            say(&text, out)?;
            return Ok(Status::AsExpected);
        }
    };
    if !is_wanted {
        say("nothing was written", out)?;
        return Ok(Status::AsExpected);
    }
    let written = init::write(&plan)?;
    say(&format!("wrote {}", written.join(", ")), out)?;
    say("`cargo alloc-guard` runs the guarded tests", out)?;
    Ok(Status::AsExpected)
}

const SHOWING: &str = "failed to show what would be written";

fn say(text: &str, out: &mut dyn Write) -> Result<()> {
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .context(SHOWING)
}

/// Whether the answer is yes. No answer is none.
fn ask(files: &str, answers: &mut dyn BufRead, out: &mut dyn Write) -> io::Result<bool> {
    let these = if files.starts_with("1 ") {
        "this"
    } else {
        "these"
    };
    write!(out, "Write {these} {files}? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    answers.read_line(&mut answer)?;
    let answer = answer.trim().to_lowercase();
    Ok(answer == "y" || answer == "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_is_one() {
        for (answer, is_yes) in [
            ("y\n", true),
            ("Yes\r\n", true),
            ("YES", true),
            ("\n", false),
            ("", false),
            ("n\n", false),
            ("yesterday\n", false),
        ] {
            let mut out = Vec::new();
            let mut answers = answer.as_bytes();
            assert_eq!(
                ask("3 files", &mut answers, &mut out).unwrap(),
                is_yes,
                "{answer:?}"
            );
            assert_eq!(out, b"Write these 3 files? [y/N] ");
        }
        let mut out = Vec::new();
        ask("1 file", &mut "y".as_bytes(), &mut out).unwrap();
        assert_eq!(out, b"Write this 1 file? [y/N] ");
    }
}
