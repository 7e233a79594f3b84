//! The HTML page of an answer, for people: what was asked, the totals, and the rows as tables, with links to the other
//! formats. A page has at most a thousand rows of a list or a dictionary.

mod cell;
mod page;
mod share;
mod style;
mod table;

pub(crate) use page::Page;
pub(super) use page::page;
