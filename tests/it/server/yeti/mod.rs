//! The Yeti dialect over the real program: what customers see of their exports, whatever happens to the server meanwhile.

mod journey;
pub(crate) mod portal;
mod strangers;
mod waiting;
mod watching;
