//! The entry of the dialect in the list of dialects.

use actix_web::web::ServiceConfig;
use cdr_mediation::PortError;

use super::options::{ENABLED, NAME, PortaOptions, SETTINGS};
use super::state::Porta;
use crate::dialect::{Configured, Dialect, DialectError, DialectRow};
use crate::services::Services;

/// The PortaCDR web service.
pub static DIALECT: DialectRow = DialectRow {
    name: NAME,
    orders: &[],
    enabled: &ENABLED,
    settings: SETTINGS,
    configure: |values, defaults| Ok(Box::new(PortaOptions::read(values, defaults)?)),
};

impl Configured for PortaOptions {
    fn readers(&self) -> usize {
        self.live
    }

    fn build(&self, services: &Services) -> Result<Box<dyn Dialect>, DialectError> {
        Ok(Box::new(Porta::new(services, self.clone())))
    }
}

impl Dialect for Porta {
    fn mount(&self, config: &mut ServiceConfig) {
        Porta::mount(self, config);
    }

    fn has_callers(&self) -> Result<bool, PortError> {
        Ok(!self.1.access.licences.licences()?.is_empty())
    }
}
