//! Owns what the page says of guarded tests: what they promise, and whether they kept it.

use std::collections::HashSet;

use alloc_guard_core::report::{Outcome, Record};
use alloc_guard_profile::{Profile, html::Operation};
use anyhow::Result;

use crate::{format::words::measured, records::Records};

/// The results of every test of a run.
///
/// # Errors
/// If a record cannot be read.
pub(super) fn results(run: &dyn Records) -> Result<Vec<Operation>> {
    let mut results = Vec::new();
    run.for_each(&mut |record| {
        results.push(result(record));
        Ok(())
    })?;
    Ok(results)
}

/// Those of them that the profile has allocations of.
pub(super) fn recorded(tests: &[Operation], profile: &Profile) -> Vec<Operation> {
    let recorded: HashSet<&str> = profile.operations.iter().map(String::as_str).collect();
    let is_recorded = |test: &&Operation| recorded.contains(test.name.as_str());
    tests.iter().filter(is_recorded).cloned().collect()
}

fn result(record: &Record) -> Operation {
    let promise = record.promise.map(|promise| promise.as_str().to_owned());
    let passed = match record.outcome {
        Outcome::AsExpected | Outcome::Improved => Some(true),
        // Nothing to hold it to, or it was not run.
        Outcome::New | Outcome::Ignored => None,
        Outcome::Regressed
        | Outcome::Unstable
        | Outcome::Panicked
        | Outcome::Failed
        | Outcome::DidNotPanic
        | Outcome::NotInstalled
        | Outcome::Unreported => Some(false),
    };
    Operation {
        name: record.name.clone(),
        title: record.title.clone(),
        expectation: promise.unwrap_or_default(),
        passed,
        measured: measured(record).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_recorded_tests_are_shown_and_each_by_its_outcome() {
        let mut profile = Profile::default();
        profile.operations = vec!["kept".to_owned(), "broken".to_owned(), "new".to_owned()];
        let run: Vec<Record> = [
            ("kept", Outcome::AsExpected),
            ("broken", Outcome::Regressed),
            ("new", Outcome::New),
            ("elsewhere", Outcome::AsExpected),
        ]
        .into_iter()
        .map(|(name, outcome)| Record {
            name: name.to_owned(),
            outcome,
            ..Record::default()
        })
        .collect();
        let results = recorded(&results(&run).unwrap(), &profile);
        let passed: Vec<_> = results
            .iter()
            .map(|operation| (operation.name.as_str(), operation.passed))
            .collect();
        assert_eq!(
            passed,
            [("kept", Some(true)), ("broken", Some(false)), ("new", None)]
        );
        assert_eq!(results[0].measured, "0 allocations");
    }
}
