//! `serve`: shows a profile in the browser.

use std::{
    io::{self, Write},
    process::{self, Command, Stdio},
};

use anyhow::{Context as _, Result};

use crate::{
    arguments::ServeArguments, cargo::Workspace, profiles, serve::Server, settings::CargoSettings,
    status::Status,
};

/// Runs the command, until Ctrl-C.
///
/// # Errors
/// If there is no profile, it cannot be read, or the port is taken.
pub(crate) fn run(arguments: &ServeArguments, out: &mut dyn Write) -> Result<Status> {
    // Before what takes long.
    let server = Server::bind(arguments.port)?;
    let input = profiles::read(&arguments.files, &arguments.place)?;
    let place = arguments.place.clone();
    let cargo = CargoSettings::of_workspace(place.manifest_path, place.target_dir);
    let root = Workspace::read(&cargo).ok().map(|found| found.root);
    let mut page = Vec::new();
    profiles::write_page(&input, root.as_deref(), &mut page)?;
    drop(input);
    // It is how this command ends, and no failure.
    ctrlc::set_handler(|| process::exit(0)).context("failed to wait for Ctrl-C")?;
    let url = server.url();
    writeln!(out, "serving at {url} until Ctrl-C")
        .and_then(|()| out.flush())
        .context("failed to say where the page is")?;
    if arguments.open
        && let Err(error) = open(&url)
    {
        let _ = writeln!(
            io::stderr(),
            "warning: failed to start the browser: {error}"
        );
    }
    server.serve(page);
    Ok(Status::AsExpected)
}

fn open(url: &str) -> io::Result<()> {
    let mut command = if cfg!(windows) {
        let mut start = Command::new("cmd");
        start.args(["/C", "start"]);
        start
    } else if cfg!(target_os = "macos") {
        Command::new("open")
    } else {
        Command::new("xdg-open")
    };
    command
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().map(drop)
}
