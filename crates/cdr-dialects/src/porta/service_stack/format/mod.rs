//! The formats of an answer, and their names.

mod csv;
mod html;
mod json;
mod jsv;
mod xml;

use std::io::{self, Write};

use super::dto::{Class, Dto, Objects};

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

    /// Its name in routes, in suffixes and in the parameter `format`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Xml => "xml",
            Format::Jsv => "jsv",
            Format::Csv => "csv",
            Format::Html => "html",
        }
    }

    /// The format of this name, in any case.
    pub(crate) fn named(name: &str) -> Option<Format> {
        Format::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name))
    }

    /// The media type of an answer.
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
                // The original's UTF-8 writer starts with a byte-order mark.
                out.write_all("\u{feff}".as_bytes())?;
                xml::document(out, dto)
            }
            Format::Jsv => jsv::object(out, dto),
            Format::Csv => csv::object(out, dto),
            Format::Html => html::page(out, page, dto),
        }
    }
}

/// Writes an object in indented JSV.
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
pub(crate) fn write_table<W: Write>(out: &mut W, class: &'static Class, rows: &dyn Objects) -> io::Result<()> {
    csv::table(out, class, rows)
}
