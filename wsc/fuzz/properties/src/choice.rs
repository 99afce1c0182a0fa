//! Choices that a property has to make: where to cut, which byte to change.
//!
//! They are drawn from the hash of the input. So an input is a plain file, as the vectors are, and gives the same run
//! each time.

use wsc::sha256;

/// A source of choices.
pub(crate) struct Choice {
    state: [u8; 32],
}

impl Choice {
    pub(crate) fn of(input: &[u8]) -> Self {
        Self {
            state: sha256(input),
        }
    }

    /// A number below the bound, which is not 0.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        let [low, middle, high] = self.next();
        // The bias does not matter for bounds that are lengths of inputs.
        usize::try_from(u32::from_le_bytes([low, middle, high, 0])).expect("a usize has 32 bits")
            % bound
    }

    pub(crate) fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    /// Bytes that nobody can foresee, as far as a test goes.
    pub(crate) fn next<const N: usize>(&mut self) -> [u8; N] {
        self.state = sha256(&self.state);
        let mut bytes = [0; N];
        for (to, from) in bytes.iter_mut().zip(self.state) {
            *to = from;
        }
        bytes
    }

    /// The bytes with one of them changed, and which one that is: one of `range`, which is not empty.
    pub(crate) fn damage(
        &mut self,
        bytes: &[u8],
        range: std::ops::Range<usize>,
    ) -> (Vec<u8>, usize) {
        let at = range.start + self.below(range.len());
        let mut damaged = bytes.to_vec();
        // Half of the time one bit, else any other value.
        damaged[at] ^= if self.coin() {
            1 << self.below(8)
        } else {
            u8::try_from(1 + self.below(255)).expect("it is at most 255")
        };
        (damaged, at)
    }
}
