//! Owns the sources of a revision: taken out of git beside the checkout, which stays as it is.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use anyhow::{Context as _, Result, bail};

/// A revision of the repository that a workspace lies in.
#[derive(Debug)]
pub(super) struct Revision {
    /// The commit's hash.
    id: String,
    /// The repository's folder.
    repository: PathBuf,
    /// The workspace's folder in it.
    workspace: PathBuf,
}

impl Revision {
    /// Asks git what `name` is.
    ///
    /// # Errors
    /// If git cannot be started, the workspace is in no repository, or git knows no such revision.
    pub(super) fn find(name: &str, workspace: &Path) -> Result<Self> {
        let commit = format!("{name}^{{commit}}");
        let parse = [
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            commit.as_str(),
        ];
        let output = git(workspace, parse, &[])?;
        if !output.status.success() {
            bail!(
                "`{name}` is neither a file nor a folder with records, nor a revision that git knows"
            );
        }
        let top = said(&git(workspace, ["rev-parse", "--show-toplevel"], &[])?);
        let prefix = said(&git(workspace, ["rev-parse", "--show-prefix"], &[])?);
        Ok(Self {
            id: said(&output),
            repository: top.into(),
            workspace: prefix.into(),
        })
    }

    /// The commit's hash, as short as it is clear to a reader.
    pub(super) fn short(&self) -> &str {
        self.id.get(..12).unwrap_or(&self.id)
    }

    /// Puts its files into a folder in which one revision after the other may stand, and gives the path of
    /// the workspace there. Files that do not change stay as they are: cargo tells by their age and their
    /// path what is to be built again, so that two folders would be one and the same to it.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub(super) fn check_out(&self, folder: &Path, index: &Path) -> Result<PathBuf> {
        let is_first = !folder.exists();
        fs::create_dir_all(folder)
            .with_context(|| format!("failed to make the folder {}", folder.display()))?;
        if is_first && index.exists() {
            // It describes files that are gone.
            fs::remove_file(index)
                .with_context(|| format!("failed to remove {}", index.display()))?;
        }
        let database = said(&git(
            &self.repository,
            ["rev-parse", "--absolute-git-dir"],
            &[],
        )?);
        let output = git(
            folder,
            ["read-tree", "--reset", "-u", self.id.as_str()],
            &[
                ("GIT_DIR", database.as_ref()),
                ("GIT_WORK_TREE", folder.as_os_str()),
                // One of its own: that of the checkout is the user's.
                ("GIT_INDEX_FILE", index.as_os_str()),
            ],
        )?;
        if !output.status.success() {
            let complaint = String::from_utf8_lossy(&output.stderr);
            bail!(
                "git cannot check out {}: {}",
                self.short(),
                complaint.trim()
            );
        }
        Ok(folder.join(&self.workspace))
    }
}

fn git<S: AsRef<OsStr>>(
    folder: &Path,
    arguments: impl IntoIterator<Item = S>,
    variables: &[(&str, &OsStr)],
) -> Result<Output> {
    Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .envs(variables.iter().copied())
        .output()
        .context("failed to start git")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout)
        .trim_end()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_holds_the_files_of_the_revision_that_was_put_there_last() {
        let place = tempfile::tempdir().unwrap();
        let repository = place.path().join("repository");
        fs::create_dir(&repository).unwrap();
        let run = |arguments: &[&str]| {
            let who = ["-c", "user.name=u", "-c", "user.email=u@example.org"];
            let output = git(&repository, [&who[..], arguments].concat(), &[]).unwrap();
            assert!(output.status.success(), "{output:?}");
            said(&output)
        };
        run(&["init", "--quiet"]);
        for (name, gone) in [("first", "second"), ("second", "first")] {
            let _ = fs::remove_file(repository.join(gone));
            fs::write(repository.join(name), name).unwrap();
            run(&["add", "--all"]);
            run(&["commit", "--quiet", "--message", name]);
        }
        let (folder, index) = (place.path().join("source"), place.path().join("index"));
        let put = |name: &str| {
            let revision = Revision::find(name, &repository).unwrap();
            assert_eq!(revision.short(), &run(&["rev-parse", name])[..12]);
            let workspace = revision.check_out(&folder, &index).unwrap();
            let files = fs::read_dir(workspace).unwrap();
            let name = |file: fs::DirEntry| file.file_name().into_string().unwrap();
            files.map(|file| name(file.unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(put("HEAD~1"), ["first"]);
        assert_eq!(put("HEAD"), ["second"]);
        // Somebody makes room.
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(put("HEAD"), ["second"]);
    }
}
