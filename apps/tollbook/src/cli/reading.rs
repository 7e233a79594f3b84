//! Options of `export`, `verify`, `calls` and `layout`.

use std::path::PathBuf;

use cdr_model::RecordKind;
use clap::{Args, Subcommand, ValueEnum};
use serde::Deserialize;

use super::values::{anchor, format_name, kind, where_help};

/// The query: which calls to read.
#[derive(Debug, Default, Args)]
pub struct QuestionArgs {
    /// The inclusive start of the window: 2026-11-21, or 2026-11-21T10:00:00 with or without a zone [default: none]
    #[arg(long, allow_hyphen_values = true, value_name = "WHEN")]
    pub from: Option<String>,
    /// The exclusive end of the window, in the same formats [default: none]
    #[arg(long, allow_hyphen_values = true, value_name = "WHEN")]
    pub until: Option<String>,
    /// The instant of a call that the window applies to: start, connect, end or bill
    #[arg(long, default_value = "start", value_parser = anchor)]
    pub anchor: cdr_model::Anchor,
    /// Only calls of these accounts, by number
    #[arg(long, value_name = "NUMBER")]
    pub account: Vec<String>,
    /// Only calls of this customer
    #[arg(long, value_name = "NAME")]
    pub customer: Option<String>,
    /// Only calls from this source
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Only calls that meet a condition, as in called^=49151 or talk>=60s; may be given several times
    #[arg(long = "where", value_name = "CONDITION", long_help = where_help())]
    pub conditions: Vec<String>,
    /// Read the store as of this record number, its highest at that time [default: the current state]
    #[arg(long, value_name = "NUMBER")]
    pub watermark: Option<i64>,
}

/// Options of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// The query
    #[command(flatten)]
    pub question: QuestionArgs,
    /// The layout; `tollbook layout list` lists them
    #[arg(long, default_value = "native")]
    pub layout: String,
    /// The format of the rows
    #[arg(long, default_value = "csv", value_parser = format_name)]
    pub format: String,
    /// The package that contains the sheets
    #[arg(long, value_enum, default_value_t)]
    pub package: PackageName,
    /// Only these sheets of the layout, by name
    #[arg(long, value_name = "NAME")]
    pub sheet: Vec<String>,
    /// Newest first
    #[arg(long)]
    pub newest_first: bool,
    /// Overwrite an existing file
    #[arg(long)]
    pub replace: bool,
    /// The file to write; the receipt is written to FILE.receipt.json
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
}

/// The package of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PackageName {
    /// The rows of one sheet; for layouts with one sheet, or with --sheet
    Plain,
    /// The rows of one sheet, compressed with gzip
    Gzip,
    /// A ZIP archive of all sheets
    #[default]
    Zip,
}

/// Options of `whereabouts`.
#[derive(Debug, Args)]
pub struct WhereaboutsArgs {
    /// The question
    #[command(flatten)]
    pub missing: MissingArgs,
    /// The output format
    #[command(flatten)]
    pub list: ListArgs,
}

/// What someone knows of a missing record. As a query of a request it has the same names.
#[derive(Debug, Args, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MissingArgs {
    /// The natural key, a part of it, or the call ID
    #[arg(long)]
    pub key: Option<String>,
    /// The calling or the called number, or the end of it
    #[arg(long, value_name = "DIGITS")]
    pub number: Option<String>,
    /// When the call started: 2026-11-21, or 2026-11-21T10:00:00 with or without a zone. A number needs it
    #[arg(long, allow_hyphen_values = true, value_name = "WHEN")]
    pub time: Option<String>,
    /// How many seconds earlier or later it may have started
    #[arg(long, default_value_t = 600, value_name = "SECONDS")]
    #[serde(default = "ten_minutes")]
    pub within: u32,
    /// The source that should have delivered it
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// The export in which it is missing, by number or identifier: why does it not have the record?
    #[arg(long, value_name = "EXPORT")]
    pub export: Option<String>,
}

fn ten_minutes() -> u32 {
    600
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The export file
    pub file: PathBuf,
    /// Its receipt [default: FILE.receipt.json]
    #[arg(long, value_name = "FILE")]
    pub receipt: Option<PathBuf>,
}

/// Options of `calls`.
#[derive(Debug, Args)]
pub struct CallsArgs {
    /// The query
    #[command(flatten)]
    pub question: QuestionArgs,
    /// Kinds of records, separated by commas: call, resale, usage, subscription, fee, did-charge, payment, adjustment
    #[arg(long, value_delimiter = ',', default_value = "call", value_parser = kind)]
    pub kind: Vec<RecordKind>,
    /// Records of all kinds
    #[arg(long, conflicts_with = "kind")]
    pub all_kinds: bool,
    /// The fields to print, separated by commas [default:
    /// number,started_at,account,calling,called,talk,success,release_reason,price; on a terminal those of them that fit]
    #[arg(long, value_delimiter = ',', value_name = "FIELDS")]
    pub fields: Vec<String>,
    /// The maximum number of records [default: 50 on a terminal, all into a pipe or a file]
    #[arg(long, value_name = "NUMBER")]
    pub limit: Option<usize>,
    /// Oldest first
    #[arg(long)]
    pub oldest_first: bool,
    /// The output format [default: table on a terminal, csv into a pipe]
    #[arg(long, value_enum)]
    pub format: Option<ListFormat>,
    /// Only print the number of records
    #[arg(long)]
    pub count: bool,
}

/// How a list is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// A table for people, with times in --zone
    #[default]
    Table,
    /// CSV with a header, with times in UTC
    Csv,
    /// One JSON array of objects, with times in UTC
    Json,
    /// One JSON object per line
    Ndjson,
}

/// The option of every list.
#[derive(Clone, Copy, Debug, Args)]
pub struct ListArgs {
    /// The output format
    #[arg(long, value_enum, default_value_t)]
    pub format: ListFormat,
}

/// A command that only lists.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum ListCommand {
    /// List all
    List(ListArgs),
}

/// Commands for fields.
#[derive(Debug, Subcommand)]
pub enum FieldCommand {
    /// List the fields of calls, or of another kind of record
    List {
        /// The records: calls or conferences
        #[arg(long, value_enum, default_value_t)]
        of: FieldsOf,
        /// The output format
        #[command(flatten)]
        list: ListArgs,
    },
}

/// The records whose fields are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum FieldsOf {
    /// Calls, and charges other than calls
    #[default]
    Calls,
    /// Conferences
    Conferences,
}

/// Commands for layouts.
#[derive(Debug, Subcommand)]
pub enum LayoutCommand {
    /// List the built-in and the custom layouts
    List(ListArgs),
    /// Print a layout; a corrected copy in the folder of the setting `layouts` replaces it
    Show {
        /// The name of the layout
        name: String,
    },
}
