#![doc = include_str!("README.md")]

mod accounts;
mod admin;
mod auth;
mod caller;
mod casts;
mod cdrs;
mod charts;
mod cookie;
mod exports;
mod filter;
mod headers;
mod json_api;
mod options;
mod order_filters;
mod routes;
#[cfg(test)]
mod tests;
mod token;
mod values;

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::web::ServiceConfig;
use cdr_access::{LoginAuthenticator, Logins, Secrets, UserAuthenticator};
use cdr_mediation::{Clock, Mediation, PortError};
use cdr_model::Timestamp;

use json_api::Types;
use token::Tokens;

pub use cdrs::CDR_COLUMNS;
pub use options::YetiOptions;

/// The name of the dialect: of the exports that customers order, and in the log.
const NAME: &str = "yeti";
/// The name under which administrators order exports, which their customers see too.
const ADMIN_NAME: &str = "yeti-admin";
/// Where the resources lie.
const PATH: &str = "/api/rest/customer/v1";
/// The secret of the store that signs tokens.
const KEY: &str = "yeti-jwt";

/// The Yeti customer API. Cheap to clone; every clone is the same, so that what is counted is counted over all threads.
#[derive(Clone)]
pub struct Yeti(Arc<Inner>);

/// What every request needs.
struct Inner {
    mediation: Mediation,
    logins: Arc<dyn Logins>,
    keeper: LoginAuthenticator,
    authenticator: UserAuthenticator,
    tokens: Tokens,
    options: YetiOptions,
}

impl Yeti {
    /// The API over mediation: for customers with these logins, and for the administrators whom the authenticator lets in.
    ///
    /// # Errors
    /// When no key is given for tokens, and the secret that is taken instead cannot be read.
    pub fn new(
        mediation: Mediation,
        logins: Arc<dyn Logins>,
        users: UserAuthenticator,
        secrets: Arc<dyn Secrets>,
        options: YetiOptions,
    ) -> Result<Yeti, PortError> {
        let key = options.jwt_key.clone().map_or_else(|| secrets.secret(KEY), Ok)?;
        let keeper = LoginAuthenticator::new(logins.clone(), Arc::new(ClockOf(mediation.clone())));
        let (authenticator, tokens) = (users, Tokens::new(key));
        Ok(Yeti(Arc::new(Inner { mediation, logins, keeper, authenticator, tokens, options })))
    }

    /// Adds what lies below `/api/rest/customer/v1` and `/api/rest/admin` to an app. Links in answers lead there, so it is
    /// for the root of an app and not for a scope.
    pub fn mount(&self, config: &mut ServiceConfig) {
        routes::mount(self, config);
    }
}

impl Inner {
    /// The address that all paths of the customer API begin with, for links.
    fn site(&self, request: &HttpRequest) -> String {
        self.options.origins.base(request) + PATH
    }

    /// Now, in whole seconds since 1970.
    fn second(&self) -> i64 {
        self.mediation.clock().now().micros().div_euclid(1_000_000)
    }
}

/// All types of resources that documents can hold.
static TYPES: Types = &[&exports::SCHEMA, &accounts::SCHEMA, &cdrs::SCHEMA, &charts::ACTIVE, &charts::ORIGINATED];

/// The clock that mediation goes by.
struct ClockOf(Mediation);

impl Clock for ClockOf {
    fn now(&self) -> Timestamp {
        self.0.clock().now()
    }

    fn ticks(&self) -> Duration {
        self.0.clock().ticks()
    }
}
