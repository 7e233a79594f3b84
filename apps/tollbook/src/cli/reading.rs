//! What is asked, and what is written of the answer.

use std::path::PathBuf;

use cdr_model::RecordKind;
use clap::{Args, Subcommand, ValueEnum};

use super::values::{anchor, format_name, kind, where_help};

/// Which calls are wanted.
#[derive(Debug, Default, Args)]
pub struct QuestionArgs {
    /// The first instant in the window: 2026-11-21, or 2026-11-21T10:00:00 with or without a zone [default: no bound]
    #[arg(long, allow_hyphen_values = true, value_name = "WHEN")]
    pub from: Option<String>,
    /// The first instant after the window, in the same spelling [default: no bound]
    #[arg(long, allow_hyphen_values = true, value_name = "WHEN")]
    pub until: Option<String>,
    /// Which instant of a call decides: start, connect, end or bill
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
    /// The store as it was when this was its highest record number [default: as it is now]
    #[arg(long, value_name = "NUMBER")]
    pub watermark: Option<i64>,
}

/// Options of `export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Which calls
    #[command(flatten)]
    pub question: QuestionArgs,
    /// The columns; `tollbook layout list` names them
    #[arg(long, default_value = "native")]
    pub layout: String,
    /// How rows are written
    #[arg(long, default_value = "csv", value_parser = format_name)]
    pub format: String,
    /// What holds the sheets
    #[arg(long, value_enum, default_value_t)]
    pub package: PackageName,
    /// Only these sheets of the layout, by name
    #[arg(long, value_name = "NAME")]
    pub sheet: Vec<String>,
    /// Newest first
    #[arg(long)]
    pub newest_first: bool,
    /// Put the new file in the place of one that is there
    #[arg(long)]
    pub replace: bool,
    /// The file to write; its receipt goes to FILE.receipt.json
    #[arg(long, short, value_name = "FILE")]
    pub output: PathBuf,
}

/// What holds the sheets of an export.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PackageName {
    /// The rows alone; for layouts with one sheet, or with --sheet
    Plain,
    /// The rows compressed
    Gzip,
    /// An archive with every sheet
    #[default]
    Zip,
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// The export
    pub file: PathBuf,
    /// Its receipt [default: FILE.receipt.json]
    #[arg(long, value_name = "FILE")]
    pub receipt: Option<PathBuf>,
}

/// Options of `calls`.
#[derive(Debug, Args)]
pub struct CallsArgs {
    /// Which calls
    #[command(flatten)]
    pub question: QuestionArgs,
    /// Records of these kinds, with commas between: call, resale, usage, subscription, fee, did-charge, payment, adjustment
    #[arg(long, value_delimiter = ',', default_value = "call", value_parser = kind)]
    pub kind: Vec<RecordKind>,
    /// Records of every kind
    #[arg(long, conflicts_with = "kind")]
    pub all_kinds: bool,
    /// The fields to show, by name, with commas between
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "number,started_at,account,calling,called,talk,success,release_reason,price"
    )]
    pub fields: Vec<String>,
    /// At most so many
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    /// Oldest first
    #[arg(long)]
    pub oldest_first: bool,
    /// How: table, csv or ndjson [default: table on a terminal, csv into a pipe]
    #[arg(long, value_enum)]
    pub format: Option<ListFormat>,
    /// Only say how many there are
    #[arg(long)]
    pub count: bool,
}

/// How a listing is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    Table,
    /// With a heading
    Csv,
    /// An object a line
    Ndjson,
}

/// What to do with layouts.
#[derive(Debug, Subcommand)]
pub enum LayoutCommand {
    /// List the built-in ones and your own
    List,
    /// Print one, to be corrected and put into the folder of the setting `layouts`
    Show {
        /// Its name
        name: String,
    },
}
