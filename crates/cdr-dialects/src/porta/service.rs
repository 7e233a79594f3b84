//! The service behind the front: from a request to its answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use cdr_access::LicenceAuthenticator;
use cdr_mediation::Mediation;

use super::answers::Answering;
use super::from_wire::{Known, Question};
use super::options::PortaOptions;
use super::routes::Route;
use super::service_stack::{Reply, Service, Thrown};
use super::to_wire::Printer;
use super::wire::PortaCdr;
use super::{caller, fault};

/// The billing system's records, for whoever has a licence.
pub(super) struct PortaService {
    pub(super) mediation: Mediation,
    pub(super) licences: LicenceAuthenticator,
    pub(super) options: Arc<PortaOptions>,
}

impl Service for PortaService {
    fn answer(&self, asked: PortaCdr, route: Option<usize>, client: IpAddr) -> Result<Reply, Thrown> {
        let licence = asked.license.as_deref().unwrap_or_default();
        let licence = self.licences.admit(licence, client)?.ok_or_else(fault::unauthorized)?;
        // First the mark, then the names: what is seen then has names.
        let (watermark, directory) = (self.mediation.watermark()?, self.mediation.directory()?);
        let customers = caller::customers(&licence, &directory);
        let known = Known {
            directory: &directory,
            customers: &customers,
            now: self.mediation.clock().now(),
            options: &self.options,
        };
        let mut question = Question::read(&asked, Route::of(route, &asked), &known)?;
        question.query = question.query.at(watermark);
        let printer = Printer { directory, options: self.options.clone(), clocks: question.clocks };
        let caller = caller::caller(&licence, customers);
        Ok(Answering::new(self.mediation.clone(), caller, printer, &asked, question).reply()?)
    }

    fn delay(&self, asked: &PortaCdr, client: IpAddr) -> Duration {
        self.licences.delay(asked.license.as_deref().unwrap_or_default(), client)
    }
}
