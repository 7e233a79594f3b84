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
    /// The file, as in sqlite://tollbook-data/tollbook.db; it is not changed
    #[arg(long, value_name = "ADDRESS")]
    pub from: String,
    /// The database, as in postgres://tollbook@db.example.com/calls; empty, or with the calls of an interrupted move
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
