//! A page over HTTP, for the browsers of this computer and nobody else. It answers two methods for one path, so it is
//! written on the standard library: a server crate would bring routing, pools and bodies that nothing here needs.

mod answer;
mod listen;

pub(crate) use listen::Server;
