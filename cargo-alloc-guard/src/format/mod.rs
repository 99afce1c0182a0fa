//! The forms in which a run is shown.

pub(crate) mod human;
