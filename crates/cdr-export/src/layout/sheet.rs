//! Layouts and their sheets.

use serde::{Deserialize, Serialize};

use super::column::Column;
use super::style::{Styles, TimeStyle};

/// Which sheets a file has, and what they look like. [`Layout::read`] reads one from TOML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// By which it is asked for, such as `dma-6.1-reconstructed`.
    pub name: String,
    /// What it is, in a line.
    pub summary: String,
    /// The customary name of the archive, such as `cdrExport.zip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<String>,
    /// Whether a record that came printed ([`Record::printed`](cdr_model::Record::printed)) prints the text it came with
    /// in place of what a field holds. Constants stay the layout's.
    #[serde(default)]
    pub verbatim: bool,
    /// How CSV is written.
    #[serde(default)]
    pub csv: CsvStyle,
    /// How cells are printed.
    #[serde(default)]
    pub styles: Styles,
    /// Its sheets, in the order of the file.
    pub sheets: Vec<Sheet>,
}

/// How a layout wants its CSV. A row of a single empty cell is written `""`, since a blank line is no row to most readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct CsvStyle {
    /// Whether the headings stand in a row above the records. Sheets of counts never have one.
    pub heading: bool,
    /// What ends a row.
    pub line_end: LineEnd,
    /// How a text is written that is there, but empty.
    pub empty_text: EmptyText,
    /// What stands in quotes. A heading never does unless it needs them.
    pub quotes: Quotes,
}

impl Default for CsvStyle {
    /// As the native layout: a heading, line feeds, and `""` for an empty text.
    fn default() -> CsvStyle {
        CsvStyle { heading: true, line_end: LineEnd::Lf, empty_text: EmptyText::Quoted, quotes: Quotes::Needed }
    }
}

/// What ends a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineEnd {
    /// A line feed.
    #[default]
    Lf,
    /// A carriage return and a line feed.
    CrLf,
}

/// How a text is written that is there, but empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmptyText {
    /// As `""`, so that it differs from nothing.
    #[default]
    Quoted,
    /// As nothing.
    Blank,
}

/// What stands in quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quotes {
    /// A field that needs them: one that begins or ends with a space or tab, or contains a comma, a double quote, a
    /// carriage return or a line feed (DMA 7000 Operations Guide 5.1; line breaks are our addition).
    #[default]
    Needed,
    /// Everything that is there, numbers too; nothing is nothing (PostgreSQL's COPY with `FORCE_QUOTE *`).
    All,
}

/// One file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sheet {
    /// The file's name without its extension; letters, digits, `-`, `_` and `.`.
    pub name: String,
    /// The file's extension, if not the one of the format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// What its rows are.
    pub rows: Rows,
    /// Which kinds of records a sheet of calls has.
    #[serde(default, skip_serializing_if = "Kinds::is_call")]
    pub kinds: Kinds,
    /// Its columns, from left to right.
    pub columns: Vec<Column>,
}

/// What the rows of a sheet are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rows {
    /// Calls; columns name fields of [`CdrField`](cdr_model::CdrField).
    Calls,
    /// Conferences; columns name fields of [`ConferenceField`](cdr_model::ConferenceField).
    Conferences,
    /// One row about the other sheets.
    Counts,
    /// Records of the embedding program; their fields are known when the sheet is written.
    Records,
}

/// Which kinds of records ([`RecordKind`](cdr_model::RecordKind)) a sheet of calls has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kinds {
    /// Calls alone, so that each leg is there once.
    #[default]
    Call,
    /// Charges that are no calls too, and what others than the account are charged for a call.
    All,
}

impl Kinds {
    /// Whether it is of calls alone.
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
    pub fn sheet_of(&self, rows: Rows) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.rows == rows)
    }

    /// The same layout with only the sheets that are wanted, for a package that holds one.
    pub fn only(mut self, wanted: impl Fn(&Sheet) -> bool) -> Layout {
        self.sheets.retain(|sheet| wanted(sheet));
        self
    }

    /// The same layout with instants printed otherwise, in all columns that have no style of their own.
    #[must_use]
    pub fn with_time_style(mut self, times: TimeStyle) -> Layout {
        self.styles.times = times;
        self
    }

    /// The same layout without the columns of these names ([`Column::called`]). A name that no column has is passed over;
    /// a sheet that is left without columns is found by [`Layout::check`].
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
