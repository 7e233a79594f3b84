//! "Why is this call missing?": what became of a record, in one sentence for each that may be meant.

mod finding;
mod question;
mod select;

pub(crate) use finding::Finding;
pub(crate) use question::Question;
