//! The service and its HTTP front.

use std::sync::Arc;

use actix_web::web::ServiceConfig;

use super::options::PortaOptions;
use super::service::PortaService;
use super::service_stack::{self, Front, FrontOptions};
use crate::services::Services;

/// The PortaCDR web service. Cheap to clone. All clones share their state, so limits apply across all threads.
#[derive(Clone)]
pub struct Porta(pub(super) Arc<Front<PortaService>>, pub(super) Services);

impl Porta {
    /// The web service on top of these services, for their licences.
    pub fn new(services: &Services, options: PortaOptions) -> Porta {
        let front = FrontOptions {
            origins: services.origins.clone(),
            live: options.live,
            open_per_tenant: options.open_per_licence,
            open: options.open,
            stall: options.stall,
            cors: options.cors,
        };
        let (mediation, licences) = (services.mediation.clone(), services.licences.clone());
        let service = PortaService { mediation: mediation.clone(), licences, options: Arc::new(options) };
        let now = move || {
            let now = mediation.clock().now().to_utc().map(|now| now.naive_utc());
            now.map(|now| service_stack::plain(&now)).unwrap_or_default()
        };
        let front = Front::new(service, front, Box::new(now));
        Porta(Arc::new(front), services.clone())
    }

    /// Handles every request that matches no other route of the app. The paths of the original have no common prefix
    /// and are recognised by their form.
    pub fn mount(&self, config: &mut ServiceConfig) {
        service_stack::mount(&self.0, config);
    }
}
