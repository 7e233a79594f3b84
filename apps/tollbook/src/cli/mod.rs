//! The command line: the commands here, what goes with each in the file of its kind.

mod directory;
mod keeping;
mod loading;
mod people;
mod reading;
mod serving;
mod values;

use std::ffi::OsString;
use std::path::PathBuf;

use cdr_dialects::DialectRow;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::help;

pub use directory::{AccountCommand, AccountLimits, CustomerCommand, GoodsCommand};
pub use keeping::{BackupArgs, MoveArgs, RestoreArgs, RetentionArgs};
pub use loading::{GenerateArgs, LoadArgs, QuarantineCommand};
pub use people::{LicenceCommand, LoginCommand, Reach, ScopeArgs, UserCommand};
pub use reading::{CallsArgs, ExportArgs, LayoutCommand, ListFormat, PackageName, QuestionArgs, VerifyArgs};
pub use serving::{DemoArgs, ExportsCommand, ServeArgs};
pub(crate) use values::network;
use values::pair;

/// Tollbook keeps call detail records and gives them out in the billing APIs of the switches that wrote them.
#[derive(Debug, Parser)]
#[command(name = "tollbook", version, max_term_width = 120)]
pub struct Cli {
    /// The configuration file [default: ./tollbook.toml if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The folder that holds the store and the spool [setting: data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The zone of bounds and local times without one: an IANA name or +hh:mm [setting: zone]
    #[arg(long, global = true, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Any other setting, as in --set store.retention_days=400
    #[arg(long, global = true, value_name = "NAME=VALUE", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// The command line of a program that speaks these dialects, whose settings the long help shows.
    pub fn of(dialects: &[&'static DialectRow]) -> clap::Command {
        Cli::command().after_long_help(help(dialects))
    }

    /// Reads arguments, the first of which is the program's name.
    ///
    /// # Errors
    /// When they are wrong, or ask for help.
    pub fn read(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
        dialects: &[&'static DialectRow],
    ) -> Result<Cli, clap::Error> {
        Cli::from_arg_matches(&Cli::of(dialects).try_get_matches_from(arguments)?)
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make the store, or bring an older one up to date
    Migrate,
    /// Load calls, conferences, customers or accounts from files
    Load(LoadArgs),
    /// Make up calls, into the store or into a file
    Generate(GenerateArgs),
    /// Write an export and its receipt
    Export(ExportArgs),
    /// Check an export against its receipt, without the store
    Verify(VerifyArgs),
    /// List calls
    Calls(CallsArgs),
    /// Customers: who is billed
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// Accounts: what calls are booked on
    #[command(subcommand)]
    Account(AccountCommand),
    /// Services: what records are of
    #[command(subcommand)]
    Service(GoodsCommand),
    /// Products: what is sold to accounts
    #[command(subcommand)]
    Product(GoodsCommand),
    /// Destinations: where calls go, by prefix
    #[command(subcommand)]
    Destination(GoodsCommand),
    /// Records that could not be loaded, and wait for a decision
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    /// Layouts: the columns of an export
    #[command(subcommand)]
    Layout(LayoutCommand),
    /// Copy the store to a file, while it is in use
    Backup(BackupArgs),
    /// Put the content of a backup in place of the store's, while it is in use
    Restore(RestoreArgs),
    /// Move a store from a file into a PostgreSQL database, and compare both sides
    Move(MoveArgs),
    /// Remove what is older than the setting store.retention_days
    Retention(RetentionArgs),
    /// Serve the reading APIs
    Serve(ServeArgs),
    /// Write the exports that servers on the same store enter
    Worker,
    /// Users: who may sign in to the server
    #[command(subcommand, visible_alias = "operator")]
    User(UserCommand),
    /// Logins: what customers sign in with to read their own calls
    #[command(subcommand)]
    Login(LoginCommand),
    /// Licences: what programs are let in by at the PortaCDR API
    #[command(subcommand)]
    Licence(LicenceCommand),
    /// Exports that were ordered from the server
    #[command(subcommand)]
    Exports(ExportsCommand),
    /// Make a store with sample calls if there is none, and serve it on this machine
    Demo(DemoArgs),
}
