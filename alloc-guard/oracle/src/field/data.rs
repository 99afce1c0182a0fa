//! Owns what was measured, as it is committed: `docs/field-report.json`.

use std::{collections::BTreeMap, fmt::Write as _};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use crate::operations::{Covers, Row};

/// What was measured of every row.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Field {
    /// The compiler's version.
    pub toolchain: String,
    /// The target's triple.
    pub target: String,
    /// The version of each package.
    pub packages: BTreeMap<String, String>,
    /// Without optimisation, by operation.
    pub debug: BTreeMap<String, Measured>,
    /// Optimised, by operation.
    pub release: BTreeMap<String, Measured>,
}

/// How the operations were built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Without optimisation.
    Debug,
    /// Optimised.
    Release,
}

/// What one operation asked of the allocator.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Measured {
    /// In a run that is not the first.
    pub allocations: u64,
    /// In a run that is not the first.
    pub bytes: u64,
    /// In a run that is not the first.
    pub deallocations: u64,
    /// In the first run of a process.
    pub first_allocations: u64,
    /// In the first run of a process.
    pub first_bytes: u64,
    /// Where in the package, the most allocations first.
    pub sites: Vec<Site>,
}

/// A place in a package that asks for memory.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Site {
    /// `src/lib.rs:1`.
    pub line: String,
    /// The function that it is in.
    pub function: String,
    /// The function of the package that was called, if it is another.
    pub called: Option<String>,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// In every run.
    Always,
    /// In every run but the first.
    AfterTheFirst,
    /// It does not.
    No,
}

impl Measured {
    /// What becomes of a row's claim; `None` if there is none.
    #[must_use]
    pub fn holds(&self, row: &Row) -> Option<Holds> {
        let frees = row.claim?.covers == Covers::Deallocations && self.deallocations > 0;
        Some(if self.allocations > 0 || frees {
            Holds::No
        } else if self.first_allocations > 0 {
            Holds::AfterTheFirst
        } else {
            Holds::Always
        })
    }
}

impl Field {
    /// Reads what [`to_json`](Self::to_json) wrote.
    ///
    /// # Errors
    /// If it is something else.
    pub fn read(json: &str) -> anyhow::Result<Self> {
        serde_json::from_str(json).context("failed to read the field report's data")
    }

    /// What was measured in one profile.
    #[must_use]
    pub fn of(&self, profile: Profile) -> &BTreeMap<String, Measured> {
        match profile {
            Profile::Debug => &self.debug,
            Profile::Release => &self.release,
        }
    }

    /// One operation a line, so that a change is a line.
    ///
    /// # Errors
    /// Never; what is in it can be written.
    pub fn to_json(&self) -> anyhow::Result<String> {
        let mut json = format!(
            "{{\n  \"toolchain\": {:?},\n  \"target\": {:?}",
            self.toolchain, self.target
        );
        object(&mut json, "packages", &self.packages)?;
        object(&mut json, "debug", &self.debug)?;
        object(&mut json, "release", &self.release)?;
        json.push_str("\n}\n");
        Ok(json)
    }
}

fn object<T: Serialize>(
    json: &mut String,
    name: &str,
    entries: &BTreeMap<String, T>,
) -> anyhow::Result<()> {
    write!(json, ",\n  {name:?}: {{")?;
    let mut comma = "";
    for (key, value) in entries {
        write!(
            json,
            "{comma}\n    {key:?}: {}",
            serde_json::to_string(value)?
        )?;
        comma = ",";
    }
    json.push_str("\n  }");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::{Claim, ROWS};

    #[test]
    fn data_reads_as_it_was_written() {
        let measured = Measured {
            allocations: 1,
            sites: vec![Site {
                line: "src/lib.rs:1".to_owned(),
                function: "\"quoted\"".to_owned(),
                called: None,
            }],
            ..Measured::default()
        };
        let field = Field {
            toolchain: "1.93.0".to_owned(),
            target: "x86_64-unknown-linux-gnu".to_owned(),
            packages: BTreeMap::from([("itoa".to_owned(), "1.0.0".to_owned())]),
            debug: BTreeMap::from([
                ("a".to_owned(), measured),
                ("b".to_owned(), Measured::default()),
            ]),
            release: BTreeMap::new(),
        };
        assert_eq!(Field::read(&field.to_json().unwrap()).unwrap(), field);
    }

    #[test]
    fn only_what_a_claim_covers_breaks_it() {
        let row = |covers| Row {
            claim: Some(Claim {
                words: "no heap",
                file: "README.md",
                line: 1,
                covers,
            }),
            ..ROWS[0]
        };
        let measured = |allocations, deallocations, first_allocations| Measured {
            allocations,
            deallocations,
            first_allocations,
            ..Measured::default()
        };
        let both = [row(Covers::Allocations), row(Covers::Deallocations)];
        let holds = |measured: Measured| both.map(|row| measured.holds(&row).unwrap());
        assert_eq!(holds(measured(0, 0, 0)), [Holds::Always; 2]);
        assert_eq!(holds(measured(0, 0, 1)), [Holds::AfterTheFirst; 2]);
        assert_eq!(holds(measured(0, 1, 0)), [Holds::Always, Holds::No]);
        assert_eq!(holds(measured(1, 0, 1)), [Holds::No; 2]);
        let unclaimed = Row {
            claim: None,
            ..ROWS[0]
        };
        assert_eq!(measured(1, 1, 1).holds(&unclaimed), None);
    }
}
