//! The Yeti dialect of the real program: the exports as customers see them, including crashes and restarts of the
//! server.

mod journey;
pub(crate) mod portal;
mod strangers;
mod waiting;
mod watching;
