//! Layouts: the sheets of a file, the columns of a sheet, and how a cell is printed. Layouts are plain data.

mod check;
mod column;
mod read;
mod sheet;
mod style;

#[cfg(test)]
mod tests;

pub use column::{Column, ColumnContent, Summary};
pub use read::toml_error;
pub use sheet::{CsvStyle, EmptyText, Kinds, Layout, LineEnd, Quotes, Sheet, SheetContent, Spreadsheet};
pub use style::{BooleanStyle, DurationStyle, Style, Styles, TimeStyle};
