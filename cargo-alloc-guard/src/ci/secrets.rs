//! Owns what of the environment must not be in a file that is uploaded, should a test have come by it all the same:
//! because it was given it, or because it was built with it.

use std::{collections::BTreeSet, fs, path::Path};

use alloc_guard_core::report::Record;
use anyhow::{Context as _, Result};

use super::artifacts::write;
use crate::cargo::Variables;

/// Words in the names of variables that hold secrets.
const SECRET: [&str; 9] = [
    "API_KEY",
    "ACCESS_KEY",
    "AUTH",
    "CREDENTIAL",
    "PASSWD",
    "PASSWORD",
    "PRIVATE",
    "SECRET",
    "TOKEN",
];

/// What is shorter is in many texts by chance.
const SHORTEST: usize = 8;

/// What stands in their place, as in GitHub's own logs.
const MASK: &str = "***";

/// Values that must not be shown, longest first.
#[derive(Debug, Default)]
pub(super) struct Secrets(Vec<Secret>);

#[derive(Debug)]
struct Secret {
    variable: String,
    value: String,
}

impl Secrets {
    /// The values of variables that are called like secrets, and of those that tests were given by name.
    pub(super) fn new(
        environment: impl Iterator<Item = (String, String)>,
        variables: &Variables,
    ) -> Self {
        let given: BTreeSet<&String> = match variables {
            Variables::All => BTreeSet::new(),
            Variables::Needed(named) => named.iter().collect(),
        };
        let mut secrets = Vec::new();
        for (variable, value) in environment {
            let name = variable.to_uppercase();
            let is_secret = SECRET.iter().any(|word| name.contains(word));
            if !is_secret && !given.contains(&variable) {
                continue;
            }
            // Each line of a key, too: a log may have them one by one, and a record has them escaped.
            let escaped = serde_json::Value::from(value.as_str()).to_string();
            let escaped = escaped.trim_matches('"').to_owned();
            let lines = value.lines().map(str::to_owned);
            for value in lines.chain([escaped]) {
                if value.len() >= SHORTEST {
                    let variable = variable.clone();
                    secrets.push(Secret { variable, value });
                }
            }
        }
        // One may be part of another.
        secrets.sort_by(|a, b| (b.value.len(), &a.value).cmp(&(a.value.len(), &b.value)));
        Self(secrets)
    }

    /// Those of this process.
    pub(super) fn of_environment(variables: &Variables) -> Self {
        let texts = std::env::vars_os().filter_map(|(name, value)| {
            let text = |text: std::ffi::OsString| text.into_string().ok();
            Some((text(name)?, text(value)?))
        });
        Self::new(texts, variables)
    }

    /// The variable whose value is in there.
    pub(super) fn held_by(&self, bytes: &[u8]) -> Option<&str> {
        let holds = |value: &str| {
            let value = value.as_bytes();
            bytes.windows(value.len()).any(|part| part == value)
        };
        let held = self.0.iter().find(|secret| holds(&secret.value));
        held.map(|secret| secret.variable.as_str())
    }

    /// A text without them.
    pub(super) fn masked(&self, text: &str) -> String {
        let mut masked = text.to_owned();
        for Secret { value, .. } in &self.0 {
            if masked.contains(value.as_str()) {
                masked = masked.replace(value.as_str(), MASK);
            }
        }
        masked
    }

    /// Takes them out of what a test said.
    pub(super) fn mask(&self, record: &mut Record) {
        if self.0.is_empty() {
            return;
        }
        let texts = [&mut record.message, &mut record.title]
            .into_iter()
            .chain(&mut record.reasons)
            .chain(&mut record.notes);
        for text in texts {
            *text = self.masked(text);
        }
    }

    /// Takes them out of the text files in a folder and in those below it.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub(super) fn mask_files(&self, folder: &Path) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let reading = || format!("failed to read {}", folder.display());
        for entry in fs::read_dir(folder).with_context(reading)? {
            let path = entry.with_context(reading)?.path();
            if path.is_dir() {
                self.mask_files(&path)?;
                continue;
            }
            let bytes = fs::read(&path).with_context(reading)?;
            // A profile is not text, and has neither variables nor what tests print.
            let Ok(text) = String::from_utf8(bytes) else {
                continue;
            };
            let masked = self.masked(&text);
            if masked != text {
                write(&path, |out| Ok(out.write_all(masked.as_bytes())?))?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(environment: &[(&str, &str)], given: &[&str]) -> Secrets {
        let owned = |text: &&str| (*text).to_owned();
        let environment = environment.iter().map(|(a, b)| (owned(a), owned(b)));
        let given = given.iter().map(owned).collect();
        Secrets::new(environment, &Variables::Needed(given))
    }

    #[test]
    fn what_is_called_like_a_secret_or_was_given_is_masked_and_nothing_else() {
        let secrets = secrets(
            &[
                ("GITHUB_TOKEN", "ghs_0123456789"),
                ("npm_config__authtoken", "npm-0123456789"),
                ("DATABASE_URL", "postgres://u:p@h/d"),
                ("HOME", "/home/somebody"),
                ("SECRET_FLAG", "true"),
            ],
            &["DATABASE_URL"],
        );
        let text = "ghs_0123456789 npm-0123456789 postgres://u:p@h/d /home/somebody true";
        assert_eq!(secrets.masked(text), "*** *** *** /home/somebody true");
        assert_eq!(secrets.held_by(b"\0ghs_0123456789\0"), Some("GITHUB_TOKEN"));
        assert_eq!(secrets.held_by(b"\0ghs_012345678\0"), None);
    }

    #[test]
    fn a_value_is_found_whole_before_its_parts_line_by_line_and_escaped() {
        let secrets = secrets(
            &[
                ("A_TOKEN", "abcdefgh"),
                ("B_TOKEN", "abcdefgh-longer"),
                ("KEY_PRIVATE", "first line\n\"second\" line"),
            ],
            &[],
        );
        assert_eq!(secrets.masked("abcdefgh-longer, abcdefgh"), "***, ***");
        assert_eq!(secrets.masked("| \"second\" line |"), "| *** |");
        assert_eq!(
            secrets.masked(r#"{"message":"first line\n\"second\" line"}"#),
            r#"{"message":"***"}"#
        );
    }

    #[test]
    fn files_are_masked_wherever_they_are_and_others_stay_as_they_are() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("records")).unwrap();
        fs::write(at("records/a.jsonl"), "x ghs_0123456789").unwrap();
        fs::write(at("b.log"), "nothing").unwrap();
        fs::write(at("c.agprof"), b"\xff\xfeghs_0123456789").unwrap();
        let secrets = secrets(&[("TOKEN", "ghs_0123456789")], &[]);
        secrets.mask_files(folder.path()).unwrap();
        assert_eq!(fs::read(at("records/a.jsonl")).unwrap(), b"x ***");
        assert_eq!(fs::read(at("b.log")).unwrap(), b"nothing");
        assert!(fs::read(at("c.agprof")).unwrap().ends_with(b"56789"));
    }
}
