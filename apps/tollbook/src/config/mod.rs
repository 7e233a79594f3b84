//! The configuration: `tollbook.toml`, the environment over it, flags over both.

mod dma;
mod layers;
mod porta;
mod server;
mod settings;
mod spool;
mod yeti;

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use cdr_model::{LocalZone, Zone};
use cdr_query::grammar::XsdVersion;
use cdr_store::{Partitions, StoreAddress};

pub use dma::DmaConfig;
pub use layers::Layers;
pub use porta::PortaConfig;
pub use server::{LogConfig, PemFiles, ServerConfig, TlsConfig};
pub use settings::{PREFIX, SETTINGS, Setting};
pub use spool::SpoolConfig;
pub use yeti::YetiConfig;

/// What the program was told, read and checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The folder that holds the store.
    pub data: PathBuf,
    /// The database that holds the store, if it is not a file.
    pub database: Option<StoreAddress>,
    /// The address of a replica of it.
    pub replica: Option<StoreAddress>,
    /// How much time one partition of the calls covers.
    pub partitions: Partitions,
    /// The zone of bounds and local times.
    pub zone: LocalZone,
    /// The folder with the operator's own layouts.
    pub layouts: Option<PathBuf>,
    /// Which XML Schema version reads bounds.
    pub xsd: XsdVersion,
    /// How long a writer waits for another.
    pub busy_timeout: Duration,
    /// How many may read the store at the same time.
    pub readers: u32,
    /// Days that calls are kept.
    pub retention_days: Option<u32>,
    /// Records committed together.
    pub batch: usize,
    /// Columns of feeds to keep without a home.
    pub extra: Vec<String>,
    /// Where finished files wait to be collected.
    pub spool: SpoolConfig,
    /// The server and its workers.
    pub server: ServerConfig,
    /// The DMA dialect, if it is wanted.
    pub dma: Option<DmaConfig>,
    /// The PortaCDR dialect, if it is wanted.
    pub porta: Option<PortaConfig>,
    /// The Yeti dialect, if it is wanted.
    pub yeti: Option<YetiConfig>,
    /// Whether callbacks may go to addresses that are not public.
    pub private_callbacks: bool,
}

impl Config {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// With the setting, where it was given, what was given, and what would be right.
    pub fn read(layers: &Layers) -> anyhow::Result<Config> {
        let retention_days: u32 = parse(layers, "store.retention_days", "a number of days")?;
        let batch: usize = parse(layers, "intake.batch", "a number from 1 to 5000")?;
        ensure!((1..=5000).contains(&batch), "intake.batch is {batch}: it takes 1 to 5000");
        let busy_timeout: u64 = parse(layers, "store.busy_timeout_seconds", "a number of seconds")?;
        let readers: u32 = parse(layers, "store.readers", "a number from 1 to 1000")?;
        ensure!((1..=1000).contains(&readers), "store.readers is {readers}: it takes 1 to 1000");
        let layouts = layers.value("layouts");
        let data = PathBuf::from(layers.value("data"));
        let database = address(layers, "database_url")?;
        let replica = address(layers, "database_replica_url")?;
        ensure!(
            replica.is_none() || database.is_some(),
            "{}: it is for a store in PostgreSQL, and database_url names none",
            layers.origin("database_replica_url")
        );
        Ok(Config {
            spool: SpoolConfig::read(layers, &data)?,
            data,
            database,
            replica,
            partitions: match layers.value("store.partitions") {
                "month" => Partitions::Month,
                "day" => Partitions::Day,
                other => {
                    return Err(anyhow!("{}: `{other}` is neither month nor day", layers.origin("store.partitions")));
                }
            },
            zone: LocalZone::new(read_zone(layers, "zone")?),
            layouts: (!layouts.is_empty()).then(|| PathBuf::from(layouts)),
            xsd: match layers.value("xsd") {
                "1.0" => XsdVersion::V1_0,
                "1.1" => XsdVersion::V1_1,
                other => return Err(anyhow!("{}: `{other}` is neither 1.0 nor 1.1", layers.origin("xsd"))),
            },
            busy_timeout: Duration::from_secs(busy_timeout.min(LONGEST_WAIT)),
            readers,
            retention_days: (retention_days > 0).then_some(retention_days),
            batch,
            extra: list(layers.value("intake.extra")),
            server: ServerConfig::read(layers)?,
            dma: DmaConfig::read(layers)?,
            porta: PortaConfig::read(layers)?,
            yeti: YetiConfig::read(layers)?,
            private_callbacks: parse(layers, "callbacks.allow_private", "true or false")?,
        })
    }

    /// Where the store lies.
    pub fn store(&self) -> StoreAddress {
        self.database.clone().unwrap_or_else(|| StoreAddress::File(self.data.join("tollbook.db")))
    }
}

/// The address of a database server, if there is one.
fn address(layers: &Layers, name: &str) -> anyhow::Result<Option<StoreAddress>> {
    let text = layers.value(name);
    if text.is_empty() {
        return Ok(None);
    }
    // What was given is not repeated: there may be a password in it.
    let wanted = || format!("{}: it is no address of the form postgres://USER@HOST/DATABASE", layers.origin(name));
    match text.parse::<StoreAddress>() {
        Ok(address @ StoreAddress::Server(_)) => Ok(Some(address)),
        Ok(StoreAddress::File(_)) => Err(anyhow!(wanted())),
        Err(error) => Err(anyhow!("{}: {error}", wanted())),
    }
}

fn read_zone(layers: &Layers, name: &str) -> anyhow::Result<Zone> {
    layers.value(name).parse::<Zone>().with_context(|| layers.origin(name))
}

/// What stands between commas.
fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

fn parse<T: FromStr>(layers: &Layers, name: &str, wanted: &str) -> anyhow::Result<T> {
    let text = layers.value(name);
    text.parse().map_err(|_| anyhow!("{}: `{text}` is not {wanted}", layers.origin(name)))
}

/// The longest that both databases can be told to wait, in seconds: they count milliseconds in 31 bits.
const LONGEST_WAIT: u64 = 2_147_483;

/// The file that is read when none is named, if it is there.
pub const DEFAULT_FILE: &str = "tollbook.toml";

#[cfg(test)]
mod tests {
    use super::{Config, Layers};

    #[test]
    fn a_replica_is_one_of_a_database() {
        let [primary, replica] =
            ["primary", "replica"].map(|host| format!("postgres://tollbook:wonderful@{host}/calls"));
        let alone = Layers::default().flag("--set", "database_replica_url", &replica).unwrap();
        let error = format!("{:#}", Config::read(&alone).unwrap_err());
        assert!(error.contains("database_replica_url") && error.contains("database_url names none"), "{error}");
        assert!(!error.contains("wonderful"), "{error}");
        let both = alone.flag("--set", "database_url", &primary).unwrap();
        assert!(Config::read(&both).unwrap().replica.is_some());
    }
}
