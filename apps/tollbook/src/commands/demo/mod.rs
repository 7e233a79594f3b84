//! `tollbook demo`: a store with sample calls, created with the ordinary commands, and a server on loopback.

mod curl;

use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, ensure};
use cdr_access::{Licences, Logins, Users};
use cdr_files::{create_private_file, create_private_folder};
use cdr_mediation::CdrSource;
use cdr_model::{Account, Directory};
use cdr_store::StoreAddress;
use clap::Parser;

use crate::cli::{Cli, DemoArgs};
use crate::config::Config;
use crate::server::listeners::{Listeners, is_loopback};
use crate::server::{self, Addresses};
use crate::terminal::{safe, say, shown};

/// About sixty calls as Asterisk writes them, with the defects of real files.
const MASTER_CSV: &[u8] = include_bytes!("../../../../../tests/fixtures/asterisk/Master.csv");
/// The time zone of the switch that wrote them.
const ZONE: &str = "Europe/Berlin";

/// The credentials of the user. They are public, which is why the demo listens on loopback only.
const NAME: &str = "admin";
const PASSWORD: &str = "tollbook-demo";
/// The login of a customer, and two of the accounts on which sample calls are booked.
const LOGIN: &str = "acme";
const CUSTOMER: &str = "Harbour Lights Shipping";
const ACCOUNTS: [&str; 2] = ["hls-0001", "hls-0004"];
/// The licence for all customers of environment 1.
const LICENCE: &str = "DEMO-LICENCE";
const LICENCE_NAME: &str = "demo";

/// Creates a store with sample calls unless one exists, and serves it until Ctrl-C.
pub(crate) fn run(config: &Config, args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let config = &alone(config)?;
    let StoreAddress::File(store) = config.address() else { anyhow::bail!("the store of the demo must be a file") };
    // Before the store is created, and held from then on: no other program can take them meanwhile.
    let listeners = Listeners::bind(&config.server)?;
    if store.exists() {
        say(format!("the store {} exists already", shown(&store)))?;
    } else {
        prepare(config, args)?;
    }
    let known = Known::find(config)?;
    server::serve_on(listeners, config, |addresses| announce(config, &addresses, &known))?;
    Ok(ExitCode::SUCCESS)
}

/// The configuration of a server on loopback that writes its own exports.
fn alone(config: &Config) -> anyhow::Result<Config> {
    let mut config = config.clone();
    let all = [config.server.listen, config.server.tls.listen];
    if let Some(address) = all.into_iter().flatten().find(|address: &SocketAddr| !is_loopback(*address)) {
        anyhow::bail!(
            "the demo listens on loopback only, as its password is public; {address} is not on loopback: use \
             `tollbook serve`"
        );
    }
    config.server.threads = config.server.threads.max(1);
    // Sample calls do not belong in a configured database.
    (config.place.database, config.place.replica) = (None, None);
    Ok(config)
}

/// Creates the store with a user, sample calls, a login, a licence and an Asterisk file; then exports and verifies it.
fn prepare(config: &Config, args: &DemoArgs) -> anyhow::Result<()> {
    let folder = config.place.data.join("demo");
    create_private_folder(&folder).with_context(|| format!("the folder {} cannot be created", folder.display()))?;
    let files = [("Master.csv", MASTER_CSV), ("password", PASSWORD.as_bytes()), ("licence", LICENCE.as_bytes())];
    for (name, content) in files {
        let path = folder.join(name);
        write_private(&path, content).with_context(|| format!("writing {}", path.display()))?;
    }
    let [master, password, licence, archive] =
        &["Master.csv", "password", "licence", "cdrExport.zip"].map(|name| folder.join(name));
    let (master, password, licence, archive) = (text(master)?, text(password)?, text(licence)?, text(archive)?);

    step(config, &["migrate"])?;
    step(config, &["user", "add", NAME, "--role", "administrator", "--password-file", password])?;
    // Today and the seven days before: the last seven days are complete at any time of the day.
    step(config, &["generate", "--calls", &args.calls.to_string(), "--days", "8", "--until-now"])?;
    let accounts = ["--account", ACCOUNTS[0], "--account", ACCOUNTS[1]];
    let login = ["login", "add", LOGIN, "--customer", CUSTOMER, "--password-file", password];
    step(config, &[&login[..], &accounts[..]].concat())?;
    step(config, &["licence", "add", LICENCE_NAME, "--environment", "1", "--licence-file", licence])?;
    step(config, &["customer", "add", "Example Telecom", "--currency", "EUR"])?;
    let mut berlin = config.clone();
    berlin.place.zone = ZONE.parse()?;
    step(&berlin, &["load", "--feed", "asterisk-csv", "--customer", "Example Telecom", "--zone", ZONE, master])?;
    step(config, &["quarantine", "list"])?;
    step(
        config,
        &["calls", "--limit", "5", "--format", "table", "--fields", "started_at,account,calling,called,talk,price"],
    )?;
    step(config, &["export", "--layout", "dma-6.1-reconstructed", "--replace", "--output", archive])?;
    step(config, &["verify", archive])?;
    let archive = safe(archive);
    say(format!("\nThe archive is {archive}, its receipt {archive}.receipt.json."))
}

/// Writes a file that only its owner may read, in place of one that an interrupted demo has left.
fn write_private(path: &Path, content: &[u8]) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    create_private_file(path)?.write_all(content)
}

/// Prints a command line, and runs it.
fn step(config: &Config, args: &[&str]) -> anyhow::Result<()> {
    let data = text(&config.place.data)?;
    let typed = [&["tollbook", "--data", data], args].concat();
    let quoted: Vec<String> =
        typed.iter().map(|word| if word.contains(' ') { format!("\"{word}\"") } else { (*word).into() }).collect();
    say(format!("\n$ {}", safe(&quoted.join(" "))))?;
    let cli = Cli::try_parse_from(&typed)?;
    let code = crate::dispatch(&cli, config)?;
    ensure!(code == ExitCode::SUCCESS, "`{}` failed", quoted.join(" "));
    Ok(())
}

fn text(path: &Path) -> anyhow::Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}

/// The credentials of the demo that exist in the store.
struct Known {
    /// Whether the user exists.
    user: bool,
    /// Whether the licence exists.
    licence: bool,
    /// The account in the example commands of the login, if the login exists.
    account: Option<Account>,
}

impl Known {
    fn find(config: &Config) -> anyhow::Result<Known> {
        let store = crate::open(config)?;
        let login = store.login_named(LOGIN)?;
        let account = login.and_then(|login| account_of(login.customer_id, &*store.directory().ok()?));
        let licence = store.licences()?.iter().any(|licence| licence.name == LICENCE_NAME);
        Ok(Known { user: store.user(NAME)?.is_some(), licence, account })
    }
}

fn account_of(customer: i64, directory: &Directory) -> Option<Account> {
    directory.accounts_numbered(ACCOUNTS[0]).find(|account| account.customer_id == customer).cloned()
}

/// Prints the addresses of the server and example commands for each dialect.
fn announce(config: &Config, addresses: &Addresses, known: &Known) -> anyhow::Result<()> {
    say("")?;
    for url in addresses.urls() {
        say(format!("listening on {url}"))?;
    }
    if !known.user {
        say(format!("\nThis store has no user `{NAME}`; the commands below assume one with the demo's password."))?;
    }
    if config.speaks("dma") {
        say(curl::dma(addresses))?;
    }
    if let (true, Some(account)) = (config.speaks("yeti"), &known.account) {
        say(curl::yeti(addresses, account))?;
    }
    if let (true, true, Some(account)) = (config.speaks("porta"), known.licence, &known.account) {
        say(curl::porta(addresses, account))?;
    }
    say("\nPress Ctrl-C to stop.")
}
