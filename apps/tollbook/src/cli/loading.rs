//! Options of `load`, `generate` and `quarantine`.

use std::path::PathBuf;

use cdr_intake::{Quoting, TextEncoding};
use cdr_mediation::AccountRule;
use clap::{Args, Subcommand};

use super::ListArgs;
use super::values::{feed_help, feed_name, quoting, rule};

/// Options of `load`.
#[derive(Debug, Default, Args)]
pub struct LoadArgs {
    /// The format of the files; `tollbook feed list` lists them [default: the one of the source]
    #[arg(long, value_parser = feed_name, long_help = feed_help(), required_unless_present = "source")]
    pub feed: Option<String>,
    /// The name of the switch they come from, whose settings are used if it has some [default: the feed's name; for native
    /// exports, the source of each record]
    #[arg(long)]
    pub source: Option<String>,
    /// Create accounts for unknown account codes under this customer
    #[arg(long)]
    pub customer: Option<String>,
    /// The records of the feed `native`: calls, conferences, customers, accounts, services, products or destinations
    #[arg(long, default_value = "calls", value_parser = str::parse::<cdr_intake::InputSheet>)]
    pub sheet: cdr_intake::InputSheet,
    /// Change entries of the directory that exist, by the columns of the sheet; blank cells change nothing
    #[arg(long)]
    pub update: bool,
    /// Show what a load would do, and load nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Load a last line that has no line end; without it, such a line waits for the next load of the file
    #[arg(long = "final")]
    pub is_final: bool,
    /// How quotes are read: strict, or tolerant of quotes in a field that are not doubled [default: strict]
    #[arg(long, value_parser = quoting)]
    pub quoting: Option<Quoting>,
    /// The encoding of the files, such as windows-1252 [default: UTF-8 or UTF-16, and Latin-1 for what is neither]
    #[arg(long, value_parser = str::parse::<TextEncoding>)]
    pub encoding: Option<TextEncoding>,
    /// The file with the mapping from columns to fields, in TOML, for the feed table; `tollbook feed guess` writes a first one
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// The names of the columns of a file without a heading, for the feeds asterisk-table and table
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub columns: Vec<String>,
    /// Load although the identifiers of the records say that the clock of the switch was in another zone
    #[arg(long)]
    pub trust_zone: bool,
    /// The files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

/// Commands for sources.
#[derive(Debug, Subcommand)]
pub enum SourceCommand {
    /// Configure a source: how the files of a switch are read, and who its calls belong to. --zone is the zone of its times
    Add {
        /// The name
        name: String,
        /// Its settings
        #[command(flatten)]
        settings: Box<SourceArgs>,
    },
    /// Change settings of a source; those that are not given stay. --zone is the zone of its times
    Change {
        /// The name
        name: String,
        /// The settings that change
        #[command(flatten)]
        settings: Box<SourceArgs>,
    },
    /// Give a source a new key, with which its switch posts records to /api/v1/intake/NAME; the old one is refused
    Key {
        /// The name
        name: String,
        /// Take its key without giving it a new one
        #[arg(long)]
        revoke: bool,
    },
    /// List the sources
    List(ListArgs),
    /// Show the settings of a source, as the configuration file would have them
    Show {
        /// The name
        name: String,
    },
    /// Remove the settings of a source; its records stay
    Remove {
        /// The name
        name: String,
    },
}

/// The settings of a source.
#[derive(Debug, Args)]
pub struct SourceArgs {
    /// The format of its files; `tollbook feed list` lists them
    #[arg(long, value_parser = feed_name, long_help = feed_help())]
    pub feed: Option<String>,
    /// The customer that its accounts belong to
    #[arg(long)]
    pub customer: Option<String>,
    /// The encoding of its files, such as windows-1252
    #[arg(long, value_parser = str::parse::<TextEncoding>)]
    pub encoding: Option<TextEncoding>,
    /// How quotes are read: strict, or tolerant of quotes in a field that are not doubled
    #[arg(long, value_parser = ["strict", "tolerant"])]
    pub quoting: Option<String>,
    /// The file with the mapping from columns to fields, in TOML, for the feed table; the mapping is stored
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// The names of the columns of its files, if they have no heading
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    pub columns: Vec<String>,
    /// What becomes of calls whose account is unknown: create (the account, if there is a customer), unassigned or quarantine
    #[arg(long, value_parser = ["create", "unassigned", "quarantine"])]
    pub unknown_accounts: Option<String>,
    /// A rule by which calls belong to an account, in TOML; may be given several times, and the first one that a call meets
    /// holds: 'trunk = "trunk-a", account = "north-1"'. A rule may ask for the trunk, the code, how the calling or the called
    /// number begins, and the address of the peer
    #[arg(long = "rule", value_name = "RULE", value_parser = rule)]
    pub rules: Vec<AccountRule>,
    /// A file or a folder that `tollbook watch` and `tollbook serve` watch, also with * and ? in the name of the file; may be
    /// given several times; '' for none
    #[arg(long, value_name = "PATH")]
    pub watch: Vec<String>,
    /// The minutes after which it is silent if it has delivered nothing; 0 for never
    #[arg(long, value_name = "MINUTES")]
    pub silent_minutes: Option<u32>,
    /// The part of its natural keys, from 1, that its switch counts up by one with each record, so that missing records are
    /// noticed; 0 for none
    #[arg(long, value_name = "PART")]
    pub sequence: Option<u32>,
}

/// Options of `watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Look once, and end
    #[arg(long)]
    pub once: bool,
    /// The sources [default: all that have watched files]
    #[arg(value_name = "SOURCE")]
    pub sources: Vec<String>,
}

/// Options of `remap`.
#[derive(Debug, Args)]
pub struct RemapArgs {
    /// The source whose records are mapped again, by its present settings. --zone is the zone of its times instead
    #[arg(long)]
    pub source: String,
    /// The customer that accounts belong to, instead of the one of the source
    #[arg(long)]
    pub customer: Option<String>,
    /// The file with the mapping from columns to fields, in TOML, instead of the one of the source
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// Only records that started at this time or later: 2026-11-21, or 2026-11-21T10:00:00 with or without a zone
    #[arg(long, allow_hyphen_values = true, value_name = "WHEN")]
    pub from: Option<String>,
    /// Only records that started before this time
    #[arg(long, allow_hyphen_values = true, value_name = "WHEN")]
    pub until: Option<String>,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Commands for feeds.
#[derive(Debug, Subcommand)]
pub enum FeedCommand {
    /// List the feeds
    List(ListArgs),
    /// Write a first mapping for a file of any table, guessed from its beginning: for `load --feed table --mapping`. --zone is
    /// the zone of its times
    Guess {
        /// The encoding of the file, such as windows-1252 [default: UTF-8 or UTF-16, and Latin-1 for what is neither]
        #[arg(long, value_parser = str::parse::<TextEncoding>)]
        encoding: Option<TextEncoding>,
        /// The file; - is standard input
        file: PathBuf,
    },
}

/// Commands for loads.
#[derive(Debug, Subcommand)]
pub enum LoadsCommand {
    /// List the loads, the newest first
    List {
        /// Only loads of this source
        #[arg(long)]
        source: Option<String>,
        /// The maximum number of loads [default: 50]
        #[arg(long, value_name = "NUMBER")]
        limit: Option<usize>,
        /// The output format
        #[command(flatten)]
        list: ListArgs,
    },
    /// Show a load
    Show {
        /// The number of the load
        id: i64,
    },
    /// Withdraw all records of a load, so that the same file can be loaded again; exports at earlier watermarks stay as they
    /// were
    Undo {
        /// The number of the load
        id: i64,
    },
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
    /// Count the open entries by source and reason
    Summary {
        /// The output format
        #[command(flatten)]
        list: ListArgs,
    },
    /// Load entries in place of the versions that they conflict with
    Accept(SettleArgs),
    /// Settle entries without loading them
    Drop(SettleArgs),
    /// Read entries again by the present settings of their sources, and load what can be read now
    Retry(SettleArgs),
}

/// The entries that are settled: by their numbers, or by options that all have to hold.
#[derive(Debug, Args)]
pub struct SettleArgs {
    /// The numbers of the entries
    #[arg(required_unless_present_any = ["source", "reason", "load", "older_than_days"])]
    pub ids: Vec<i64>,
    /// Open entries of this source
    #[arg(long, conflicts_with = "ids")]
    pub source: Option<String>,
    /// Open entries with this reason
    #[arg(long, conflicts_with = "ids")]
    pub reason: Option<String>,
    /// Open entries that this load has put there; `tollbook loads list` lists the loads
    #[arg(long, value_name = "NUMBER", conflicts_with = "ids")]
    pub load: Option<i64>,
    /// Open entries that were received more than so many days ago
    #[arg(long, value_name = "DAYS", conflicts_with = "ids")]
    pub older_than_days: Option<u32>,
    /// Settle the entries that the options select; without it, they are only counted
    #[arg(long)]
    pub yes: bool,
}
