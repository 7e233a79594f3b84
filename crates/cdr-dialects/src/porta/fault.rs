//! The faults of the dialect: one table from causes to a status and the name of an exception.
//!
//! Source: ServiceStack v3, `DtoUtils.cs`, for the status of each exception.

use std::error::Error;
use std::io;

use cdr_mediation::{MediationError, PortError, chain};
use tracing::error;

use super::from_wire::Refusal;
use super::service_stack::Thrown;

/// The fault for an unknown licence.
pub(super) fn unauthorized() -> Thrown {
    Thrown::exception(403, "UnauthorizedAccessException", "The licence is not known.")
}

impl From<Refusal> for Thrown {
    fn from(refusal: Refusal) -> Thrown {
        let words = refusal.to_string();
        match refusal {
            Refusal::Argument { .. } => Thrown::exception(400, "ArgumentException", words),
            Refusal::NoCustomer => Thrown { reason: "no such customer", ..Thrown::exception(404, "NotFound", words) },
            Refusal::NoAccount => Thrown { reason: "no such account", ..Thrown::exception(404, "NotFound", words) },
            Refusal::Unaskable(error) => Thrown::from(error),
        }
    }
}

impl From<PortError> for Thrown {
    fn from(error: PortError) -> Thrown {
        match &error {
            PortError::Unavailable { .. } => unavailable(&error),
            // Nobody reads this: the client has left.
            PortError::Cancelled => gone(),
            _ => failed(&error),
        }
    }
}

impl From<MediationError> for Thrown {
    fn from(error: MediationError) -> Thrown {
        match error {
            MediationError::Port(error) => Thrown::from(error),
            other => failed(&other),
        }
    }
}

impl From<io::Error> for Thrown {
    fn from(error: io::Error) -> Thrown {
        match error.downcast::<MediationError>() {
            Ok(error) => Thrown::from(error),
            Err(error) => failed(&error),
        }
    }
}

/// Logs the whole error. The client gets no details.
fn failed(error: &(dyn Error + 'static)) -> Thrown {
    error!(dialect = super::options::NAME, error = %chain(error), "a request could not be answered");
    Thrown::exception(500, "Exception", "The server could not answer. Its log says why.")
}

/// The answer was no longer wanted.
fn gone() -> Thrown {
    let words = "The client has left.";
    Thrown { reason: "Service Unavailable", ..Thrown::exception(503, "Exception", words) }
}

fn unavailable(error: &(dyn Error + 'static)) -> Thrown {
    error!(dialect = super::options::NAME, error = %chain(error), "the store cannot answer at present");
    let words = "The store cannot answer at present. Try again in a moment.";
    Thrown { reason: "Service Unavailable", ..Thrown::exception(503, "Exception", words) }
}
