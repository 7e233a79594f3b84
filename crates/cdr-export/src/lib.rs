#![doc = include_str!("../README.md")]

mod assembly;
mod block;
mod cell;
mod cell_reader;
mod differences;
mod digest;
mod error;
mod file;
pub mod format;
mod layout;
mod outline;
mod pack;
mod package;
mod receipt;
mod row;
mod sheet;
mod spec;
mod tally;
mod time_formatter;
mod time_reader;
mod total;
mod verify;

#[cfg(test)]
mod tests;

pub use block::{BLOCK_ROWS, Block, Cut};
pub use differences::{Difference, VerifyError};
pub use error::ExportError;
pub use file::{Counts, ExportFile};
pub use format::FORMATS;
pub use layout::{
    BooleanStyle, Column, ColumnContent, CsvStyle, DurationStyle, EmptyText, Kinds, Layout, LineEnd, Quotes, Sheet,
    SheetContent, Spreadsheet, Style, Styles, Summary, TimeStyle, toml_error,
};
pub use outline::{Outline, Segment};
pub use pack::{PackIndex, PackKey, PackReader, PackWriter, PartVersion};
pub use package::Package;
pub use receipt::{FileReceipt, QueryFacts, Receipt, SheetReceipt, WindowFacts};
pub use sheet::SheetWriter;
pub use spec::{ExportSpec, FORMAT_VERSION};
pub use total::{ColumnTotal, TotalKind};
pub use verify::{Verified, verify};
