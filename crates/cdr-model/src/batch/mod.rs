//! Calls that are read for some of their fields: a batch of rows that share one buffer of text, so that reading a call
//! allocates nothing.

mod columns;
mod json;
mod member;
mod members;
mod place;
mod rows;
mod scanned;
#[cfg(test)]
mod tests;
mod text_span;
mod wanted;

pub use columns::CallColumns;
pub use rows::CallBatch;
pub use scanned::ScannedCall;
pub use text_span::TextSpan;
pub use wanted::WantedFields;
