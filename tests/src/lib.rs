//! The real-world suite: see `tests/`.
