//! A fair queue of the places in which answers read the source.
//!
//! An answer holds a place while it reads one page, and queues again for the next. So a client that takes its answer
//! slowly holds no place, and answers that are read at the same time advance at the same pace.

mod line;
mod queue;
mod source;
#[cfg(test)]
mod tests;

pub use queue::{QueuedReader, ReadQueue};
pub(crate) use source::QueuedSource;
