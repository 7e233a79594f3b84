#![doc = include_str!("README.md")]

mod answers;
mod caller;
mod fault;
mod from_wire;
mod options;
mod routes;
mod service;
mod service_stack;
#[cfg(test)]
mod tests;
mod times;
mod to_wire;
mod wire;

use std::sync::Arc;

use actix_web::web::ServiceConfig;
use cdr_access::LicenceAuthenticator;
use cdr_mediation::Mediation;

use service::PortaService;
use service_stack::{Front, FrontOptions, Names};

pub use options::{CallType, DictionaryKey, PortaOptions};

/// The name of the dialect in the log.
const NAME: &str = "porta";

/// The operation, and the type of its request.
const NAMES: Names = Names { operation: "PortaCDR", request_type: "PortaPlus2.API.Web.Dto.PortaCDR" };

/// The PortaCDR web service. Cheap to clone; every clone is the same, so that what is counted is counted over all threads.
#[derive(Clone)]
pub struct Porta(Arc<Front>);

impl Porta {
    /// The service over mediation, for whom the keeper of licences lets in.
    pub fn new(mediation: Mediation, licences: LicenceAuthenticator, options: PortaOptions) -> Porta {
        let front = FrontOptions {
            origins: options.origins.clone(),
            live: options.live,
            stall: options.stall,
            cors: options.cors,
        };
        let service = PortaService { mediation: mediation.clone(), licences, options: Arc::new(options) };
        let now = move || {
            let now = mediation.clock().now().to_utc().map(|now| now.naive_utc());
            now.map(|now| service_stack::plain(&now)).unwrap_or_default()
        };
        Porta(Arc::new(Front::new(Arc::new(service), &routes::TEMPLATES, NAMES, front, Box::new(now))))
    }

    /// Answers to whatever no other route of the app takes: the paths of the original are of no prefix of their own, and are
    /// told by their form.
    pub fn mount(&self, config: &mut ServiceConfig) {
        service_stack::mount(&self.0, config);
    }
}
