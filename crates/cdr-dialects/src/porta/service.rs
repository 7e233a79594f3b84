//! The service behind the HTTP front: from a request to its answer.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use cdr_access::{Licence, LicenceAuthenticator};
use cdr_mediation::Mediation;

use super::answers::Answering;
use super::from_wire::{Known, Question};
use super::options::{NAME, PortaOptions};
use super::routes::{Route, TEMPLATES};
use super::service_stack::{Dto, Names, Prepared, Reading, ResponseStatus, Service, Template, Thrown};
use super::to_wire::Printer;
use super::wire::{PortaCdr, PortaCdrResponse};
use super::{caller, fault};
use crate::sign_in::{Credential, accepted, refused};

/// The operation, and the type of its request.
pub(super) const NAMES: Names = Names { operation: "PortaCDR", request_type: "PortaPlus2.API.Web.Dto.PortaCDR" };

/// The records of the billing system, for callers with a licence.
pub(super) struct PortaService {
    pub(super) mediation: Mediation,
    pub(super) licences: LicenceAuthenticator,
    pub(super) options: Arc<PortaOptions>,
}

impl Service for PortaService {
    type Request = PortaCdr;
    type Response = PortaCdrResponse;
    type Route = Route;

    const DIALECT: &'static str = NAME;
    const NAMES: Names = NAMES;

    fn templates() -> &'static [Template<Route>] {
        &TEMPLATES
    }

    fn refusal(status: ResponseStatus) -> Box<dyn Dto> {
        Box::new(PortaCdrResponse { response_status: Some(status), ..PortaCdrResponse::default() })
    }

    fn tenant(&self, asked: &PortaCdr, client: IpAddr) -> Result<String, Thrown> {
        let licence = self.admit(asked, client)?;
        accepted(Credential::Licence, &licence.name);
        Ok(licence.name)
    }

    fn prepare(
        &self,
        asked: PortaCdr,
        route: Option<Route>,
        client: IpAddr,
        reading: &Reading,
    ) -> Result<Box<dyn Prepared>, Thrown> {
        let mediation = self.mediation.queued(&reading.reader).until(&reading.cancel);
        let licence = self.admit(&asked, client)?;
        // The watermark is read before the directory, so that the directory covers every visible record.
        let (watermark, directory) = (mediation.watermark()?, mediation.directory()?);
        let customers = licence.scope.customers(&directory);
        let known = Known {
            directory: &directory,
            customers: &customers,
            now: mediation.clock().now(),
            options: &self.options,
        };
        let mut question = Question::read(&asked, route.unwrap_or_else(|| Route::by_members(&asked)), &known)?;
        question.query = question.query.at(watermark);
        let printer = Printer { directory, options: self.options.clone(), clocks: question.clocks.clone() };
        let caller = caller::caller(&licence, customers);
        Ok(Box::new(Answering::new(mediation, caller, printer, asked, question)))
    }

    fn delay(&self, asked: &PortaCdr, client: IpAddr) -> Duration {
        self.licences.delay(asked.license.as_deref().unwrap_or_default(), client)
    }
}

impl PortaService {
    /// The licence of a request. A refused one is logged.
    fn admit(&self, asked: &PortaCdr, client: IpAddr) -> Result<Licence, Thrown> {
        let text = asked.license.as_deref().unwrap_or_default();
        let licence = self.licences.admit(text, client)?;
        let Some(licence) = licence else {
            if !text.is_empty() {
                refused(Credential::Licence, None, client);
            }
            return Err(fault::unauthorized());
        };
        if licence.scope.is_closed(&*self.mediation.directory()?) {
            refused(Credential::Licence, Some(&licence.name), client);
            return Err(fault::unauthorized());
        }
        Ok(licence)
    }
}
