//! The state shared by all requests of the dialect.

use std::sync::Arc;

use actix_web::HttpRequest;
use cdr_mediation::{Mediation, ReadQueue};
use cdr_query::CancelOnDrop;

use super::options::YetiOptions;
use super::resource::PATH;
use super::token::Tokens;
use crate::bounds::Bounds;
use crate::dialect::DialectError;
use crate::services::Services;

/// The secret of the store that signs tokens.
const KEY: &str = "yeti-jwt";
/// The number of places in which lists in the order of the start, and charts, read the store.
pub(super) const READING: usize = 4;

/// The Yeti customer API. Cheap to clone. All clones share their state.
#[derive(Clone)]
pub struct Yeti(pub(super) Arc<Inner>);

/// The state shared by all requests.
pub(super) struct Inner {
    pub(super) services: Services,
    pub(super) tokens: Tokens,
    pub(super) options: YetiOptions,
    /// Lists in another order than the start that are sorted, by login.
    pub(super) sorting: Arc<Bounds>,
    /// The places in which lists in the order of the start, and charts, read the store.
    pub(super) queue: Arc<ReadQueue>,
}

impl Yeti {
    /// The API on top of these services: for customers with their logins, and for users with the role of administrator.
    ///
    /// # Errors
    /// When no key for tokens is set and the secret of the store cannot be read. When downloads are to be answered both
    /// by a proxy and with an address.
    pub fn new(services: &Services, options: YetiOptions) -> Result<Yeti, DialectError> {
        if options.x_accel.is_some() && services.redirect {
            let what = "downloads are answered by a proxy or with an address of the bucket (spool.redirect), not both";
            return Err(DialectError::Setting { setting: "yeti.x_accel", what: what.to_owned() });
        }
        let key = options.jwt_key.clone().map_or_else(|| services.access.secrets.secret(KEY), Ok)?;
        let sorting = Bounds::new(options.sorted_per_login, options.sorted);
        let queue = ReadQueue::new(READING);
        Ok(Yeti(Arc::new(Inner { services: services.clone(), tokens: Tokens::new(key), options, sorting, queue })))
    }
}

impl Inner {
    /// Mediation for one answer. Reading ends when the returned signal is dropped, as it is when the client leaves, or
    /// when the program stops.
    pub(super) fn reading(&self) -> (Mediation, CancelOnDrop) {
        let cancel = self.services.stopping.child();
        (self.services.mediation.until(&cancel), cancel.on_drop())
    }

    /// The same for an answer that may read much: it waits its turn for each page, after the name of the login.
    pub(super) fn reading_in_turn(&self, login: &str) -> (Mediation, CancelOnDrop) {
        let (mediation, leaves) = self.reading();
        (mediation.queued(&self.queue.join(login)), leaves)
    }

    /// The prefix of all addresses of the customer API, for links.
    pub(super) fn site(&self, request: &HttpRequest) -> String {
        self.services.origins.base(request) + PATH
    }

    /// The current time in whole seconds since 1970.
    pub(super) fn second(&self) -> i64 {
        self.services.mediation.clock().now().micros().div_euclid(1_000_000)
    }
}
