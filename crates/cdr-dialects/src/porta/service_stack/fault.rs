//! How an answer says no: `ResponseStatus`, as ServiceStack's clients read it.
//!
//! Source: ServiceStack v3, `ServiceInterface.ServiceModel/ResponseStatus.cs`, `ErrorResponse.cs`.

use cdr_model::printable;

use super::dto::dto;

/// Of what ServiceStack itself answers with.
const TYPES: &str = "http://schemas.servicestack.net/types";

dto! {
    /// What went wrong.
    ResponseStatus: "ResponseStatus" in TYPES, ordered true, {
        /// The exception's name.
        error_code: "ErrorCode" Text,
        message: "Message" Text,
        /// Never shown: it is nobody's business.
        stack_trace: "StackTrace" Text,
        errors: "Errors" List(ResponseError),
    } base {}
}

dto! {
    /// What is wrong with a member of the request.
    ResponseError: "ResponseError" in TYPES, ordered true, {
        error_code: "ErrorCode" Text,
        field_name: "FieldName" Text,
        message: "Message" Text,
    } base {}
}

dto! {
    /// What is answered to a request that never reached the service.
    ErrorResponse: "ErrorResponse" in TYPES, ordered true, {
        response_status: "ResponseStatus" Object(ResponseStatus),
    } base {}
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thrown {
    pub(crate) status: u16,
    /// The words in the status line: the exception's name, or for an HTTP error its message.
    pub(crate) reason: &'static str,
    /// The exception's name.
    pub(crate) code: &'static str,
    /// What is wrong, for the client. It holds nothing secret.
    pub(crate) message: String,
}

impl Thrown {
    /// An exception by its name, which the status line says too.
    pub(crate) fn exception(status: u16, name: &'static str, message: impl Into<String>) -> Thrown {
        Thrown { status, reason: name, code: name, message: message.into() }
    }

    /// What clients read.
    pub(crate) fn status(&self) -> ResponseStatus {
        ResponseStatus {
            error_code: Some(self.code.to_owned()),
            message: Some(printable(&self.message).into_owned()),
            ..ResponseStatus::default()
        }
    }

    /// The answer to a request that never reached the service.
    pub(crate) fn response(&self) -> ErrorResponse {
        ErrorResponse { response_status: Some(self.status()) }
    }
}

/// What the client hears when the log says the rest.
pub(super) fn failed() -> Thrown {
    Thrown::exception(500, "Exception", "The server could not answer. Its log says why.")
}
