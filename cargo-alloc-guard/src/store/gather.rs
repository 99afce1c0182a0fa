//! Owns the putting together of records to one run, each test once, in memory that does not grow with
//! their number.

use std::{
    io::BufRead,
    path::{Path, PathBuf},
};

use alloc_guard_core::report::Record;
use anyhow::{Context as _, Result};

use super::{
    line::{Line, Precedence},
    read::RecordLines,
    run_file::RunFile,
    sort::{Limits, Sorter, newest},
};

/// Records that are to become a run.
#[derive(Debug)]
pub(super) struct Gathered {
    folder: PathBuf,
    precedence: Precedence,
    /// Where the clock does not tell two records apart, that of the later input counts.
    input: u32,
    sorter: Sorter,
}

impl Gathered {
    /// Temporary files go into `folder`, if any are needed.
    pub(super) fn new(folder: &Path, precedence: Precedence, limits: Limits) -> Self {
        Self {
            folder: folder.to_owned(),
            precedence,
            input: 0,
            sorter: Sorter::new(folder, limits),
        }
    }

    /// Adds those records of a file that `counts` lets through.
    pub(super) fn add_file<R: BufRead>(
        &mut self,
        lines: &mut RecordLines<R>,
        counts: &mut dyn FnMut(&Record) -> Result<bool>,
    ) -> Result<()> {
        while let Some((text, record)) = lines.next()? {
            if counts(&record)? {
                let line = Line::new(text, &record, self.input, self.precedence);
                self.sorter.push(line)?;
            }
        }
        Ok(())
    }

    /// What follows is of the next input.
    pub(super) fn next_input(&mut self) {
        self.input += 1;
    }

    pub(super) fn finish(self) -> Result<RunFile> {
        let is_small = self.sorter.is_in_memory();
        let lines = settled(newest(self.sorter.finish()?));
        if is_small {
            RunFile::held(lines)
        } else {
            RunFile::temporary(lines, &self.folder).context("failed to put the records together")
        }
    }
}

/// Of sorted lines, those that stand in for a test without a record only where no other line is the
/// test's. They come first, for they name neither target nor file.
fn settled(mut lines: impl Iterator<Item = Result<Line>>) -> impl Iterator<Item = Result<Line>> {
    let mut stand_in: Option<Line> = None;
    let mut next: Option<Result<Line>> = None;
    std::iter::from_fn(move || {
        if let Some(next) = next.take() {
            return Some(next);
        }
        loop {
            let Some(line) = lines.next() else {
                return stand_in.take().map(Ok);
            };
            let line = match line {
                Ok(line) => line,
                Err(error) => return Some(Err(error)),
            };
            match stand_in.take() {
                Some(waiting) if !waiting.may_stand_for(&line) => {
                    if line.is_stand_in() {
                        stand_in = Some(line);
                    } else {
                        next = Some(Ok(line));
                    }
                    return Some(Ok(waiting));
                }
                Some(waiting) if waiting.outranks(&line) => stand_in = Some(waiting),
                None if line.is_stand_in() => stand_in = Some(line),
                _ => return Some(Ok(line)),
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use alloc_guard_core::{
        Promise,
        report::{
            Outcome::{self, AsExpected, Ignored, Regressed, Unreported},
            VERSION, to_json,
        },
    };

    use super::*;
    use crate::records::{Records as _, order};

    fn record(name: &str, outcome: Outcome, unix_milliseconds: u64) -> Record {
        Record {
            version: VERSION,
            name: name.to_owned(),
            package: "p".to_owned(),
            binary: "b".to_owned(),
            profile: "debug".to_owned(),
            target: "t".to_owned(),
            file: "b.rs".to_owned(),
            promise: Some(Promise::AllocFree),
            outcome,
            unix_milliseconds,
            ..Record::default()
        }
    }

    /// What the command line writes of a test that left no record.
    fn stand_in(name: &str, outcome: Outcome, unix_milliseconds: u64) -> Record {
        Record {
            target: String::new(),
            file: String::new(),
            promise: None,
            ..record(name, outcome, unix_milliseconds)
        }
    }

    fn text(records: &[Record]) -> String {
        let lines: Vec<_> = records.iter().map(to_json).collect();
        lines.join("\n") + "\n"
    }

    fn gather(
        folder: &Path,
        shards: &[&[Record]],
        precedence: Precedence,
        limits: Limits,
    ) -> RunFile {
        let mut gathered = Gathered::new(folder, precedence, limits);
        for shard in shards {
            let text = text(shard);
            let mut lines = RecordLines::new(text.as_bytes(), Path::new("x"));
            gathered.add_file(&mut lines, &mut |_| Ok(true)).unwrap();
            gathered.next_input();
        }
        gathered.finish().unwrap()
    }

    fn records(run: &RunFile) -> Vec<Record> {
        let mut records = Vec::new();
        run.for_each(&mut |record| {
            records.push(record.clone());
            Ok(())
        })
        .unwrap();
        records
    }

    fn gathered(shards: &[&[Record]], precedence: Precedence) -> Vec<(Outcome, u64)> {
        // What fits into memory needs no folder.
        records(&gather(
            Path::new("/no/such"),
            shards,
            precedence,
            Limits::default(),
        ))
        .iter()
        .map(|record| (record.outcome, record.unix_milliseconds))
        .collect()
    }

    #[test]
    fn of_a_test_s_records_the_newest_counts_wherever_it_stands() {
        let (old, new) = (record("a", Regressed, 1), record("a", AsExpected, 2));
        for shards in [[&old, &new], [&new, &old]] {
            let [first, second] = shards.map(std::slice::from_ref);
            assert_eq!(
                gathered(&[first, second], Precedence::Shards),
                [(AsExpected, 2)]
            );
            let both = shards.map(Clone::clone);
            assert_eq!(gathered(&[&both], Precedence::Shards), [(AsExpected, 2)]);
        }
    }

    #[test]
    fn of_the_same_age_the_later_input_counts_and_within_one_a_failure() {
        let (bad, good) = (record("a", Regressed, 1), record("a", AsExpected, 1));
        let shard = std::slice::from_ref;
        let shards = |shards: &[&[Record]]| gathered(shards, Precedence::Shards);
        assert_eq!(shards(&[shard(&bad), shard(&good)]), [(AsExpected, 1)]);
        assert_eq!(shards(&[shard(&good), shard(&bad)]), [(Regressed, 1)]);
        assert_eq!(shards(&[&[bad.clone(), good.clone()]]), [(Regressed, 1)]);
        assert_eq!(shards(&[&[good, bad]]), [(Regressed, 1)]);
    }

    #[test]
    fn what_a_shard_left_out_or_lost_beats_no_result_of_another() {
        let ran = record("a", Regressed, 1);
        for other in [
            record("a", Ignored, 2),
            record("a", Unreported, 2),
            stand_in("a", Ignored, 2),
            stand_in("a", Unreported, 2),
        ] {
            for shards in [[&ran, &other], [&other, &ran]] {
                let [first, second] = shards.map(std::slice::from_ref);
                assert_eq!(
                    gathered(&[first, second], Precedence::Shards),
                    [(Regressed, 1)],
                    "{other:?}"
                );
            }
        }
        let lost = [stand_in("a", Unreported, 0)];
        let left_out = [stand_in("a", Ignored, 9)];
        assert_eq!(
            gathered(&[&lost, &left_out], Precedence::Shards),
            [(Unreported, 0)]
        );
        assert_eq!(gathered(&[&left_out], Precedence::Shards), [(Ignored, 9)]);
    }

    #[test]
    fn between_runs_a_test_that_is_lost_now_was_lost_and_one_left_out_was_not() {
        let runs = |records: [Record; 2]| gathered(&[&records], Precedence::Runs);
        let ran = || record("a", AsExpected, 5);
        assert_eq!(
            runs([ran(), stand_in("a", Unreported, 6)]),
            [(Unreported, 6)]
        );
        assert_eq!(
            runs([ran(), stand_in("a", Unreported, 4)]),
            [(AsExpected, 5)]
        );
        assert_eq!(runs([ran(), stand_in("a", Ignored, 6)]), [(AsExpected, 5)]);
    }

    #[test]
    fn tests_are_told_apart_by_all_that_makes_them_one() {
        let one = record("a", AsExpected, 1);
        let other = |change: fn(&mut Record)| {
            let mut other = one.clone();
            change(&mut other);
            other
        };
        let all = [
            one.clone(),
            other(|record| record.package.push('2')),
            other(|record| record.binary.push('2')),
            other(|record| record.profile.push('2')),
            other(|record| record.target.push('2')),
            other(|record| record.name.push('2')),
            other(|record| record.file.push('2')),
        ];
        assert_eq!(gathered(&[&all, &all], Precedence::Shards).len(), all.len());
    }

    #[test]
    fn what_does_not_fit_into_memory_comes_out_the_same() {
        // Three runs of each test, in an order that is none.
        let all: Vec<_> = (0..3000_u64)
            .map(|number| {
                let number = number * 7919 % 3000;
                let outcome = [AsExpected, Regressed, Ignored, Unreported][(number % 4) as usize];
                record(&format!("m::t{}", number % 1000), outcome, number % 7)
            })
            .collect();
        let shards: Vec<_> = all.chunks(700).collect();
        let folder = tempfile::tempdir().unwrap();
        let run = |limits| gather(folder.path(), &shards, Precedence::Shards, limits);
        let expected = records(&run(Limits::default()));
        assert_eq!(expected.len(), 1000);
        assert!(expected.is_sorted_by(|a, b| order(a, b).is_lt()));
        for (chunk_bytes, fan_in) in [(1, 2), (5_000, 2), (5_000, 3), (50_000, 64)] {
            let run = run(Limits {
                chunk_bytes,
                fan_in,
            });
            assert!(records(&run) == expected, "{chunk_bytes} {fan_in}");
            assert_eq!(run.count(), 1000);
            drop(run);
            assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn a_run_that_went_through_files_is_saved_under_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let all: Vec<_> = (0..50)
            .map(|number| record(&format!("t{number:02}"), AsExpected, 1))
            .collect();
        let limits = Limits {
            chunk_bytes: 1000,
            fan_in: 4,
        };
        let run = gather(folder.path(), &[&all], Precedence::Shards, limits);
        let path = folder.path().join("out.jsonl");
        let run = run.save(&path).unwrap();
        assert!(records(&run) == all);
        assert_eq!(fs::read_to_string(&path).unwrap(), text(&all));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_takes_no_temporary_files_is_named() {
        let limits = Limits {
            chunk_bytes: 1,
            fan_in: 2,
        };
        let mut gathered = Gathered::new(Path::new("/no/such"), Precedence::Shards, limits);
        let text = text(&[record("a", AsExpected, 1)]);
        let mut lines = RecordLines::new(text.as_bytes(), Path::new("x"));
        let error = gathered
            .add_file(&mut lines, &mut |_| Ok(true))
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "failed to write a temporary file in /no/such"
        );
    }
}
