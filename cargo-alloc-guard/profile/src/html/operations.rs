//! The guarded tests of a page, and what came of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::shown::{Operation, Shown};

#[derive(Default, Serialize)]
pub(super) struct Operations<'a> {
    name: Vec<&'a str>,
    title: Vec<&'a str>,
    expectation: Vec<&'a str>,
    verdict: Vec<&'static str>,
    measured: Vec<&'a str>,
}

impl<'a> Operations<'a> {
    /// Those of the profile in its order, then those that it does not name.
    pub(super) fn of(shown: &Shown<'a>) -> Self {
        let mut known: BTreeMap<&str, &Operation> = shown
            .operations
            .iter()
            .map(|operation| (&*operation.name, operation))
            .collect();
        let mut all = Self::default();
        for name in &shown.profile.operations {
            all.push(name, known.remove(&**name));
        }
        for Operation { name, .. } in shown.operations {
            if let Some(operation) = known.remove(&**name) {
                all.push(name, Some(operation));
            }
        }
        all
    }

    fn push(&mut self, name: &'a str, known: Option<&'a Operation>) {
        let text = |of: fn(&Operation) -> &String| known.map_or("", |operation| of(operation));
        self.name.push(name);
        self.title.push(text(|operation| &operation.title));
        self.expectation
            .push(text(|operation| &operation.expectation));
        self.measured.push(text(|operation| &operation.measured));
        self.verdict
            .push(match known.and_then(|operation| operation.passed) {
                Some(true) => "passed",
                Some(false) => "failed",
                None => "",
            });
    }
}
