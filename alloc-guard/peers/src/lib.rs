//! Peers of alloc-guard, measured beside it.
