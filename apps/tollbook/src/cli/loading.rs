//! Options of `load`, `generate` and `quarantine`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::ListArgs;
use super::values::{feed_help, feed_name};

/// Options of `load`.
#[derive(Debug, Args)]
pub struct LoadArgs {
    /// The format of the files; `tollbook feed list` lists them
    #[arg(long, value_parser = feed_name, long_help = feed_help())]
    pub feed: String,
    /// The name of the switch they come from [default: the feed's name; for native exports, the source of each record]
    #[arg(long)]
    pub source: Option<String>,
    /// Create accounts for unknown account codes under this customer
    #[arg(long)]
    pub customer: Option<String>,
    /// The records of the feed `native`: calls, conferences, customers, accounts, services, products or destinations
    #[arg(long, default_value = "calls", value_parser = str::parse::<cdr_intake::InputSheet>)]
    pub sheet: cdr_intake::InputSheet,
    /// The files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Options of `generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// The number of calls
    #[arg(long, default_value_t = 10_000)]
    pub calls: u64,
    /// The number of days
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub days: u32,
    /// The first day, UTC
    #[arg(long, default_value = "2026-01-01", value_name = "DATE", conflicts_with = "until_now")]
    pub first: String,
    /// End today, and leave out calls that have not ended yet
    #[arg(long)]
    pub until_now: bool,
    /// The seed; the same seed always generates the same calls
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// The number of accounts
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub accounts: u32,
    /// Write a native feed instead of filling the store: .csv, or .ndjson; - is standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// The records in the file: calls, conferences that some of the calls join, customers, accounts, services, products
    /// or destinations
    #[arg(long, default_value = "calls", value_parser = str::parse::<cdr_intake::InputSheet>)]
    pub sheet: cdr_intake::InputSheet,
    /// Add charges to the calls of the file; their services and customers have to be loaded first
    #[arg(long, requires = "output")]
    pub charges: bool,
    /// Overwrite an existing file
    #[arg(long)]
    pub replace: bool,
}

/// Commands for records in quarantine.
#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// List the open entries
    List {
        /// Include settled entries
        #[arg(long)]
        all: bool,
        /// The maximum number of entries [default: 50 on a terminal, all into a pipe or a file]
        #[arg(long, value_name = "NUMBER")]
        limit: Option<usize>,
        /// The output format
        #[command(flatten)]
        list: ListArgs,
    },
    /// Show an entry, with both versions of a conflict
    Show {
        /// The number of the entry
        id: i64,
        /// Print only the bytes as received
        #[arg(long)]
        raw: bool,
    },
    /// Load entries in place of the versions that they conflict with
    Accept {
        /// The numbers of the entries
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Settle entries without loading them
    Drop {
        /// The numbers of the entries
        #[arg(required = true)]
        ids: Vec<i64>,
    },
}
