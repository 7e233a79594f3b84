//! Layouts: which sheets a file has, which columns a sheet has, how a cell is printed. All of it is data.

mod check;
mod column;
mod read;
mod sheet;
mod style;

#[cfg(test)]
mod tests;

pub use column::{Column, ColumnContent, Summary};
pub use sheet::{CsvStyle, EmptyText, Kinds, Layout, LineEnd, Quotes, Rows, Sheet};
pub use style::{BooleanStyle, DurationStyle, Style, Styles, TimeStyle};
