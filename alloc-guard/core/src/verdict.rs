//! Owns the verdict: an expectation against a measurement. Pure: no clock, no environment.

use crate::{
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
    Improved,
    Regressed(Vec<Breach>),
}

/// Judges a measurement.
pub(crate) fn judge(expectation: &Expectation, measured: &Measured) -> Verdict {
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
    if !breaches.is_empty() {
        Verdict::Regressed(breaches)
    } else if expectation.promise == Promise::Allocates
        && allocations == 0
        && expectation.exact_allocations.is_none()
    {
        Verdict::Improved
    } else {
        Verdict::AsExpected
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FREE: Expectation = Expectation::ALLOC_FREE;
    const ALLOCATES: Expectation = Expectation::ALLOCATES;

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
                judge(&expectation, &measured(3, 3, 3)),
                Verdict::AsExpected,
                "{budget}"
            );
            assert_eq!(
                judge(&expectation, &measured(4, 4, 4)),
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
        assert_eq!(judge(&expectation, &measured(3, 0, 0)), Verdict::AsExpected);
        for measured_allocations in [0, 2, 4] {
            assert_eq!(
                judge(&expectation, &measured(measured_allocations, 0, 0)),
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
        assert_eq!(judge(&expectation, &measured(0, 0, 0)), Verdict::AsExpected);
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
            let verdict = judge(
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
            judge(
                &FREE,
                &Measured {
                    tally,
                    ..Measured::default()
                }
            ),
            Verdict::Regressed(vec![Breach::Failed { calls: 1 }])
        );
        assert_eq!(
            judge(
                &ALLOCATES,
                &Measured {
                    tally,
                    ..Measured::default()
                }
            ),
            Verdict::Improved
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
        assert_eq!(judge(&FREE, &measured), Verdict::AsExpected);
        let denied = Expectation {
            deny_dealloc: true,
            ..FREE
        };
        assert_eq!(
            judge(&denied, &measured),
            Verdict::Regressed(vec![Breach::Deallocated { calls: 2 }])
        );
        let permitted = Measured {
            permitted_deallocs: 2,
            ..measured
        };
        assert_eq!(judge(&denied, &permitted), Verdict::AsExpected);
    }

    #[test]
    fn a_leak_counts_only_where_it_is_denied_and_an_unknown_one_is_no_pass() {
        let leaked = Measured {
            leaked_blocks: 1,
            leaked_bytes: 9,
            ..measured(1, 9, 9)
        };
        assert_eq!(judge(&ALLOCATES, &leaked), Verdict::AsExpected);
        let denied = Expectation {
            no_leaks: true,
            ..ALLOCATES
        };
        assert_eq!(
            judge(&denied, &leaked),
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
            judge(&denied, &unknown),
            Verdict::Regressed(vec![Breach::Untracked { blocks: 5 }])
        );
    }

    #[test]
    fn a_test_that_allocates_no_longer_has_improved() {
        assert_eq!(judge(&ALLOCATES, &measured(0, 0, 0)), Verdict::Improved);
        assert_eq!(judge(&ALLOCATES, &measured(1, 0, 0)), Verdict::AsExpected);
    }

    #[test]
    fn permitted_sites_are_taken_out_of_the_count() {
        let permitted = Measured {
            permitted: 2,
            permitted_bytes: 5,
            ..measured(2, 8, 8)
        };
        assert_eq!(judge(&FREE, &permitted), Verdict::AsExpected);
        let budget = Expectation {
            max_bytes: Some(3),
            ..FREE
        };
        assert_eq!(judge(&budget, &permitted), Verdict::AsExpected);
        let more = Measured {
            permitted: 2,
            ..measured(3, 8, 8)
        };
        assert!(matches!(judge(&FREE, &more), Verdict::Regressed(_)));
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
                    judge(&expectation, &measured(allocations, 0, 0)),
                    Verdict::Regressed(_)
                );
                assert!(fails || !failed, "{allocations} against {limit}");
                failed = fails;
            }
        }
    }
}
