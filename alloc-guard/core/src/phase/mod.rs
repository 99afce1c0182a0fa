//! What each thread is doing: nothing, counting, recording, or permitted; and what an observed call
//! therefore does.
//!
//! Everything here that [`alloc`](crate::alloc) reaches neither allocates, locks, formats nor
//! unwinds: no indexing, no `unwrap`, no arithmetic that can overflow.

mod hook;
mod scope;
mod state;

pub(crate) use hook::{
    Course, allocated, bystanders, counted_alloc, counted_dealloc, counted_realloc, course,
    deallocating, enter, enter_counting, enter_recording, leave, operation, resized, resizing,
    set_context, set_ours,
};
pub(crate) use scope::Scope;
