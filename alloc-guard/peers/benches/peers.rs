//! `cargo bench -p alloc-guard-peers`: alloc-guard beside its peers, in one interleaved run.

use alloc_guard_peers::driver::{self, Kind, Plan, Row};
use anyhow::{Context as _, Result, bail};

const ROWS: &[Row] = &[
    row(
        "bare",
        env!("CARGO_BIN_EXE_peer_bare"),
        "idle",
        Kind::Standing,
    ),
    row(
        "System, declared",
        env!("CARGO_BIN_EXE_peer_system"),
        "idle",
        Kind::Standing,
    ),
    row("**alloc-guard**", GUARD, "idle", Kind::Standing),
    row(
        "**alloc-guard**",
        GUARD,
        "counting (`measure`)",
        Kind::Scope,
    ),
    row(
        "**alloc-guard**",
        GUARD,
        "permitted (`permit`)",
        Kind::Scope,
    ),
    row(
        "**alloc-guard**",
        GUARD,
        "recording (`assert_alloc_free`)",
        Kind::Stacks,
    ),
    Row {
        folder: Some("ALLOC_GUARD_PROFILE"),
        ..row(
            "**alloc-guard**",
            GUARD,
            "profiling (`ALLOC_GUARD_PROFILE`)",
            Kind::Stacks,
        )
    },
    row(
        "allocation-counter",
        ALLOCATION_COUNTER,
        "idle",
        Kind::Standing,
    ),
    row(
        "allocation-counter",
        ALLOCATION_COUNTER,
        "counting (`measure`)",
        Kind::Scope,
    ),
    row("assert_no_alloc", ASSERT_NO_ALLOC, "idle", Kind::Standing),
    row(
        "assert_no_alloc",
        ASSERT_NO_ALLOC,
        "counting (`assert_no_alloc`, warn)",
        Kind::Scope,
    ),
    row(
        "assert_no_alloc",
        ASSERT_NO_ALLOC,
        "permitted (`permit_alloc`)",
        Kind::Scope,
    ),
    row("dhat", DHAT, "idle", Kind::Standing),
    row("dhat", DHAT, "profiling (`Profiler`)", Kind::Stacks),
    row(
        "divan",
        env!("CARGO_BIN_EXE_peer_divan"),
        "counting (always on)",
        Kind::Standing,
    ),
    row(
        "stats_alloc",
        env!("CARGO_BIN_EXE_peer_stats_alloc"),
        "counting (always on)",
        Kind::Standing,
    ),
];

const GUARD: &str = env!("CARGO_BIN_EXE_peer_guard");
const ALLOCATION_COUNTER: &str = env!("CARGO_BIN_EXE_peer_allocation_counter");
const ASSERT_NO_ALLOC: &str = env!("CARGO_BIN_EXE_peer_assert_no_alloc");
const DHAT: &str = env!("CARGO_BIN_EXE_peer_dhat");

const fn row(allocator: &'static str, binary: &'static str, mode: &'static str, kind: Kind) -> Row {
    Row {
        allocator,
        binary,
        mode,
        kind,
        folder: None,
    }
}

fn main() -> Result<()> {
    let mut plan = Plan { rounds: 15 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // From cargo.
            "--bench" => {}
            "--quick" => plan.rounds = 3,
            "--rounds" => {
                let rounds = arguments.next().context("`--rounds` needs a number")?;
                plan.rounds = rounds.parse().context("`--rounds` needs a number")?;
            }
            other => bail!("unknown argument {other:?}; known are --rounds N and --quick"),
        }
    }
    driver::run(ROWS, plan)
}
