//! The PortaCDR dialect of the real program.

mod cases;
mod journey;
mod same_calls;
pub(crate) mod support;
mod watching;
