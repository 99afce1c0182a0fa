//! What a sampled call stands for.

use std::collections::HashMap;

use crate::model::StackId;

/// How many calls each recorded one stands for, and how far the sum may be off.
#[derive(Debug)]
pub(super) struct Sampling {
    mean_bytes: u64,
    /// What each stack's whole numbers have left over, so that its sum is right.
    rest: HashMap<StackId, f64>,
    bytes: f64,
    variance: f64,
}

impl Sampling {
    pub(super) fn new(mean_bytes: u64) -> Self {
        Self {
            mean_bytes,
            rest: HashMap::new(),
            bytes: 0.0,
            variance: 0.0,
        }
    }

    /// The weight of a call of `size`: one over the probability that it was recorded, in whole numbers.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate, and its floor is between 1 and 2^32"
    )]
    pub(super) fn weight(&mut self, stack: StackId, size: u64) -> u32 {
        if self.mean_bytes == 0 {
            return 1;
        }
        let size = size.max(1) as f64;
        let probability = -(-size / self.mean_bytes as f64).exp_m1();
        let probability = probability.clamp(1.0 / f64::from(u32::MAX), 1.0);
        self.bytes += size / probability;
        self.variance += (1.0 - probability) * (size / probability).powi(2);
        let rest = self.rest.entry(stack).or_insert(0.0);
        let whole = (1.0 / probability + *rest)
            .floor()
            .clamp(1.0, f64::from(u32::MAX));
        *rest += 1.0 / probability - whole;
        whole as u32
    }

    /// The standard error of all bytes, in thousandths of them.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is positive, and the cast saturates"
    )]
    pub(super) fn error_permille(&self) -> u64 {
        if self.bytes > 0.0 {
            (1000.0 * self.variance.sqrt() / self.bytes).round() as u64
        } else {
            0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_a_stack_add_up_to_what_they_stand_for() {
        let mut sampling = Sampling::new(1000);
        let sum: u64 = (0..1000)
            .map(|_| u64::from(sampling.weight(StackId::EMPTY, 1000)))
            .sum();
        // 1 / (1 - 1/e) = 1.582
        assert!((1581..=1582).contains(&sum), "{sum}");
        assert!(sampling.error_permille() > 0);
    }

    #[test]
    fn without_sampling_every_call_stands_for_itself() {
        let mut sampling = Sampling::new(0);
        assert_eq!(sampling.weight(StackId::EMPTY, 1), 1);
        assert_eq!(sampling.error_permille(), 0);
    }

    #[test]
    fn a_large_call_is_always_recorded_and_a_small_one_stands_for_many() {
        let mut sampling = Sampling::new(1000);
        assert_eq!(sampling.weight(StackId::EMPTY, 1_000_000), 1);
        assert!((1000..1002).contains(&sampling.weight(StackId::EMPTY, 1)));
        assert_eq!(Sampling::new(u64::MAX).weight(StackId::EMPTY, 0), u32::MAX);
    }
}
