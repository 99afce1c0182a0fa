//! Owns the verdict: an expectation against a measurement. Pure: no clock, no environment.

use crate::{
    baseline::{Change, Counts, Known, compare},
    expect::{Expectation, Promise},
    tally::Tally,
};

/// What was measured of a test's locked phase, after permitted sites were taken out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Measured {
    pub(crate) tally: Tally,
    /// Allocations at permitted sites, which are in the tally.
    pub(crate) permitted: u64,
    /// Bytes they asked for, which are in the tally.
    pub(crate) permitted_bytes: u64,
    /// Deallocations at permitted sites, which are in the tally.
    pub(crate) permitted_deallocs: u64,
    pub(crate) leaked_blocks: u64,
    pub(crate) leaked_bytes: u64,
    /// Blocks that the leak table had no place for.
    pub(crate) untracked_blocks: u64,
}

impl Measured {
    pub(crate) fn allocations(&self) -> u64 {
        self.tally.allocations().saturating_sub(self.permitted)
    }

    fn bytes(&self) -> u64 {
        self.tally.bytes.saturating_sub(self.permitted_bytes)
    }

    fn counts(&self) -> Counts {
        Counts {
            allocations: self.allocations(),
            bytes: self.bytes(),
            peak_bytes: self.tally.peak_bytes,
        }
    }
}

/// One way in which a measurement breaks an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Breach {
    /// Allocations where none may be.
    Allocated { allocations: u64, bytes: u64 },
    /// Requests that the allocator refused, where none may be.
    Failed { calls: u64 },
    /// Deallocations where none may be.
    Deallocated { calls: u64 },
    /// More than a budget.
    Over {
        budget: &'static str,
        limit: u64,
        measured: u64,
    },
    /// Not exactly as many allocations as demanded.
    NotExactly { demanded: u64, measured: u64 },
    /// More than the baseline.
    OverBaseline(Change),
    /// Blocks that stayed live.
    Leaked { blocks: u64, bytes: u64 },
    /// Whether anything leaked cannot be said.
    Untracked { blocks: u64 },
}

/// Expectation against measurement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    AsExpected,
    /// Better than promised: it allocates no longer.
    AllocFree,
    /// Better than the baseline.
    BelowBaseline(Vec<Change>),
    /// Its package has a baseline, which does not know it.
    New,
    Regressed(Vec<Breach>),
}

/// Judges a measurement. `known` is what the baseline says, where the expectation leaves that open.
pub(crate) fn judge(expectation: &Expectation, measured: &Measured, known: &Known) -> Verdict {
    let mut breaches = Vec::new();
    let allocations = measured.allocations();
    if expectation.promise == Promise::AllocFree {
        if allocations > 0 {
            breaches.push(Breach::Allocated {
                allocations,
                bytes: measured.bytes(),
            });
        }
        if measured.tally.failed > 0 {
            breaches.push(Breach::Failed {
                calls: measured.tally.failed,
            });
        }
    }
    for (budget, limit, measured) in [
        ("max_allocations", expectation.max_allocations, allocations),
        ("max_bytes", expectation.max_bytes, measured.bytes()),
        (
            "max_peak_bytes",
            expectation.max_peak_bytes,
            measured.tally.peak_bytes,
        ),
    ] {
        if let Some(limit) = limit
            && measured > limit
        {
            breaches.push(Breach::Over {
                budget,
                limit,
                measured,
            });
        }
    }
    if let Some(demanded) = expectation.exact_allocations
        && allocations != demanded
    {
        breaches.push(Breach::NotExactly {
            demanded,
            measured: allocations,
        });
    }
    let deallocs = measured
        .tally
        .deallocs
        .saturating_sub(measured.permitted_deallocs);
    if expectation.deny_dealloc && deallocs > 0 {
        breaches.push(Breach::Deallocated { calls: deallocs });
    }
    if expectation.no_leaks {
        if measured.leaked_blocks > 0 {
            breaches.push(Breach::Leaked {
                blocks: measured.leaked_blocks,
                bytes: measured.leaked_bytes,
            });
        }
        if measured.untracked_blocks > 0 {
            breaches.push(Breach::Untracked {
                blocks: measured.untracked_blocks,
            });
        }
    }
    let mut fallen = Vec::new();
    if let Known::Held(held) = known {
        let (risen, below) = compare(held, measured.counts());
        breaches.extend(risen.into_iter().map(Breach::OverBaseline));
        fallen = below;
    }
    if !breaches.is_empty() {
        Verdict::Regressed(breaches)
    } else if expectation.promise == Promise::Allocates
        && allocations == 0
        && expectation.exact_allocations.is_none()
    {
        Verdict::AllocFree
    } else if !fallen.is_empty() {
        Verdict::BelowBaseline(fallen)
    } else if matches!(known, Known::New) {
        Verdict::New
    } else {
        Verdict::AsExpected
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::Held;

    const FREE: Expectation = Expectation::ALLOC_FREE;
    const ALLOCATES: Expectation = Expectation::ALLOCATES;

    /// Judges a test of a package without a baseline.
    fn judged(expectation: &Expectation, measured: &Measured) -> Verdict {
        judge(expectation, measured, &Known::NoBaseline)
    }

    fn measured(allocs: u64, bytes: u64, peak_bytes: u64) -> Measured {
        Measured {
            tally: Tally {
                allocs,
                bytes,
                peak_bytes,
                ..Tally::default()
            },
            ..Measured::default()
        }
    }

    #[test]
    fn each_budget_is_kept_at_its_limit_and_broken_one_above() {
        let budgets = [
            (
                Expectation {
                    max_allocations: Some(3),
                    ..ALLOCATES
                },
                "max_allocations",
            ),
            (
                Expectation {
                    max_bytes: Some(3),
                    ..ALLOCATES
                },
                "max_bytes",
            ),
            (
                Expectation {
                    max_peak_bytes: Some(3),
                    ..ALLOCATES
                },
                "max_peak_bytes",
            ),
        ];
        for (expectation, budget) in budgets {
            assert_eq!(
                judged(&expectation, &measured(3, 3, 3)),
                Verdict::AsExpected,
                "{budget}"
            );
            assert_eq!(
                judged(&expectation, &measured(4, 4, 4)),
                Verdict::Regressed(vec![Breach::Over {
                    budget,
                    limit: 3,
                    measured: 4
                }])
            );
        }
    }

    #[test]
    fn an_exact_number_is_broken_from_both_sides() {
        let expectation = Expectation {
            exact_allocations: Some(3),
            ..ALLOCATES
        };
        assert_eq!(
            judged(&expectation, &measured(3, 0, 0)),
            Verdict::AsExpected
        );
        for measured_allocations in [0, 2, 4] {
            assert_eq!(
                judged(&expectation, &measured(measured_allocations, 0, 0)),
                Verdict::Regressed(vec![Breach::NotExactly {
                    demanded: 3,
                    measured: measured_allocations
                }])
            );
        }
    }

    #[test]
    fn an_exact_number_of_none_is_kept_by_none() {
        let expectation = Expectation {
            exact_allocations: Some(0),
            ..ALLOCATES
        };
        assert_eq!(
            judged(&expectation, &measured(0, 0, 0)),
            Verdict::AsExpected
        );
    }

    #[test]
    fn one_allocation_of_any_kind_breaks_the_promise() {
        for tally in [
            Tally {
                allocs: 1,
                ..Tally::default()
            },
            Tally {
                zeroed: 1,
                ..Tally::default()
            },
            Tally {
                grows: 1,
                ..Tally::default()
            },
            Tally {
                shrinks: 1,
                ..Tally::default()
            },
        ] {
            let verdict = judged(
                &FREE,
                &Measured {
                    tally,
                    ..Measured::default()
                },
            );
            assert_eq!(
                verdict,
                Verdict::Regressed(vec![Breach::Allocated {
                    allocations: 1,
                    bytes: 0
                }])
            );
        }
    }

    #[test]
    fn a_refused_request_breaks_the_promise() {
        let tally = Tally {
            failed: 1,
            ..Tally::default()
        };
        assert_eq!(
            judged(
                &FREE,
                &Measured {
                    tally,
                    ..Measured::default()
                }
            ),
            Verdict::Regressed(vec![Breach::Failed { calls: 1 }])
        );
        assert_eq!(
            judged(
                &ALLOCATES,
                &Measured {
                    tally,
                    ..Measured::default()
                }
            ),
            Verdict::AllocFree
        );
    }

    #[test]
    fn a_deallocation_counts_only_where_it_is_denied() {
        let measured = Measured {
            tally: Tally {
                deallocs: 2,
                ..Tally::default()
            },
            ..Measured::default()
        };
        assert_eq!(judged(&FREE, &measured), Verdict::AsExpected);
        let denied = Expectation {
            deny_dealloc: true,
            ..FREE
        };
        assert_eq!(
            judged(&denied, &measured),
            Verdict::Regressed(vec![Breach::Deallocated { calls: 2 }])
        );
        let permitted = Measured {
            permitted_deallocs: 2,
            ..measured
        };
        assert_eq!(judged(&denied, &permitted), Verdict::AsExpected);
    }

    #[test]
    fn a_leak_counts_only_where_it_is_denied_and_an_unknown_one_is_no_pass() {
        let leaked = Measured {
            leaked_blocks: 1,
            leaked_bytes: 9,
            ..measured(1, 9, 9)
        };
        assert_eq!(judged(&ALLOCATES, &leaked), Verdict::AsExpected);
        let denied = Expectation {
            no_leaks: true,
            ..ALLOCATES
        };
        assert_eq!(
            judged(&denied, &leaked),
            Verdict::Regressed(vec![Breach::Leaked {
                blocks: 1,
                bytes: 9
            }])
        );
        let unknown = Measured {
            untracked_blocks: 5,
            ..measured(1, 9, 9)
        };
        assert_eq!(
            judged(&denied, &unknown),
            Verdict::Regressed(vec![Breach::Untracked { blocks: 5 }])
        );
    }

    #[test]
    fn a_test_that_allocates_no_longer_has_improved() {
        assert_eq!(judged(&ALLOCATES, &measured(0, 0, 0)), Verdict::AllocFree);
        assert_eq!(judged(&ALLOCATES, &measured(1, 0, 0)), Verdict::AsExpected);
    }

    #[test]
    fn a_baseline_is_kept_from_both_sides() {
        let held = Known::Held(Held {
            counts: Counts {
                allocations: 2,
                bytes: 8,
                peak_bytes: 8,
            },
            ..Held::default()
        });
        let change = |what, baseline, measured| Change {
            what,
            baseline,
            measured,
        };
        for (measured, verdict) in [
            (measured(2, 8, 8), Verdict::AsExpected),
            (
                measured(3, 8, 7),
                Verdict::Regressed(vec![Breach::OverBaseline(change("allocations", 2, 3))]),
            ),
            (
                measured(2, 7, 8),
                Verdict::BelowBaseline(vec![change("bytes", 8, 7)]),
            ),
            (measured(0, 0, 0), Verdict::AllocFree),
        ] {
            assert_eq!(judge(&ALLOCATES, &measured, &held), verdict);
        }
    }

    #[test]
    fn what_the_baseline_does_not_know_is_new_unless_it_is_worse_or_better_on_its_own() {
        assert_eq!(
            judge(&ALLOCATES, &measured(1, 1, 1), &Known::New),
            Verdict::New
        );
        assert_eq!(
            judge(&ALLOCATES, &measured(0, 0, 0), &Known::New),
            Verdict::AllocFree
        );
        let leaked = Measured {
            leaked_blocks: 1,
            ..measured(1, 1, 1)
        };
        let denied = Expectation {
            no_leaks: true,
            ..ALLOCATES
        };
        assert!(matches!(
            judge(&denied, &leaked, &Known::New),
            Verdict::Regressed(_)
        ));
    }

    #[test]
    fn permitted_sites_are_taken_out_of_the_count() {
        let permitted = Measured {
            permitted: 2,
            permitted_bytes: 5,
            ..measured(2, 8, 8)
        };
        assert_eq!(judged(&FREE, &permitted), Verdict::AsExpected);
        let budget = Expectation {
            max_bytes: Some(3),
            ..FREE
        };
        assert_eq!(judged(&budget, &permitted), Verdict::AsExpected);
        let more = Measured {
            permitted: 2,
            ..measured(3, 8, 8)
        };
        assert!(matches!(judged(&FREE, &more), Verdict::Regressed(_)));
    }

    #[test]
    fn a_tighter_budget_never_turns_failure_into_success() {
        for allocations in 0..6 {
            let mut failed = false;
            for limit in (0..6).rev() {
                let expectation = Expectation {
                    max_allocations: Some(limit),
                    ..ALLOCATES
                };
                let fails = matches!(
                    judged(&expectation, &measured(allocations, 0, 0)),
                    Verdict::Regressed(_)
                );
                assert!(fails || !failed, "{allocations} against {limit}");
                failed = fails;
            }
        }
    }
}
