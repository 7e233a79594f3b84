//! Commands on the whole store: backup, restore, move, retention.

use std::path::PathBuf;

use clap::Args;

/// Options of `backup`.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file to write
    pub file: PathBuf,
}

/// Options of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The backup file
    pub file: PathBuf,
    /// Restore even if the store holds calls; they are removed
    #[arg(long)]
    pub replace: bool,
}

/// Options of `move`.
#[derive(Debug, Args)]
pub struct MoveArgs {
    /// The store, as in sqlite://tollbook-data/tollbook.db or postgres://tollbook@db.example.com/calls; it is not changed
    #[arg(long, value_name = "ADDRESS")]
    pub from: String,
    /// Where it goes, as an address of the same kinds: new or empty, or with the calls of an interrupted move
    #[arg(long, value_name = "ADDRESS")]
    pub to: String,
}

/// Options of `retention`.
#[derive(Debug, Args)]
pub struct RetentionArgs {
    /// Only print how many calls would be removed
    #[arg(long)]
    pub dry_run: bool,
}
