//! Kept lines: what a feed needs to read a line of a file again without the file, and the reading.

mod context;
mod reading;

pub use context::LineContext;
pub(crate) use context::head;
pub use reading::read_lines;
