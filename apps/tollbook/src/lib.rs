//! The program: it reads the configuration, connects the crates with each other, and runs the commands.

mod callbacks;
pub mod cli;
mod commands;
pub mod config;
mod filter;
mod kept;
mod layouts;
mod listing;
mod loading;
mod ordered;
mod password;
mod question;
mod retention;
mod server;
mod sources;
pub mod terminal;
mod watching;
mod whereabouts;

use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use cdr_dialects::DialectRow;
use cdr_files::create_private_folder;
use cdr_store::{Opened, Store, StoreAddress, StoreOptions};

use crate::cli::{Cli, Command};
use crate::config::{Config, DEFAULT_FILE, Layers};

/// Runs the command of the command line. `dialects` are the dialects that the server can mount.
///
/// # Errors
/// When the command fails, with the causes in the chain of the error; `main` prints it.
pub fn run(
    cli: &Cli,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    dialects: &'static [&'static DialectRow],
) -> anyhow::Result<ExitCode> {
    let config = configure(cli, environment, dialects)?;
    if !matches!(cli.command, Command::Serve(_) | Command::Worker | Command::Demo(_) | Command::Watch(_)) {
        server::log::begin_warnings(config.server.log);
    }
    dispatch(cli, &config)
}

fn dispatch(cli: &Cli, config: &Config) -> anyhow::Result<ExitCode> {
    match &cli.command {
        Command::Migrate => commands::migrate::run(config),
        Command::Load(args) => commands::load::run(config, args, cli.zone.is_some()),
        Command::Source(command) => commands::source::run(config, command, cli.zone.as_deref()),
        Command::Loads(command) => commands::loads::run(config, command),
        Command::Remap(args) => commands::remap::run(config, args, cli.zone.as_deref()),
        Command::Watch(args) => commands::watch::run(config, args),
        Command::Generate(args) => commands::generate::run(config, args),
        Command::Export(args) => commands::export::run(config, args),
        Command::Verify(args) => commands::verify::run(args),
        Command::Calls(args) => commands::calls::run(config, args),
        Command::Whereabouts(args) => commands::whereabouts::run(config, args),
        Command::Customer(command) => commands::customer::run(config, command),
        Command::Account(command) => commands::account::run(config, command),
        Command::Service(command) => commands::reference::services(config, command),
        Command::Product(command) => commands::reference::products(config, command),
        Command::Destination(command) => commands::reference::destinations(config, command),
        Command::Quarantine(command) => commands::quarantine::run(config, command),
        Command::Feed(command) => commands::feed::run(config, command),
        Command::Field(command) => commands::catalogue::fields(config, command),
        Command::Layout(command) => commands::layout::run(config, command),
        Command::Backup(args) => commands::backup::run(config, args),
        Command::Restore(args) => commands::restore::run(config, args),
        #[cfg(feature = "postgres")]
        Command::Move(args) => commands::moving::run(config, args),
        #[cfg(not(feature = "postgres"))]
        Command::Move(_) => Err(cdr_store::StoreError::NotBuiltIn { what: "PostgreSQL", feature: "postgres" }.into()),
        Command::Retention(args) => commands::retention::run(config, args),
        Command::Compact => commands::compact::run(config),
        Command::Serve(_) => commands::serve::run(config),
        Command::Worker => commands::worker::run(config),
        Command::User(command) => commands::user::run(config, command),
        Command::Login(command) => commands::login::run(config, command),
        Command::Licence(command) => commands::licence::run(config, command),
        Command::Exports(command) => commands::exports::run(config, command),
        Command::Demo(args) => commands::demo::run(config, args),
    }
}

fn configure(
    cli: &Cli,
    environment: impl IntoIterator<Item = (OsString, OsString)>,
    dialects: &'static [&'static DialectRow],
) -> anyhow::Result<Config> {
    let layers = Layers::of(dialects);
    let layers = match &cli.config {
        Some(file) => layers.file(file)?,
        None if Path::new(DEFAULT_FILE).exists() => layers.file(Path::new(DEFAULT_FILE))?,
        None => layers,
    };
    let mut layers = layers.environment(environment)?;
    if !layers.ignored().is_empty() {
        let names = layers.ignored().join(", ");
        terminal::say_aside(format!("note: ignored variables that describe a service, not settings: {names}"))?;
    }
    // The addresses of the demo are defaults: `--set listen` replaces them.
    if let Command::Demo(args) = &cli.command {
        layers =
            layers.flag("--listen", "listen", &args.listen)?.flag("--tls-listen", "tls.listen", &args.tls_listen)?;
    }
    for (name, value) in &cli.set {
        layers = layers.flag("--set", name, value)?;
    }
    if let Some(data) = &cli.data {
        layers = layers.flag("--data", "data", data.to_str().context("--data is not UTF-8")?)?;
    }
    if let Some(zone) = &cli.zone {
        layers = layers.flag("--zone", "zone", zone)?;
    }
    if let Command::Serve(args) = &cli.command {
        let given = [("--listen", "listen", &args.listen), ("--tls-listen", "tls.listen", &args.tls_listen)];
        for (flag, name, value) in given {
            layers = value.iter().try_fold(layers, |layers, value| layers.flag(flag, name, value))?;
        }
    }
    Config::read(&layers)
}

/// Opens an existing store.
fn open(config: &Config) -> anyhow::Result<Store> {
    let address = config.address();
    if let StoreAddress::File(path) = &address
        && !path.exists()
    {
        anyhow::bail!(
            "no store at {}; create one with `tollbook migrate`, or choose another folder with --data",
            path.display()
        );
    }
    Ok(Store::open(&address, &options(config))?)
}

/// Opens the store, and creates it if it does not exist.
fn open_or_create(config: &Config) -> anyhow::Result<(Store, Opened)> {
    // Calls are personal data: only the owner can read a folder that is created here.
    create_private_folder(&config.place.data)
        .with_context(|| format!("the folder {} cannot be created", config.place.data.display()))?;
    let (store, opened) = Store::create_or_open(config.address(), &options(config))?;
    if opened == Opened::Created && !store.is_shared() {
        note_open_folder(&config.place.data);
    }
    Ok((store, opened))
}

/// Logs that a folder is open to other users. It is not closed: it existed before, and may have other contents.
fn note_open_folder(folder: &Path) {
    let mode = std::fs::metadata(folder).map_or(0, |metadata| metadata.permissions().mode() & 0o777);
    if mode & 0o077 != 0 {
        let mode = format!("{mode:03o}");
        tracing::warn!(folder = %folder.display(), mode, "the data folder is open to other users; the files in it are not");
    }
}

fn options(config: &Config) -> StoreOptions {
    StoreOptions {
        busy_timeout: config.store.busy_timeout,
        readers: config.store.readers,
        replica: config.place.replica.clone(),
        partitions: config.store.partitions,
        ..StoreOptions::default()
    }
}
