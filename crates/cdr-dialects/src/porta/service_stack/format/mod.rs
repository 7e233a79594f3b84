//! The formats of an answer, and what they are called.

mod csv;
mod html;
mod json;
mod jsv;
mod xml;

use std::io::{self, Write};

use super::dto::{Class, Dto, Rows};

pub(crate) use html::Page;

/// A format of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Xml,
    Jsv,
    Csv,
    Html,
}

impl Format {
    /// All of them.
    pub(crate) const ALL: [Format; 5] = [Format::Json, Format::Xml, Format::Jsv, Format::Csv, Format::Html];

    /// Its name: of routes, suffixes and of the parameter `format`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Xml => "xml",
            Format::Jsv => "jsv",
            Format::Csv => "csv",
            Format::Html => "html",
        }
    }

    /// The format of this name, in capitals or not.
    pub(crate) fn named(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// What an answer says it is.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Format::Json => "application/json; charset=utf-8",
            Format::Xml => "application/xml",
            Format::Jsv => "application/jsv",
            Format::Csv => "text/csv",
            Format::Html => "text/html",
        }
    }

    /// Writes an object.
    ///
    /// # Errors
    /// When `out` fails, or a list of it cannot be read to the end.
    pub(crate) fn write<W: Write>(self, out: &mut W, page: &Page<'_>, dto: &dyn Dto) -> io::Result<()> {
        match self {
            Format::Json => json::object(out, dto),
            Format::Xml => {
                // A byte-order mark, as the original's writer for UTF-8 begins with.
                out.write_all("\u{feff}".as_bytes())?;
                xml::document(out, dto)
            }
            Format::Jsv => jsv::object(out, dto),
            Format::Csv => csv::object(out, dto),
            Format::Html => html::page(out, page, dto),
        }
    }
}

/// Writes an object in JSV over many lines.
///
/// # Errors
/// As [`Format::write`].
pub(crate) fn write_pretty_jsv<W: Write>(out: &mut W, dto: &dyn Dto) -> io::Result<()> {
    jsv::pretty(out, dto)
}

/// Writes a list as a table in CSV, a line for each of its objects.
///
/// # Errors
/// As [`Format::write`].
pub(crate) fn write_table<W: Write>(out: &mut W, class: &'static Class, rows: &dyn Rows) -> io::Result<()> {
    csv::table(out, class, rows)
}
