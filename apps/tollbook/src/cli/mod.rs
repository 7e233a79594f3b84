//! The command line. The commands are declared here, their options in a file for each group of commands.

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
use cdr_settings::Row;
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::config::{help, rows};

pub use directory::{
    AccountCommand, AccountLimits, CustomerCommand, CustomerValues, DestinationCommand, ProductCommand, ReachedArgs,
    ServiceCommand,
};
pub use keeping::{BackupArgs, MoveArgs, RestoreArgs, RetentionArgs};
pub use loading::{
    FeedCommand, GenerateArgs, LoadArgs, LoadsCommand, QuarantineCommand, RemapArgs, SettleArgs, SourceArgs,
    SourceCommand, WatchArgs,
};
pub use people::{LicenceCommand, LoginCommand, LoginScope, ScopeArgs, UserCommand};
pub use reading::{
    CallsArgs, ExportArgs, FieldCommand, FieldsOf, LayoutCommand, ListArgs, ListCommand, ListFormat, MissingArgs,
    PackageName, QuestionArgs, VerifyArgs, WhereaboutsArgs,
};
pub use serving::{DemoArgs, ExportsCommand, ServeArgs};
pub(crate) use values::network;
use values::pair;

/// The heading of the options that every command takes.
const EVERYWHERE: &str = "Options of every command";

/// Tollbook stores call detail records and serves them over the billing APIs of the switches that wrote them.
#[derive(Debug, Parser)]
#[command(name = "tollbook", version, max_term_width = 120)]
pub struct Cli {
    /// The configuration file [default: ./tollbook.toml if it exists]
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    pub config: Option<PathBuf>,
    /// [setting: data]
    #[arg(long, global = true, value_name = "DIR", help_heading = EVERYWHERE)]
    pub data: Option<PathBuf>,
    /// [setting: zone]
    #[arg(long, global = true, value_name = "ZONE", allow_hyphen_values = true, help_heading = EVERYWHERE)]
    pub zone: Option<String>,
    /// Any other setting, as in --set store.retention_days=400
    // Not global: of a global argument that is given before and after the command, clap keeps the values of one place.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, display_order = 3, help_heading = EVERYWHERE)]
    pub set: Vec<(String, String)>,
    /// The command
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// The command line of a program with these dialects. A flag that gives a setting is described by the setting. The
    /// long help lists all settings.
    pub fn of(dialects: &[&'static DialectRow]) -> clap::Command {
        let command = Cli::command();
        let set = command.get_arguments().find(|argument| argument.get_id() == SET).cloned();
        let command = set.into_iter().fold(command, |command, set| with_argument(command, &set));
        described(command, &rows(dialects)).after_long_help(help(dialects))
    }

    /// Reads arguments, the first of which is the program's name.
    ///
    /// # Errors
    /// When they are invalid, or ask for help.
    pub fn read(
        arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>,
        dialects: &[&'static DialectRow],
    ) -> Result<Cli, clap::Error> {
        let matches = Cli::of(dialects).try_get_matches_from(arguments)?;
        Ok(Cli { set: settings(&matches), ..Cli::from_arg_matches(&matches)? })
    }
}

/// The argument that every command takes, before and after its name.
const SET: &str = "set";

/// A command whose subcommands, at every level, take an argument too.
fn with_argument(command: clap::Command, argument: &clap::Arg) -> clap::Command {
    command.mut_subcommands(|subcommand| with_argument(subcommand.arg(argument.clone()), argument))
}

/// The values of [`SET`] at every level, in the order of the command line.
fn settings(matches: &ArgMatches) -> Vec<(String, String)> {
    let own = matches.try_get_many::<(String, String)>(SET).ok().flatten().into_iter().flatten().cloned();
    own.chain(matches.subcommand().map(|(_, matches)| settings(matches)).unwrap_or_default()).collect()
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Create the store, or upgrade an older one
    Migrate,
    /// Load calls, conferences, customers or accounts from files
    Load(LoadArgs),
    /// Sources: how the files of a switch are read, and who its calls belong to
    #[command(subcommand)]
    Source(SourceCommand),
    /// Loads: what was loaded together, and can be undone together
    #[command(subcommand)]
    Loads(LoadsCommand),
    /// Map the records of a source again from what its switch wrote, for a zone or a customer that was wrong
    Remap(RemapArgs),
    /// Load the watched files of sources, and go on loading what their switches write
    Watch(WatchArgs),
    /// Generate sample calls, into the store or into a file
    Generate(GenerateArgs),
    /// Write an export and its receipt
    Export(ExportArgs),
    /// Check an export against its receipt, without the store
    Verify(VerifyArgs),
    /// List calls
    Calls(CallsArgs),
    /// Say why a call is missing: not received, in quarantine, outside the window of an export, withdrawn
    Whereabouts(WhereaboutsArgs),
    /// Customers: the parties that are billed
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// Accounts: where calls are booked
    #[command(subcommand)]
    Account(AccountCommand),
    /// Services: what is charged for
    #[command(subcommand)]
    Service(ServiceCommand),
    /// Products: what accounts were sold
    #[command(subcommand)]
    Product(ProductCommand),
    /// Destinations: number prefixes with country and description
    #[command(subcommand)]
    Destination(DestinationCommand),
    /// Records that could not be loaded and wait for a decision
    #[command(subcommand)]
    Quarantine(QuarantineCommand),
    /// Feeds: the formats that `load` reads
    #[command(subcommand)]
    Feed(FeedCommand),
    /// Fields: the values of a record that layouts, conditions and lists name
    #[command(subcommand)]
    Field(FieldCommand),
    /// Layouts: the sheets and columns of an export
    #[command(subcommand)]
    Layout(LayoutCommand),
    /// Copy the store to a file; the store may be in use
    Backup(BackupArgs),
    /// Replace the content of the store by a backup; the store may be in use
    Restore(RestoreArgs),
    /// Move a store into another file or PostgreSQL database, and compare the two
    Move(MoveArgs),
    /// Remove records older than the setting store.retention_days
    Retention(RetentionArgs),
    /// Rewrite the store without the space that removed records have used
    Compact,
    /// Serve the billing APIs
    Serve(ServeArgs),
    /// Write the exports that servers on the same store accept
    Worker,
    /// Users: people who sign in to the server
    #[command(subcommand, visible_alias = "operator")]
    User(UserCommand),
    /// Logins: sign-ins with which customers read their own calls
    #[command(subcommand)]
    Login(LoginCommand),
    /// Licences: credentials of programs for the PortaCDR API
    #[command(subcommand)]
    Licence(LicenceCommand),
    /// Exports that clients ordered from the server
    #[command(subcommand)]
    Exports(ExportsCommand),
    /// Create a store with sample calls unless one exists, and serve it on this machine
    Demo(DemoArgs),
}

/// Puts the description of a setting before `[setting: NAME]`, in the help of a command and of its subcommands.
fn described(command: clap::Command, rows: &[&'static dyn Row]) -> clap::Command {
    let command = command.mut_args(|arg| {
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        match rows.iter().find(|row| help == format!("[setting: {}]", row.name())) {
            Some(row) => arg.help(format!("{} {help}", capitalised(row.meaning()))),
            None => arg,
        }
    });
    command.mut_subcommands(|subcommand| described(subcommand, rows))
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
