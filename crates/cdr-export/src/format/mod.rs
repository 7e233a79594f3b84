//! Formats: how rows are written. To add a format, add a file here and a line in [`FORMATS`].

mod bounded;
mod csv;
mod encoder;
mod json_lines;
mod json_row;
mod read;
mod row;
mod spreadsheet;

pub use self::csv::Csv;
pub use self::encoder::{Cell, Encoder, Format};
pub use self::json_lines::JsonLines;
pub use self::read::{ReadColumn, ReadError, ReadValues};
pub use self::row::ReadRow;
pub(crate) use self::spreadsheet::{Guarding, guards, unguarded};
use crate::error::ExportError;

/// All formats.
pub static FORMATS: &[&dyn Format] = &[&Csv, &JsonLines];

impl dyn Format {
    /// The format of this name.
    ///
    /// # Errors
    /// [`ExportError::UnknownFormat`] with the known names.
    pub fn named(name: &str) -> Result<&'static dyn Format, ExportError> {
        FORMATS.iter().copied().find(|format| format.name() == name).ok_or_else(|| ExportError::UnknownFormat {
            name: name.to_owned(),
            known: FORMATS.iter().map(|format| format.name()).collect::<Vec<_>>().join(", "),
        })
    }
}
