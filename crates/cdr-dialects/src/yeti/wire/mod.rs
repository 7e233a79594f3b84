//! JSON:API 1.0 as implemented by the original's framework: how requests are read and checked, and how answers are
//! written.
//!
//! Sources: <https://jsonapi.org/format/1.0/>; the documentation of jsonapi-resources 0.9 for everything it adds:
//! filters, pages by number, its error codes.

pub(crate) mod body;
pub(crate) mod document;
mod form;
pub(crate) mod input;
pub(crate) mod members;
pub(crate) mod negotiate;
pub(crate) mod page;
pub(crate) mod query;
pub(crate) mod schema;
pub(crate) mod sort;
pub(crate) mod sparse;

pub(crate) use document::{Identifier, Linked, Object};
pub(crate) use input::Input;
pub(crate) use members::{Json, Members};
pub(crate) use page::Page;
pub(crate) use query::{Asked, Params};
pub(crate) use schema::{Schema, Types};
pub(crate) use sort::SortKey;
pub(crate) use sparse::Shape;
