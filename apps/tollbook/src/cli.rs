//! The command line.

use std::path::PathBuf;

use cdr_model::{BillingPeriod, Level, Money, RecordKind};
use cdr_query::grammar::Zone;
use clap::{Args, Parser, Subcommand, ValueEnum};
use uuid::Uuid;

use crate::filter;

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
    /// Operators: who may sign in to the server
    #[command(subcommand)]
    Operator(OperatorCommand),
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
    #[arg(long, default_value = "calls", value_parser = str::parse::<cdr_intake::Sheet>)]
    pub sheet: cdr_intake::Sheet,
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
    #[arg(long, default_value = "calls", value_parser = str::parse::<cdr_intake::Sheet>)]
    pub sheet: cdr_intake::Sheet,
    /// Put charges beside the calls of the file; their services and customers have to be loaded before
    #[arg(long, requires = "output")]
    pub charges: bool,
    /// Put the new file in the place of one that is there
    #[arg(long)]
    pub replace: bool,
}

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

/// What to do with customers.
#[derive(Debug, Subcommand)]
pub enum CustomerCommand {
    /// Add one
    Add {
        /// Its name
        name: String,
        /// Its number, to keep one it had elsewhere
        #[arg(long)]
        id: Option<i64>,
        /// The reseller above it
        #[arg(long)]
        reseller: Option<String>,
        /// What it pays in (ISO 4217)
        #[arg(long)]
        currency: Option<String>,
        /// Its number in a system outside
        #[arg(long)]
        external_id: Option<String>,
        /// Whether it pays for itself, or sells on: retail, reseller or distributor
        #[arg(long)]
        level: Option<Level>,
        /// The number of the environment it lives in
        #[arg(long, value_parser = clap::value_parser!(i32).range(1..))]
        environment: Option<i32>,
        /// Where its clocks are: an IANA name (--zone is the zone of this command line)
        #[arg(long, value_name = "ZONE")]
        time_zone: Option<Zone>,
        /// How often it is billed: day, week:1 (from Monday), half-month, month:1 or days:14:2026-01-01
        #[arg(long, value_name = "PERIOD")]
        billing_period: Option<BillingPeriod>,
    },
    /// List them
    List,
}

/// What to do with services, products and destinations: `load --feed native --sheet …` adds them.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum GoodsCommand {
    /// List them
    List,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Add one
    Add {
        /// The name of its customer
        customer: String,
        /// The code by which switches name it
        number: String,
        /// Its number in the store, to keep one it had elsewhere
        #[arg(long)]
        id: Option<i64>,
        /// A name for people
        #[arg(long)]
        name: Option<String>,
        /// Its identifier in a system outside
        #[arg(long)]
        external_id: Option<String>,
        /// Its identifier for clients, to keep one it had elsewhere; a random one if not given
        #[arg(long)]
        uuid: Option<Uuid>,
        /// What was sold to its owner: the number of a product
        #[arg(long, value_name = "NUMBER")]
        product: Option<i64>,
        /// What it has and may do.
        #[command(flatten)]
        limits: Box<AccountLimits>,
    },
    /// List them
    List {
        /// Only those of this customer
        #[arg(long)]
        customer: Option<String>,
    },
}

/// What an account has and may do, as the billing system that owns it last said.
#[derive(Clone, Copy, Debug, Args)]
pub struct AccountLimits {
    /// What it has; negative if it owes
    #[arg(long, allow_negative_numbers = true)]
    pub balance: Option<Money>,
    /// Below this its calls are refused
    #[arg(long, allow_negative_numbers = true)]
    pub min_balance: Option<Money>,
    /// Above this calls that would be paid to it are refused
    #[arg(long, allow_negative_numbers = true)]
    pub max_balance: Option<Money>,
    /// Below this its owner is told
    #[arg(long, allow_negative_numbers = true)]
    pub balance_low: Option<Money>,
    /// Above this its owner is told
    #[arg(long, allow_negative_numbers = true)]
    pub balance_high: Option<Money>,
    /// The dearest destination it may call, by the price of a minute
    #[arg(long)]
    pub destination_rate_limit: Option<Money>,
    /// Seconds after which a call is ended
    #[arg(long)]
    pub max_call_duration: Option<i64>,
    /// How many calls it may make at once
    #[arg(long)]
    pub origination_capacity: Option<i64>,
    /// How many calls it may be given at once
    #[arg(long)]
    pub termination_capacity: Option<i64>,
    /// How many calls it may have at once, both ways
    #[arg(long)]
    pub total_capacity: Option<i64>,
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

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct ServeArgs {
    /// The address of the plain listener; "" for none [setting: listen]
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
    /// The address of the listener with TLS; "" for none [setting: tls.listen]
    #[arg(long, value_name = "ADDRESS")]
    pub tls_listen: Option<String>,
}

/// What to do with operators.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Add one; the password comes from a file, a pipe, or is asked for
    Add {
        /// The name to sign in with
        name: String,
        /// What they may do: administrator, provisioner, auditor or conference-room-owner; may be given several times
        #[arg(long, required = true)]
        role: Vec<cdr_mediation::Role>,
        /// A file whose first line is the password
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List them
    List,
    /// Remove one
    Remove {
        /// Their name
        name: String,
    },
    /// Give one another password
    Password {
        /// Their name
        name: String,
        /// A file whose first line is the password
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

/// What to do with logins.
#[derive(Debug, Subcommand)]
pub enum LoginCommand {
    /// Add one; the password comes from a file, a pipe, or is asked for
    Add {
        /// The name to sign in with
        name: String,
        /// The name of the customer whose calls it may read
        #[arg(long, value_name = "NAME")]
        customer: String,
        /// Its number, to keep one it had elsewhere
        #[arg(long)]
        id: Option<i64>,
        /// What of the customer's it may read
        #[command(flatten)]
        reach: Reach,
        /// A file whose first line is the password
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// List them
    List,
    /// Change what one may read or where it signs in, or give it another password
    Change {
        /// Its name
        name: String,
        /// What of the customer's it may read; what is not given stays as it is
        #[command(flatten)]
        reach: Reach,
        /// Let it read all accounts of its customer again
        #[arg(long, conflicts_with = "account")]
        all_accounts: bool,
        /// Give it another password: from a pipe, or asked for
        #[arg(long)]
        password: bool,
        /// Give it another password: the first line of a file
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Remove one
    Remove {
        /// Its name
        name: String,
    },
    /// Bring logins from a Yeti: CSV with the heading login,password_digest,customer,account_ids,allowed_ips,id
    Import {
        /// The file; - is standard input
        file: PathBuf,
    },
}

/// What a login may read, and from where.
#[derive(Debug, Args)]
pub struct Reach {
    /// Only these accounts of the customer, by number; may be given several times
    #[arg(long, value_name = "NUMBER")]
    pub account: Vec<String>,
    /// Only from these networks, as in 192.0.2.0/24, or addresses; may be given several times
    #[arg(long, value_name = "NET", value_parser = network)]
    pub allow_ip: Vec<ipnet::IpNet>,
}

/// What to do with licences.
#[derive(Debug, Subcommand)]
pub enum LicenceCommand {
    /// Add one; its text is made, and shown this once
    Add {
        /// What it is called in lists and logs; it opens nothing
        name: String,
        /// Whose records it opens
        #[command(flatten)]
        scope: ScopeArgs,
        /// Use a text that clients know already: the first line of a file; - is standard input, or asks for it
        #[arg(long, value_name = "FILE")]
        licence_file: Option<PathBuf>,
    },
    /// List them, without their texts, which are kept nowhere
    List,
    /// Give one another text, which is made and shown this once; the old one is refused at once
    Rotate {
        /// Its name
        name: String,
        /// Use a text that clients know already: the first line of a file; - is standard input, or asks for it
        #[arg(long, value_name = "FILE")]
        licence_file: Option<PathBuf>,
    },
    /// Remove one; it is refused at once
    Remove {
        /// Its name
        name: String,
    },
}

/// Whose records a licence opens: those of an environment, or of customers.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct ScopeArgs {
    /// Those of all customers of this environment, now and later
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i32).range(1..))]
    pub environment: Option<i32>,
    /// Those of this customer; may be given several times
    #[arg(long, value_name = "NAME")]
    pub customer: Vec<String>,
}

/// What to do with exports that were ordered from the server.
#[derive(Debug, Subcommand)]
pub enum ExportsCommand {
    /// List them, the latest first
    List {
        /// At most so many
        #[arg(long, default_value_t = 50)]
        limit: usize,
    },
    /// Withdraw one, whatever state it is in: it is not written any further, and its file goes
    Cancel {
        /// Its number, or its identifier
        export: String,
    },
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// How many sample calls, if there is no store yet; those later than now are left out
    #[arg(long, default_value_t = 10_000)]
    pub calls: u64,
    /// The address of the plain listener, on loopback
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: String,
    /// The address of the listener with TLS, on loopback
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8443")]
    pub tls_listen: String,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}` is not NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}

fn kind(text: &str) -> Result<RecordKind, String> {
    RecordKind::named(text).ok_or_else(|| format!("there are {}", RecordKind::ALL.map(RecordKind::name).join(", ")))
}

fn anchor(text: &str) -> Result<cdr_model::Anchor, String> {
    text.parse()
}

/// A network, or a single address as the network that holds it alone.
pub(crate) fn network(text: &str) -> Result<ipnet::IpNet, String> {
    let address = || text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from);
    text.parse().or_else(|_| address()).map_err(|_| format!("`{text}` is not a network, as in 192.0.2.0/24"))
}

fn feed_name(text: &str) -> Result<String, String> {
    known(text, cdr_intake::FEEDS.iter().map(|feed| feed.name()))
}

fn format_name(text: &str) -> Result<String, String> {
    known(text, cdr_export::FORMATS.iter().map(|format| format.name()))
}

fn known<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> Result<String, String> {
    let names: Vec<&str> = names.collect();
    if names.contains(&text) { Ok(text.to_owned()) } else { Err(format!("there are {}", names.join(", "))) }
}

fn where_help() -> String {
    format!(
        "Only calls that meet a condition; may be given several times, and then all have to hold.\n\n{}\n\nLengths of time \
         are microseconds, or 90s, 5m, 1h; instants RFC 3339. A field that holds nothing meets no comparison. The fields \
         are listed in docs/FEEDS.md.",
        filter::GRAMMAR
    )
}
