//! Filters of lists: `filter[NAME_OPERATOR]=…`, by the type of the filtered value.
//!
//! Source: the search matchers of Ransack, in the selection that yeti-web offers for each type. A null passes no
//! filter, not even `not_eq`.

mod meaning;
mod parse;
#[cfg(test)]
mod tests;

pub(super) use parse::{Comparand, Filter, FilterType, Operator};
