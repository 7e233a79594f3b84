//! The store as a whole: saved, brought back, moved, shortened.

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
    /// The backup
    pub file: PathBuf,
    /// Go on although the store holds calls, which are lost
    #[arg(long)]
    pub replace: bool,
}

/// Options of `move`.
#[derive(Debug, Args)]
pub struct MoveArgs {
    /// The file, as in sqlite://tollbook-data/tollbook.db; it stays as it is
    #[arg(long, value_name = "ADDRESS")]
    pub from: String,
    /// The database, as in postgres://tollbook@db.example.com/calls; without any calls, or with those of an attempt before
    #[arg(long, value_name = "ADDRESS")]
    pub to: String,
}

/// Options of `retention`.
#[derive(Debug, Args)]
pub struct RetentionArgs {
    /// Only say how many calls would go
    #[arg(long)]
    pub dry_run: bool,
}
