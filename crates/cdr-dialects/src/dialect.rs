//! The interface of dialects: an entry of the list of dialects, its configuration, and the dialect that is mounted.

use std::fmt;

use actix_web::web::ServiceConfig;
use cdr_export::ExportError;
use cdr_mediation::PortError;
use cdr_model::LocalZone;
use cdr_query::grammar::XsdVersion;
use cdr_settings::{Row, Setting, SettingError, Values};
use thiserror::Error;

use crate::services::Services;

/// An entry of the list of dialects.
pub struct DialectRow {
    /// Its name, used in its settings, for the exports that are ordered from it, and in the log.
    pub name: &'static str,
    /// The names under which exports are ordered from it.
    pub orders: &'static [&'static str],
    /// Whether it is enabled.
    pub enabled: &'static Setting<bool>,
    /// Its other settings, in the order in which the documentation lists them.
    pub settings: &'static [&'static dyn Row],
    /// Reads and checks its settings.
    pub configure: fn(&dyn Values, &Defaults) -> ConfigureResult,
}

/// The configured dialect, or the setting that is invalid.
pub type ConfigureResult = Result<Box<dyn Configured>, SettingError>;

/// Defaults for settings that a dialect leaves unset.
#[derive(Clone, Copy, Debug, Default)]
pub struct Defaults {
    /// The zone of bounds and of local times.
    pub zone: LocalZone,
    /// The version of XML Schema by which bounds are parsed.
    pub xsd: XsdVersion,
}

/// The settings of a dialect, read and checked.
pub trait Configured: fmt::Debug + Send + Sync {
    /// The maximum number of its answers that read from the source at the same time, each on its own connection.
    fn readers(&self) -> usize;

    /// The dialect.
    ///
    /// # Errors
    /// When the settings do not match the services, or data that the dialect needs cannot be read.
    fn build(&self, services: &Services) -> Result<Box<dyn Dialect>, DialectError>;
}

/// A dialect that can be mounted on an app.
pub trait Dialect: Send + Sync {
    /// Adds its routes to an app.
    fn mount(&self, config: &mut ServiceConfig);

    /// Whether any credentials exist with which a client could sign in.
    ///
    /// # Errors
    /// When the credentials cannot be read.
    fn has_callers(&self) -> Result<bool, PortError>;
}

/// Why a dialect cannot be built.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DialectError {
    /// Its layout does not exist.
    #[error(transparent)]
    Layout(#[from] ExportError),
    /// The store could not answer.
    #[error(transparent)]
    Port(#[from] PortError),
    /// A setting does not match what the program supports.
    #[error("{setting}: {what}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// The reason.
        what: String,
    },
}

impl fmt::Debug for DialectRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DialectRow").field("name", &self.name).finish_non_exhaustive()
    }
}

impl DialectRow {
    /// All its settings.
    pub fn rows(&self) -> impl Iterator<Item = &'static dyn Row> + use<> {
        let enabled: &'static dyn Row = self.enabled;
        std::iter::once(enabled).chain(self.settings.iter().copied())
    }

    /// The configured dialect; `None` if it is disabled. The settings are checked in either case.
    ///
    /// # Errors
    /// With the setting that is invalid.
    pub fn read(&self, values: &dyn Values, defaults: &Defaults) -> Result<Option<Box<dyn Configured>>, SettingError> {
        let configured = (self.configure)(values, defaults)?;
        Ok(self.enabled.read(values)?.then_some(configured))
    }
}
