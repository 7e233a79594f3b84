#![doc = include_str!("README.md")]

mod accept;
mod caller;
mod download;
mod fault;
mod from_wire;
mod live;
mod options;
mod routes;
#[cfg(test)]
mod tests;
mod to_wire;
mod wire;

use std::sync::Arc;

use actix_web::web::ServiceConfig;
use cdr_access::UserAuthenticator;
use cdr_mediation::Mediation;
use tokio::sync::Semaphore;

pub use options::{DmaOptions, EndBound, LaneRule};

/// The name of the dialect: of its lane, and in the log.
const NAME: &str = "dma";
/// Where the resource lies.
const PATH: &str = "/api/rest/billing";

/// The DMA billing API. Cheap to clone; every clone is the same, so that what is counted is counted over all threads.
#[derive(Clone)]
pub struct Dma(Arc<Inner>);

/// What every request needs.
struct Inner {
    mediation: Mediation,
    authenticator: UserAuthenticator,
    options: DmaOptions,
    /// One permit for each live answer there may be.
    live: Arc<Semaphore>,
}

impl Dma {
    /// The API over mediation, for whom the authenticator lets in.
    pub fn new(mediation: Mediation, authenticator: UserAuthenticator, options: DmaOptions) -> Dma {
        let live = Arc::new(Semaphore::new(options.live.min(Semaphore::MAX_PERMITS)));
        Dma(Arc::new(Inner { mediation, authenticator, options, live }))
    }

    /// Adds the resource `/api/rest/billing` and what lies below it to an app. Links in answers lead there, so it is for
    /// the root of an app and not for a scope.
    pub fn mount(&self, config: &mut ServiceConfig) {
        routes::mount(self, config);
    }
}
