//! The entry of the dialect in the list of dialects.

use actix_web::web::ServiceConfig;
use cdr_mediation::PortError;

use super::options::{DmaOptions, ENABLED, NAME, SETTINGS};
use super::state::Dma;
use crate::dialect::{Configured, Dialect, DialectError, DialectRow};
use crate::services::Services;

/// The DMA billing API.
pub static DIALECT: DialectRow = DialectRow {
    name: NAME,
    orders: &[NAME],
    enabled: &ENABLED,
    settings: SETTINGS,
    configure: |values, defaults| Ok(Box::new(DmaOptions::read(values, defaults)?)),
};

impl Configured for DmaOptions {
    fn readers(&self) -> usize {
        self.live.min(self.reading)
    }

    fn build(&self, services: &Services) -> Result<Box<dyn Dialect>, DialectError> {
        Ok(Box::new(Dma::new(services, self.clone())?))
    }
}

impl Dialect for Dma {
    fn mount(&self, config: &mut ServiceConfig) {
        Dma::mount(self, config);
    }

    fn has_callers(&self) -> Result<bool, PortError> {
        Ok(!self.0.services.access.users.users()?.is_empty())
    }
}
