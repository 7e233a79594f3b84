//! Layouts and their sheets.

use serde::{Deserialize, Serialize};

use super::column::Column;
use super::style::{Styles, TimeStyle};

/// The sheets of a file and how they are printed. [`Layout::read`] reads a layout from TOML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// Its name, such as `native`.
    pub name: String,
    /// A description of one line.
    pub summary: String,
    /// The customary name of the archive, such as `cdrExport.zip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
    /// Whether a record that was received as printed text ([`Record::printed`](cdr_model::Record::printed)) is printed
    /// with that text in place of its field values. Constants of the layout are printed in any case.
    #[serde(default)]
    pub verbatim: bool,
    /// Whether text cells are safe for spreadsheets.
    #[serde(default, skip_serializing_if = "Spreadsheet::is_off")]
    pub spreadsheet: Spreadsheet,
    /// How CSV is written.
    #[serde(default)]
    pub csv: CsvStyle,
    /// How cells are printed.
    #[serde(default)]
    pub styles: Styles,
    /// Its sheets, in the order of the file.
    pub sheets: Vec<Sheet>,
}

/// Whether a spreadsheet shows the text cells of a layout as text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Spreadsheet {
    /// Text is written as it is. For programs.
    #[default]
    Off,
    /// In formats that people open in a spreadsheet (CSV), a text that a spreadsheet would take for a formula has an
    /// apostrophe before it: one that begins with `=`, `+`, `-`, `@`, one of these in full width (U+FF1D, U+FF0B,
    /// U+FF0D, U+FF20), a tab or a carriage return. A telephone number (`+` and digits) and a negative number (`-1.5`)
    /// stay as they are. Headings are those of the layout.
    Safe,
}

impl Spreadsheet {
    /// Whether text is written as it is.
    pub fn is_off(&self) -> bool {
        *self == Spreadsheet::Off
    }
}

/// How a layout writes CSV. A row of a single empty cell is written as `""`, since most readers skip a blank line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct CsvStyle {
    /// Whether the records are preceded by a row of headings. Sheets of counts never are.
    pub heading: bool,
    /// The line ending.
    pub line_end: LineEnd,
    /// How an empty text that is not null is written.
    pub empty_text: EmptyText,
    /// Which fields are quoted. A heading is quoted only if it needs quotes.
    pub quotes: Quotes,
}

impl Default for CsvStyle {
    /// The style of the native layout: a heading, line feeds, and `""` for an empty text.
    fn default() -> CsvStyle {
        CsvStyle { heading: true, line_end: LineEnd::Lf, empty_text: EmptyText::Quoted, quotes: Quotes::Needed }
    }
}

/// The line ending.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineEnd {
    /// A line feed.
    #[default]
    Lf,
    /// A carriage return and a line feed.
    CrLf,
}

/// How an empty text that is not null is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum EmptyText {
    /// As `""`, so that it differs from null.
    #[default]
    Quoted,
    /// Like null, as an empty cell.
    Blank,
}

/// Which fields are quoted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Quotes {
    /// Fields that need quotes: those that begin or end with a space or tab, or contain a comma, a double quote, a
    /// carriage return or a line feed (DMA 7000 Operations Guide 5.1; line breaks are our addition).
    #[default]
    Needed,
    /// All fields that are not null, including numbers (PostgreSQL's COPY with `FORCE_QUOTE *`).
    All,
}

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The file's name without its extension: letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The file's extension, if it differs from that of the format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// The content of its rows.
    pub rows: SheetContent,
    /// The kinds of records in a sheet of calls.
    #[serde(default, skip_serializing_if = "Kinds::is_call")]
    pub kinds: Kinds,
    /// Its columns, from left to right.
    pub columns: Vec<Column>,
}

/// The content of a sheet's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SheetContent {
    /// Calls; columns name fields of [`CdrField`](cdr_model::CdrField).
    Calls,
    /// Conferences; columns name fields of [`ConferenceField`](cdr_model::ConferenceField).
    Conferences,
    /// One row about the other sheets.
    Counts,
    /// Records of the embedding program; their fields are known when the sheet is written.
    Records,
}

/// The kinds of records ([`RecordKind`](cdr_model::RecordKind)) in a sheet of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kinds {
    /// Calls only, so that each leg appears once.
    #[default]
    Call,
    /// Calls, charges other than calls, and resale records.
    All,
}

impl Kinds {
    /// Whether the sheet contains calls only.
    pub fn is_call(&self) -> bool {
        *self == Kinds::Call
    }
}

impl Layout {
    /// The sheet of this name.
    pub fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.name == name)
    }

    /// The first sheet with rows of this kind.
    pub fn sheet_of(&self, rows: SheetContent) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.rows == rows)
    }

    /// The same layout with only the sheets that `wanted` accepts, for a package that holds one sheet.
    pub fn only(mut self, wanted: impl Fn(&Sheet) -> bool) -> Layout {
        self.sheets.retain(|sheet| wanted(sheet));
        self
    }

    /// The same layout with another time style, which applies to all columns without a style of their own.
    #[must_use]
    pub fn with_time_style(mut self, times: TimeStyle) -> Layout {
        self.styles.times = times;
        self
    }

    /// The same layout without the columns of these names ([`Column::called`]). A name that no column has is ignored.
    /// [`Layout::check`] rejects a sheet that is left without columns.
    #[must_use]
    pub fn without_columns(mut self, names: &[&str]) -> Layout {
        for sheet in &mut self.sheets {
            sheet.columns.retain(|column| !names.contains(&column.called()));
        }
        self
    }
}

impl Sheet {
    /// The name of its file, given the extension of the format.
    pub fn file_name(&self, extension: &str) -> String {
        format!("{}.{}", self.name, self.extension.as_deref().unwrap_or(extension))
    }
}
