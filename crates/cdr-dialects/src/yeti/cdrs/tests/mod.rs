//! The calls that a customer sees.

mod filters;
mod kinds;
mod lists;
mod orders;
mod shares;
mod show;
pub(crate) mod world;
