//! Owns the time: ticks of the processor where they go evenly, else nanoseconds.

#![expect(
    clippy::inline_always,
    reason = "without optimisation a call costs as much as what is called here"
)]

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

static START: OnceLock<Instant> = OnceLock::new();

/// Whether [`ticks`] are the processor's own.
static COUNTS: AtomicBool = AtomicBool::new(false);

/// Starts the clock.
pub(super) fn start() {
    START.get_or_init(Instant::now);
    // Relaxed: set before recording is on.
    COUNTS.store(is_even(), Ordering::Relaxed);
}

/// Now. It never allocates, and takes some ten nanoseconds.
#[inline(always)]
pub(super) fn ticks() -> u64 {
    // Relaxed: set once, before recording is on.
    if COUNTS.load(Ordering::Relaxed) {
        counter()
    } else {
        nanoseconds()
    }
}

/// Nanoseconds since the start.
pub(super) fn nanoseconds() -> u64 {
    let elapsed = START.get().map(Instant::elapsed).unwrap_or_default();
    u64::try_from(elapsed.as_nanos()).unwrap_or(u64::MAX)
}

/// About as many ticks as a second has: what is due then may as well come at half or twice the time.
pub(super) fn second() -> u64 {
    // Relaxed: see `ticks`.
    if COUNTS.load(Ordering::Relaxed) {
        per_second()
    } else {
        1_000_000_000
    }
}

#[cfg(all(target_arch = "x86_64", not(miri)))]
mod imp {
    use std::arch::x86_64::{__cpuid, _rdtsc};

    /// Whether the counter runs at one rate whatever the processor does ("invariant TSC").
    pub(super) fn is_even() -> bool {
        const POWER: u32 = 0x8000_0007;
        __cpuid(0x8000_0000).eax >= POWER && __cpuid(POWER).edx & 1 << 8 != 0
    }

    #[inline(always)]
    pub(super) fn counter() -> u64 {
        // SAFETY: every x86-64 processor has it, and no system that we run on forbids it.
        unsafe { _rdtsc() }
    }

    pub(super) fn per_second() -> u64 {
        2_500_000_000
    }
}

#[cfg(all(target_arch = "aarch64", not(miri)))]
mod imp {
    use std::arch::asm;

    pub(super) fn is_even() -> bool {
        true
    }

    #[inline(always)]
    pub(super) fn counter() -> u64 {
        let ticks: u64;
        // SAFETY: systems let programs read it; it has no effect.
        unsafe { asm!("mrs {}, cntvct_el0", out(reg) ticks, options(nomem, nostack)) };
        ticks
    }

    pub(super) fn per_second() -> u64 {
        let rate: u64;
        // SAFETY: as above.
        unsafe { asm!("mrs {}, cntfrq_el0", out(reg) rate, options(nomem, nostack)) };
        rate
    }
}

#[cfg(any(miri, not(any(target_arch = "x86_64", target_arch = "aarch64"))))]
mod imp {
    pub(super) fn is_even() -> bool {
        false
    }

    pub(super) fn counter() -> u64 {
        0
    }

    pub(super) fn per_second() -> u64 {
        0
    }
}

use imp::{counter, is_even, per_second};
