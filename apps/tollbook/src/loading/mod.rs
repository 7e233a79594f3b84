//! How files and posted bodies are loaded: by which plan, and with which note in the ledger of loads.

mod noted;
mod plan;

pub(crate) use noted::Noted;
pub(crate) use plan::Plan;
