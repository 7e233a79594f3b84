//! How files and posted bodies are loaded, and records read again: by which plan, and with which note in the ledger of loads.

mod again;
mod ceiling;
mod noted;
mod plan;

pub(crate) use again::Again;
pub(crate) use ceiling::{Ceiling, QuarantineFull, is_full};
pub(crate) use noted::Noted;
pub(crate) use plan::Plan;
