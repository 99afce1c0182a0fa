//! Where an allocation happened: [`capture`] takes the stack inside the allocator, as a number in
//! [`paths`]; [`symbolize`] gives its addresses names afterwards, and [`site`] finds the frame that
//! is the user's.

mod addresses;
pub(crate) mod capture;
#[cfg(own_walk)]
mod linux;
pub(crate) mod paths;
#[cfg(not(own_walk))]
mod portable;
pub(crate) mod site;
pub(crate) mod symbolize;

#[cfg(own_walk)]
pub use self::linux::Walker;
#[cfg(own_walk)]
pub(crate) use self::linux::{Registers, modules};
#[cfg(not(own_walk))]
pub(crate) use self::portable::Registers;
#[cfg(not(own_walk))]
pub use self::portable::Walker;
