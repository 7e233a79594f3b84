//! How calls become a file: layouts turn records into rows, formats write rows, packages hold sheets.
//!
//! * A [`Layout`] is data: sheets, their columns, how cells are printed. The built-in ones are TOML files in this crate's
//!   folder `layouts/`; an operator's own override them by name ([`Layout::named`]).
//! * A [`Format`](format::Format) writes rows: [`FORMATS`] holds CSV and JSON lines.
//! * A [`Package`] holds the sheets: plain, gzip, or a ZIP of several, streamed on any [`Write`](std::io::Write).
//! * A [`Receipt`] says what the file contains, in numbers; [`verify`] holds a file against it.
//!
//! Rows are cut at the hour into blocks of at most [`BLOCK_ROWS`], which are compressed side by side on the cores there
//! are and put together in order, with a bounded number in flight: memory does not grow with the file. The same rows
//! give the same bytes, on any machine.
//!
//! This crate opens no files. It is generic over [`Record`](cdr_model::Record): here is a file of one's own records.
//!
//! ```
//! use cdr_export::{Column, CsvStyle, Cut, ExportError, ExportFile, ExportPlan, Kinds, Layout, Package, Rows};
//! use cdr_export::{Sheet, Styles};
//! use cdr_model::{Anchor, Directory, Field, FieldError, FieldKind, Record, Timestamp, Value};
//!
//! /// A text message, which is no call.
//! struct Message {
//!     number: i64,
//!     sent: Timestamp,
//!     to: String,
//! }
//!
//! #[derive(Clone, Copy, PartialEq, Eq, Debug)]
//! enum MessageField {
//!     Sent,
//!     To,
//! }
//!
//! impl std::str::FromStr for MessageField {
//!     type Err = FieldError;
//!     fn from_str(name: &str) -> Result<MessageField, FieldError> {
//!         MessageField::named(name)
//!     }
//! }
//!
//! impl Field for MessageField {
//!     const ALL: &'static [MessageField] = &[MessageField::Sent, MessageField::To];
//!     fn name(self) -> &'static str {
//!         match self {
//!             MessageField::Sent => "sent",
//!             MessageField::To => "to",
//!         }
//!     }
//!     fn kind(self) -> FieldKind {
//!         match self {
//!             MessageField::Sent => FieldKind::Time,
//!             MessageField::To => FieldKind::Text,
//!         }
//!     }
//!     fn meaning(self) -> &'static str {
//!         "of a message"
//!     }
//! }
//!
//! impl Record for Message {
//!     type Field = MessageField;
//!     fn number(&self) -> i64 {
//!         self.number
//!     }
//!     fn replaced_by(&self) -> Option<i64> {
//!         None
//!     }
//!     fn instant(&self, _: Anchor) -> Option<Timestamp> {
//!         Some(self.sent)
//!     }
//!     fn value<'a>(&'a self, field: MessageField, _: &'a Directory) -> Value<'a> {
//!         match field {
//!             MessageField::Sent => self.sent.into(),
//!             MessageField::To => (&self.to).into(),
//!         }
//!     }
//! }
//!
//! let sheet = Sheet {
//!     name: "messages".to_owned(),
//!     extension: None,
//!     rows: Rows::Records,
//!     kinds: Kinds::default(),
//!     columns: vec![Column::field("when", "sent"), Column::field("to whom", "to")],
//! };
//! let layout = Layout {
//!     name: "messages".to_owned(),
//!     summary: "text messages".to_owned(),
//!     archive: None,
//!     verbatim: false,
//!     csv: CsvStyle::default(),
//!     styles: Styles::default(),
//!     sheets: vec![sheet.clone()],
//! };
//! let plan = ExportPlan { layout, format: "csv".to_owned(), package: Package::Plain, zone: "UTC".to_owned() };
//! let mut file = ExportFile::create(Vec::new(), &plan)?;
//! let receipt = file.sheet(&sheet, &Directory::EMPTY, Anchor::Start, Cut::Hour, |push| {
//!     for number in 1..=2 {
//!         push(Message { number, sent: Timestamp::from_seconds(number), to: "4930, ext. 7".to_owned() })?;
//!     }
//!     Ok::<(), ExportError>(())
//! })?;
//! let (bytes, _) = file.finish()?;
//! assert_eq!(receipt.rows, 2);
//! assert_eq!(
//!     String::from_utf8(bytes)?,
//!     "when,to whom\n\
//!      1970-01-01T00:00:01.000000Z,\"4930, ext. 7\"\n\
//!      1970-01-01T00:00:02.000000Z,\"4930, ext. 7\"\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assembly;
mod block;
mod cell;
mod clock;
mod deflate;
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
pub use error::{ExportError, VerifyError};
pub use file::{Counts, ExportFile};
pub use format::FORMATS;
pub use layout::{
    BooleanStyle, Column, Content, CsvStyle, DurationStyle, EmptyText, Kinds, Layout, LineEnd, Quotes, Rows, Sheet,
    Style, Styles, Summary, TimeStyle,
};
pub use package::Package;
pub use plan::{ExportPlan, FORMAT_VERSION};
pub use receipt::{Difference, FileReceipt, QueryFacts, Receipt, SheetReceipt, WindowFacts};
pub use verify::{Verified, verify};
