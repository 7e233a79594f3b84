//! The service behind its front.

use std::sync::Arc;

use actix_web::web::ServiceConfig;

use super::options::PortaOptions;
use super::service::PortaService;
use super::service_stack::{self, Front, FrontOptions};
use crate::services::Services;

/// The PortaCDR web service. Cheap to clone; every clone is the same, so that what is counted is counted over all threads.
#[derive(Clone)]
pub struct Porta(pub(super) Arc<Front<PortaService>>, pub(super) Services);

impl Porta {
    /// The service over these services, for their licences.
    pub fn new(services: &Services, options: PortaOptions) -> Porta {
        let front = FrontOptions {
            origins: services.origins.clone(),
            live: options.live,
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

    /// Answers to whatever no other route of the app takes: the paths of the original are of no prefix of their own, and are
    /// told by their form.
    pub fn mount(&self, config: &mut ServiceConfig) {
        service_stack::mount(&self.0, config);
    }
}
