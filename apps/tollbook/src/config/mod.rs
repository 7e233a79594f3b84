//! The configuration: `tollbook.toml`, overridden by the environment, overridden by flags.

mod layers;
mod place;
mod server;
mod settings;
mod sources;
mod spool;
mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use cdr_dialects::{Configured, Defaults, DialectRow};
use cdr_mediation::SourceSettings;
use cdr_store::StoreAddress;

pub use layers::Layers;
pub(crate) use layers::nearest;
pub use place::Place;
pub use server::{LogConfig, PemFiles, ServerConfig, TlsConfig};
pub use settings::{PREFIX, help, rows, variable};
pub(crate) use sources::{Checked, mapping_in};
pub use spool::SpoolConfig;
pub use store::StoreConfig;

/// The file that is read if no file is named and this one exists.
pub const DEFAULT_FILE: &str = "tollbook.toml";

/// The configuration of the program, read and checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The place of the store, and the settings that apply to every command.
    pub place: Place,
    /// The store and the intake.
    pub store: StoreConfig,
    /// The spool.
    pub spool: SpoolConfig,
    /// How many bytes kept blocks may take; 0 for none.
    pub kept_bytes: u64,
    /// The server and its workers.
    pub server: ServerConfig,
    /// The sources of the configuration file, by their names.
    pub sources: BTreeMap<String, SourceSettings>,
    /// The enabled dialects, in the order in which they are mounted.
    pub dialects: Vec<(&'static DialectRow, Arc<dyn Configured>)>,
}

impl Config {
    /// Reads and checks every setting.
    ///
    /// # Errors
    /// With the setting, its origin, its value, and the accepted values.
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
            kept_bytes: spool::kept_bytes(layers)?,
            place,
            store: StoreConfig::read(layers)?,
            server: ServerConfig::read(layers)?,
            sources: layers.sources().clone(),
            dialects,
        })
    }

    /// The address of the store.
    pub fn address(&self) -> StoreAddress {
        self.place.database.clone().unwrap_or_else(|| StoreAddress::File(self.place.data.join("tollbook.db")))
    }

    /// Whether the dialect with this name is enabled.
    pub fn speaks(&self, dialect: &str) -> bool {
        self.dialects.iter().any(|(row, _)| row.name == dialect)
    }
}
