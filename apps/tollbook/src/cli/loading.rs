//! What is loaded, made up, and held back.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::values::feed_name;

/// Options of `load`.
#[derive(Debug, Args)]
pub struct LoadArgs {
    /// The format of the files
    #[arg(long, value_parser = feed_name)]
    pub feed: String,
    /// The name of the switch they come from [default: the feed's name]
    #[arg(long)]
    pub source: Option<String>,
    /// Make accounts for unknown account codes under this customer
    #[arg(long)]
    pub customer: Option<String>,
    /// What the records are, for the feed `native`: calls, conferences, customers, accounts, services, products or destinations
    #[arg(long, default_value = "calls", value_parser = str::parse::<cdr_intake::InputSheet>)]
    pub sheet: cdr_intake::InputSheet,
    /// The files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Options of `generate`.
#[derive(Debug, Args)]
pub struct GenerateArgs {
    /// How many calls
    #[arg(long, default_value_t = 10_000)]
    pub calls: u64,
    /// Over how many days
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=3660))]
    pub days: u32,
    /// The first day, UTC
    #[arg(long, default_value = "2026-01-01", value_name = "DATE", conflicts_with = "until_now")]
    pub first: String,
    /// Let the days end today, and leave out calls that have not ended by now
    #[arg(long)]
    pub until_now: bool,
    /// Other seeds make other calls; the same seed always makes the same
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Over how many accounts
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub accounts: u32,
    /// Write a native feed instead of filling the store: .csv, or .ndjson; - is standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// What goes into the file: calls, the conferences that some of them join, or customers, accounts, services, products,
    /// destinations
    #[arg(long, default_value = "calls", value_parser = str::parse::<cdr_intake::InputSheet>)]
    pub sheet: cdr_intake::InputSheet,
    /// Put charges beside the calls of the file; their services and customers have to be loaded before
    #[arg(long, requires = "output")]
    pub charges: bool,
    /// Put the new file in the place of one that is there
    #[arg(long)]
    pub replace: bool,
}

/// What to do with records in quarantine.
#[derive(Debug, Subcommand)]
pub enum QuarantineCommand {
    /// List what waits for a decision
    List {
        /// Also what is settled
        #[arg(long)]
        all: bool,
    },
    /// Show one with both versions
    Show {
        /// Its number
        id: i64,
        /// Only the bytes as they came
        #[arg(long)]
        raw: bool,
    },
    /// Load these in place of the versions they conflict with
    Accept {
        /// Their numbers
        #[arg(required = true)]
        ids: Vec<i64>,
    },
    /// Settle these without loading them
    Drop {
        /// Their numbers
        #[arg(required = true)]
        ids: Vec<i64>,
    },
}
