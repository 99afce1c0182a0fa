//! Owns the writing: each file whole or not at all, and none that changed since it was looked at.

use std::{fs, path::Path};

use anyhow::{Context as _, Result, bail};

use super::plan::{Change, Plan};
use crate::store::Replacement;

/// Writes every file of a plan; what they are called.
///
/// # Errors
/// If one cannot be written: it is named, and those that were written before it.
pub(crate) fn write(plan: &Plan) -> Result<Vec<&str>> {
    let mut written: Vec<&str> = Vec::new();
    for change in &plan.changes {
        change.write().with_context(|| match &written[..] {
            [] => "nothing was written".to_owned(),
            written => format!("only this was written: {}", written.join(", ")),
        })?;
        written.push(&change.shown);
    }
    Ok(written)
}

impl Change {
    fn write(&self) -> Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .with_context(|| format!("failed to make the folder {}", folder.display()))?;
        let file = Replacement::write(&self.path, |out| Ok(out.write_all(self.after.as_bytes())?))?;
        let Some(before) = &self.before else {
            return file.commit_new().map(drop);
        };
        if fs::read_to_string(&self.path).ok().as_ref() != Some(before) {
            bail!("{} has changed since it was looked at", self.path.display());
        }
        file.commit().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &Path, before: Option<&str>) -> Change {
        Change {
            path: path.to_owned(),
            shown: path.file_name().unwrap().to_str().unwrap().to_owned(),
            before: before.map(str::to_owned),
            after: "after".to_owned(),
        }
    }

    fn plan(changes: Vec<Change>) -> Plan {
        Plan {
            changes,
            notes: Vec::new(),
        }
    }

    #[test]
    fn files_are_made_with_their_folders_and_changed_ones_stay_what_they_were() {
        let folder = tempfile::tempdir().unwrap();
        let (new, old) = (folder.path().join("a/b/new"), folder.path().join("old"));
        fs::write(&old, "before").unwrap();
        let mut permissions = fs::metadata(&old).unwrap().permissions();
        #[cfg(unix)]
        std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o640);
        fs::set_permissions(&old, permissions).unwrap();
        let permissions = fs::metadata(&old).unwrap().permissions();

        let plan = plan(vec![change(&new, None), change(&old, Some("before"))]);
        assert_eq!(write(&plan).unwrap(), ["new", "old"]);
        assert_eq!(fs::read_to_string(&new).unwrap(), "after");
        assert_eq!(fs::read_to_string(&old).unwrap(), "after");
        assert_eq!(fs::metadata(&old).unwrap().permissions(), permissions);
        // Nothing else is left behind.
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        assert_eq!(fs::read_dir(new.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_new_file_is_readable_and_a_link_stays_one() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let (usual, new) = (folder.path().join("usual"), folder.path().join("new"));
        let (link, target) = (folder.path().join("link"), folder.path().join("target"));
        fs::write(&usual, "").unwrap();
        fs::write(&target, "before").unwrap();
        symlink(&target, &link).unwrap();
        write(&plan(vec![
            change(&new, None),
            change(&link, Some("before")),
        ]))
        .unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode();
        assert_eq!(mode(&new), mode(&usual));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "after");
    }

    #[test]
    fn what_changed_meanwhile_is_left_and_what_was_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name| folder.path().join(name);
        for (name, before) in [
            ("came", None),
            ("changed", Some("before")),
            ("gone", Some("before")),
        ] {
            let _ = fs::remove_file(path("first"));
            if name != "gone" {
                fs::write(path(name), "theirs").unwrap();
            }
            let plan = plan(vec![
                change(&path("first"), None),
                change(&path(name), before),
            ]);
            let error = format!("{:#}", write(&plan).unwrap_err());
            assert!(
                error.starts_with("only this was written: first: ") && error.contains(name),
                "{error}"
            );
            if name != "gone" {
                assert_eq!(fs::read_to_string(path(name)).unwrap(), "theirs");
            }
        }
        let error = write(&plan(vec![change(&path("came"), None)])).unwrap_err();
        assert_eq!(error.to_string(), "nothing was written");
    }
}
