//! What guarded tests allocated in their locked phases, site by site.

mod human;
mod markdown;
mod operations;

pub(super) use human::print as print_human;
pub(super) use markdown::print as print_markdown;
pub(super) use operations::Locked;
