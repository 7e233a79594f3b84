//! The entry of the dialect in the list of dialects.

use actix_web::web::ServiceConfig;
use cdr_mediation::PortError;

use super::name::{ADMIN_NAME, NAME};
use super::options::{ENABLED, SETTINGS, YetiOptions};
use super::state::{READING, Yeti};
use crate::dialect::{Configured, Dialect, DialectError, DialectRow};
use crate::services::Services;

/// The Yeti customer API, and its administrators' exports.
pub static DIALECT: DialectRow = DialectRow {
    name: NAME,
    orders: &[NAME, ADMIN_NAME],
    enabled: &ENABLED,
    settings: SETTINGS,
    configure: |values, _| Ok(Box::new(YetiOptions::read(values)?)),
};

impl Configured for YetiOptions {
    /// Pages and charts read in places of their own, and lists that are sorted beside them. They hold no connection while
    /// they are sent.
    fn readers(&self) -> usize {
        READING.saturating_add(self.sorted)
    }

    fn build(&self, services: &Services) -> Result<Box<dyn Dialect>, DialectError> {
        Ok(Box::new(Yeti::new(services, self.clone())?))
    }
}

impl Dialect for Yeti {
    fn mount(&self, config: &mut ServiceConfig) {
        Yeti::mount(self, config);
    }

    fn has_callers(&self) -> Result<bool, PortError> {
        let access = &self.0.services.access;
        Ok(!access.logins.logins()?.is_empty() || !access.users.users()?.is_empty())
    }
}
