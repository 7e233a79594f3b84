//! Lists on standard output: as a table for people, or as CSV or JSON for programs. Rows are written while they are read,
//! so a list of any length takes the same memory.

mod cell;
mod closed;
mod columns;
mod json_array;
mod list;
mod table;

pub(crate) use cell::{Cell, local_time};
pub(crate) use closed::unless_closed;
pub(crate) use columns::{Shown, print_columns};
pub(crate) use json_array::JsonArray;
pub(crate) use list::{List, print, width};
pub(crate) use table::Table;
