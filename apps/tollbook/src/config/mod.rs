//! The configuration: `tollbook.toml`, the environment over it, flags over both.

mod layers;
mod place;
mod server;
mod settings;
mod spool;
mod store;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use cdr_dialects::{Configured, Defaults, DialectRow};
use cdr_store::StoreAddress;

pub use layers::Layers;
pub use place::Place;
pub use server::{LogConfig, PemFiles, ServerConfig, TlsConfig};
pub use settings::{PREFIX, help, rows, variable};
pub use spool::SpoolConfig;
pub use store::StoreConfig;

/// The file that is read when none is named, if it is there.
pub const DEFAULT_FILE: &str = "tollbook.toml";

/// What the program was told, read and checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the store lies, and what holds for everything.
    pub place: Place,
    /// How the store is kept and filled.
    pub store: StoreConfig,
    /// Where finished files wait to be collected.
    pub spool: SpoolConfig,
    /// The server and its workers.
    pub server: ServerConfig,
    /// The dialects that are wanted, in the order in which they are mounted.
    pub dialects: Vec<(&'static DialectRow, Arc<dyn Configured>)>,
}

impl Config {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// With the setting, where it was given, what was given, and what would be right.
    pub fn read(layers: &Layers) -> anyhow::Result<Config> {
        let place = Place::read(layers)?;
        let defaults = Defaults { zone: place.zone, xsd: place.xsd };
        let mut dialects = Vec::new();
        for dialect in layers.dialects() {
            if let Some(configured) = dialect.read(layers, &defaults)? {
                dialects.push((*dialect, Arc::from(configured)));
            }
        }
        Ok(Config {
            spool: SpoolConfig::read(layers, &place.data)?,
            place,
            store: StoreConfig::read(layers)?,
            server: ServerConfig::read(layers)?,
            dialects,
        })
    }

    /// Where the store lies.
    pub fn address(&self) -> StoreAddress {
        self.place.database.clone().unwrap_or_else(|| StoreAddress::File(self.place.data.join("tollbook.db")))
    }

    /// Whether the dialect of this name is wanted.
    pub fn speaks(&self, dialect: &str) -> bool {
        self.dialects.iter().any(|(row, _)| row.name == dialect)
    }
}
