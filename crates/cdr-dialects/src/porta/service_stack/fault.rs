//! The fault in an answer: `ResponseStatus`, as ServiceStack's clients read it.
//!
//! Source: ServiceStack v3, `ServiceInterface.ServiceModel/ResponseStatus.cs`, `ErrorResponse.cs`.

use cdr_model::printable;

use super::dto::dto;
use crate::bounds::Full;

/// The namespace of ServiceStack's own types.
const TYPES: &str = "http://schemas.servicestack.net/types";

dto! {
    /// The error of a request.
    ResponseStatus: "ResponseStatus" in TYPES, ordered true, {
        /// The exception's name.
        error_code: "ErrorCode" Text,
        message: "Message" Text,
        /// Never set, so that no internals are exposed.
        stack_trace: "StackTrace" Text,
        errors: "Errors" List(ResponseError),
    } base {}
}

dto! {
    /// The error of a member of the request.
    ResponseError: "ResponseError" in TYPES, ordered true, {
        error_code: "ErrorCode" Text,
        field_name: "FieldName" Text,
        message: "Message" Text,
    } base {}
}

dto! {
    /// The answer to a request that did not reach the service.
    ErrorResponse: "ErrorResponse" in TYPES, ordered true, {
        response_status: "ResponseStatus" Object(ResponseStatus),
    } base {}
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thrown {
    pub(crate) status: u16,
    /// The reason phrase of the status line: the exception's name, or the message of an HTTP error.
    pub(crate) reason: &'static str,
    /// The exception's name.
    pub(crate) code: &'static str,
    /// The message for the client. It contains no secrets.
    pub(crate) message: String,
}

impl Thrown {
    /// An exception by its name, which is also the reason phrase.
    pub(crate) fn exception(status: u16, name: &'static str, message: impl Into<String>) -> Thrown {
        Thrown { status, reason: name, code: name, message: message.into() }
    }

    /// The status that clients read.
    pub(crate) fn status(&self) -> ResponseStatus {
        ResponseStatus {
            error_code: Some(self.code.to_owned()),
            message: Some(printable(&self.message).into_owned()),
            ..ResponseStatus::default()
        }
    }

    /// The answer to a request that did not reach the service.
    pub(crate) fn response(&self) -> ErrorResponse {
        ErrorResponse { response_status: Some(self.status()) }
    }
}

/// The fault for an internal error. The log has the details.
pub(super) fn failed() -> Thrown {
    Thrown::exception(500, "Exception", "The server could not answer. Its log says why.")
}

/// The refusal of an answer for which there is no room.
pub(super) fn busy(full: Full) -> Thrown {
    let message = match full {
        Full::OfTenant => "Too many answers are being written for this licence. Try again.",
        Full::InAll => "Too many answers are being written. Try again.",
    };
    Thrown { reason: "Service Unavailable", ..Thrown::exception(503, "TooManyRequests", message) }
}
