#![doc = include_str!("../README.md")]

mod assembly;
mod block;
mod cell;
mod clock;
mod deflate;
mod differences;
mod digest;
mod error;
mod file;
pub mod format;
mod layout;
mod package;
mod plan;
mod receipt;
mod row;
mod tally;
mod verify;

#[cfg(test)]
mod tests;

pub use block::{BLOCK_ROWS, Cut};
pub use differences::{Difference, VerifyError};
pub use error::ExportError;
pub use file::{Counts, ExportFile};
pub use format::FORMATS;
pub use layout::{
    BooleanStyle, Column, ColumnContent, CsvStyle, DurationStyle, EmptyText, Kinds, Layout, LineEnd, Quotes, Rows,
    Sheet, Style, Styles, Summary, TimeStyle,
};
pub use package::Package;
pub use plan::{ExportPlan, FORMAT_VERSION};
pub use receipt::{FileReceipt, QueryFacts, Receipt, SheetReceipt, WindowFacts};
pub use verify::{Verified, verify};
