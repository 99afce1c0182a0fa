//! Owns reading the profile that valgrind's DHAT writes, and whose each block in it is.

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use crate::{counts::Totals, operations::Operation};

/// Where the operations are; a frame is `0x109A3B: path::of::function (file.rs:12)`.
const OPERATIONS_PATH: &str = "alloc_guard_oracle::operations::";

/// A profile, as far as it is used here. A resized block stays with the point that first asked for
/// it, and adds a block and its whole new size there.
#[derive(Debug, Deserialize)]
pub struct DhatProfile {
    #[serde(rename = "dhatFileVersion")]
    version: u32,
    mode: String,
    #[serde(rename = "pps")]
    points: Vec<ProgramPoint>,
    #[serde(rename = "ftbl")]
    frames: Vec<String>,
}

/// What was asked for with one stack.
#[derive(Debug, Deserialize)]
struct ProgramPoint {
    #[serde(rename = "tb")]
    total_bytes: u64,
    #[serde(rename = "tbk")]
    total_blocks: u64,
    #[serde(rename = "eb")]
    end_bytes: i64,
    #[serde(rename = "ebk")]
    end_blocks: i64,
    #[serde(rename = "fs")]
    frames: Vec<usize>,
}

/// A profile's totals by operation.
#[derive(Clone, Debug, Default)]
pub struct Attributed {
    operations: BTreeMap<&'static str, Totals>,
    /// Everything with no operation on its stack.
    rest: Totals,
}

impl DhatProfile {
    /// Reads a profile.
    ///
    /// # Errors
    /// If it is no heap profile of the version we know.
    pub fn read(json: &[u8]) -> anyhow::Result<Self> {
        let profile: Self = serde_json::from_slice(json).context("failed to read the profile")?;
        ensure!(
            profile.version == 2 && profile.mode == "heap",
            "a {} profile of version {}",
            profile.mode,
            profile.version
        );
        Ok(profile)
    }

    /// Adds up the points of each operation.
    ///
    /// # Errors
    /// If a stack names a frame that the profile lacks.
    pub fn attribute(&self) -> anyhow::Result<Attributed> {
        let mut attributed = Attributed::default();
        for point in &self.points {
            let mut owner = None;
            for &frame in &point.frames {
                let frame = self.frames.get(frame).context("a frame is missing")?;
                owner = owner.or_else(|| operation_in(frame));
            }
            let totals = match owner {
                Some(operation) => attributed.operations.entry(operation.name).or_default(),
                None => &mut attributed.rest,
            };
            totals.total_blocks += point.total_blocks;
            totals.total_bytes += point.total_bytes;
            totals.live_blocks += point.end_blocks;
            totals.live_bytes += point.end_bytes;
        }
        Ok(attributed)
    }
}

impl Attributed {
    /// What `operation` was given; nothing, if it is in no stack.
    #[must_use]
    pub fn of(&self, operation: &Operation) -> Totals {
        self.operations
            .get(operation.name)
            .copied()
            .unwrap_or_default()
    }

    /// What no operation was given.
    #[must_use]
    pub fn rest(&self) -> Totals {
        self.rest
    }
}

impl Totals {
    /// One round's part of what `self` has more than `before`, which ran `rounds` rounds less.
    ///
    /// # Errors
    /// If the rounds did not all do the same.
    pub fn per_round(&self, before: &Self, rounds: u32) -> anyhow::Result<Self> {
        let part = |after: i128, before: i128| {
            let more = after - before;
            ensure!(
                more % i128::from(rounds) == 0,
                "{more} in {rounds} rounds: the rounds differ"
            );
            Ok(more / i128::from(rounds))
        };
        Ok(Self {
            total_blocks: part(self.total_blocks.into(), before.total_blocks.into())?.try_into()?,
            total_bytes: part(self.total_bytes.into(), before.total_bytes.into())?.try_into()?,
            live_blocks: part(self.live_blocks.into(), before.live_blocks.into())?.try_into()?,
            live_bytes: part(self.live_bytes.into(), before.live_bytes.into())?.try_into()?,
            peak_bytes: None,
        })
    }
}

/// The operation whose function, or a closure in it, a frame is in.
fn operation_in(frame: &str) -> Option<&'static Operation> {
    let (_, function) = frame.split_once(": ")?;
    let path = function.strip_prefix(OPERATIONS_PATH)?;
    path.split("::").skip(1).find_map(|part| {
        let end = part
            .find(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .unwrap_or(part.len());
        Operation::find(&part[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_names_its_operation() {
        let name = |frame| operation_in(frame).map(|operation| operation.name);
        assert_eq!(
            name("0x1: alloc_guard_oracle::operations::collections::vec_push (collections.rs:3)"),
            Some("vec_push")
        );
        assert_eq!(
            name(
                "0x1: alloc_guard_oracle::operations::collections::vec_push::{{closure}} (a.rs:3)"
            ),
            Some("vec_push")
        );
        assert_eq!(
            name(
                "0x1: alloc_guard_oracle::operations::field::text::memchr_hit::{{closure}} (a.rs:3)"
            ),
            Some("memchr_hit")
        );
        assert_eq!(
            name("0x1: alloc_guard_oracle::operations::collections::scattered (a.rs:3)"),
            None
        );
        assert_eq!(name("0x1: core::iter::Iterator::collect (a.rs:3)"), None);
        assert_eq!(name("[root]"), None);
    }

    #[test]
    fn blocks_go_to_the_operation_on_their_stack_and_others_to_the_rest() {
        let json = br#"{"dhatFileVersion":2,"mode":"heap","pps":[
            {"tb":100,"tbk":2,"eb":0,"ebk":0,"fs":[1,2]},
            {"tb":10,"tbk":1,"eb":10,"ebk":1,"fs":[1,3,2]},
            {"tb":7,"tbk":1,"eb":7,"ebk":1,"fs":[1]}],
            "ftbl":["[root]","0x1: malloc","0x2: alloc_guard_oracle::operations::text::string_push (t.rs:1)","0x3: f"]}"#;
        let attributed = DhatProfile::read(json).unwrap().attribute().unwrap();
        assert_eq!(
            attributed
                .of(Operation::find("string_push").unwrap())
                .to_string(),
            "3 110 1 10"
        );
        assert_eq!(attributed.rest().to_string(), "1 7 1 7");
    }

    #[test]
    fn rounds_that_differ_are_an_error() {
        let totals = |total_blocks| Totals {
            total_blocks,
            ..Totals::default()
        };
        assert_eq!(totals(9).per_round(&totals(5), 4).unwrap(), totals(1));
        assert!(totals(10).per_round(&totals(5), 4).is_err());
    }

    #[test]
    fn a_profile_of_another_version_is_refused() {
        let json = br#"{"dhatFileVersion":3,"mode":"heap","pps":[],"ftbl":[]}"#;
        assert!(DhatProfile::read(json).is_err());
    }
}
