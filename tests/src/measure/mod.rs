//! What the benchmark against other tools counts with: medians, targets, tables, and what Linux says about processes.

pub mod processes;
pub mod statistics;
pub mod table;
pub mod target;
