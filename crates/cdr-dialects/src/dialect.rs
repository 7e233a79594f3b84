//! The door of dialects: a row, what its settings make, and what is mounted.

use std::fmt;

use actix_web::web::ServiceConfig;
use cdr_export::ExportError;
use cdr_mediation::PortError;
use cdr_model::LocalZone;
use cdr_query::grammar::XsdVersion;
use cdr_settings::{Row, Setting, SettingError, Values};
use thiserror::Error;

use crate::services::Services;

/// A dialect as a program finds it in a list of dialects.
pub struct DialectRow {
    /// Its name: of its settings, of the exports that are ordered from it, and in the log.
    pub name: &'static str,
    /// Under which names exports are ordered from it.
    pub orders: &'static [&'static str],
    /// Whether it is wanted.
    pub enabled: &'static Setting<bool>,
    /// Its other settings, in the order in which the documentation lists them.
    pub settings: &'static [&'static dyn Row],
    /// Reads and checks its settings.
    pub configure: fn(&dyn Values, &Defaults) -> ConfigureResult,
}

/// What the settings of a dialect make, or which of them is wrong.
pub type ConfigureResult = Result<Box<dyn Configured>, SettingError>;

/// What holds for a dialect whose settings do not say otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct Defaults {
    /// The zone of bounds and of local times.
    pub zone: LocalZone,
    /// The edition of XML Schema that bounds are read by.
    pub xsd: XsdVersion,
}

/// The settings of a dialect, read and checked.
pub trait Configured: fmt::Debug + Send + Sync {
    /// How many of its answers read from the source at the same time at most, each on a connection of its own.
    fn readers(&self) -> usize;

    /// The dialect.
    ///
    /// # Errors
    /// When the settings and the services do not fit together, or what it needs cannot be read.
    fn build(&self, services: &Services) -> Result<Box<dyn Dialect>, DialectError>;
}

/// A dialect that can be mounted on an app.
pub trait Dialect: Send + Sync {
    /// Adds its routes to an app.
    fn mount(&self, config: &mut ServiceConfig);

    /// Whether there is anybody who could be let in.
    ///
    /// # Errors
    /// When that cannot be read.
    fn has_callers(&self) -> Result<bool, PortError>;
}

/// Why a dialect cannot be built.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DialectError {
    /// Its layout is not there.
    #[error(transparent)]
    Layout(#[from] ExportError),
    /// The store could not answer.
    #[error(transparent)]
    Port(#[from] PortError),
    /// A setting does not fit what the program offers.
    #[error("{setting}: {what}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// Why.
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

    /// What its settings make; nothing if it is not wanted. Settings are checked whether or not it is.
    ///
    /// # Errors
    /// With the setting that is wrong.
    pub fn read(&self, values: &dyn Values, defaults: &Defaults) -> Result<Option<Box<dyn Configured>>, SettingError> {
        let configured = (self.configure)(values, defaults)?;
        Ok(self.enabled.read(values)?.then_some(configured))
    }
}
