//! Ticks into nanoseconds: a straight line through the moments at which both are known.

/// Moments at which both are known.
#[derive(Debug)]
pub(super) struct Clock {
    /// Ticks and nanoseconds, both ascending.
    anchors: Vec<(u64, u64)>,
}

impl Clock {
    pub(super) fn new(mut anchors: Vec<(u64, u64)>) -> Self {
        anchors.sort_unstable();
        anchors.dedup_by_key(|anchor| anchor.0);
        // Two processors' clocks may differ a little; time does not go back.
        let mut last = 0;
        for anchor in &mut anchors {
            anchor.1 = anchor.1.max(last);
            last = anchor.1;
        }
        Self { anchors }
    }

    /// Nanoseconds since the start.
    pub(super) fn ns(&self, ticks: u64) -> u64 {
        let after = self.anchors.partition_point(|anchor| anchor.0 <= ticks);
        let Some(&from) = after
            .checked_sub(1)
            .and_then(|index| self.anchors.get(index))
        else {
            return self.anchors.first().map_or(0, |anchor| anchor.1);
        };
        // Behind the last anchor time goes on as it went on the whole.
        let (start, end) = match self.anchors.get(after) {
            Some(&to) => (from, to),
            None => (self.anchors.first().copied().unwrap_or(from), from),
        };
        let past = u128::from(ticks - from.0);
        let (span_ticks, span_ns) = (u128::from(end.0 - start.0), u128::from(end.1 - start.1));
        let past_ns = past
            .checked_mul(span_ns)
            .and_then(|product| product.checked_div(span_ticks))
            .unwrap_or(past);
        from.1
            .saturating_add(u64::try_from(past_ns).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_runs_straight_between_anchors_and_on_behind_the_last() {
        let clock = Clock::new(vec![(300, 120), (100, 0), (200, 100)]);
        for (ticks, ns) in [
            (0, 0),
            (100, 0),
            (150, 50),
            (200, 100),
            (250, 110),
            (300, 120),
            (400, 180),
        ] {
            assert_eq!(clock.ns(ticks), ns, "{ticks}");
        }
    }

    #[test]
    fn time_does_not_go_back() {
        let clock = Clock::new(vec![(0, 0), (100, 90), (110, 80)]);
        assert_eq!(clock.ns(110), 90);
    }

    #[test]
    fn one_anchor_has_no_slope() {
        assert_eq!(Clock::new(vec![(5, 7)]).ns(9), 11);
        assert_eq!(Clock::new(Vec::new()).ns(9), 0);
    }
}
