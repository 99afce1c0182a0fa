//! Where an allocation happened: [`capture`] takes addresses inside the allocator, [`symbolize`]
//! gives them names afterwards, [`site`] finds the frame that is the user's.

pub(crate) mod capture;
pub(crate) mod site;
pub(crate) mod symbolize;
