//! Nothing but the examples of the documents, so that they are compiled and run.

#[cfg(doctest)]
#[doc = include_str!("../../docs/EMBEDDING.md")]
pub mod embedding {}
