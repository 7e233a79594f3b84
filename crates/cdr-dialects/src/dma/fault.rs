//! The faults of the dialect: one table from causes to statuses and messages, sent as `plcm-error`.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, ALLOW, CONTENT_RANGE, HeaderName, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse};
use cdr_access::TooManyAttempts;
use cdr_mediation::{MediationError, PortError, chain};
use thiserror::Error;

use super::accept;
use super::from_wire::Refusal;
use super::wire::PlcmError;
use crate::serving::NotServed;

/// `Retry-After` when the time is unknown.
const SOON: Duration = Duration::from_secs(5);
/// The same when files have to be generated or to expire first.
const LATER: Duration = Duration::from_secs(60);
/// The challenge to a client that did not sign in (RFC 7617).
const CHALLENGE: &str = r#"Basic realm="billing", charset="UTF-8""#;

/// Why a request is rejected. The message is sent to the client, so it contains no internals of the server.
#[derive(Debug, Error)]
pub(super) enum Fault {
    #[error("The window cannot be read. Datetime format is [-]CCYY-MM-DDThh:mm:ss[Z|(+|-)hh:mm].")]
    Unreadable(Refusal),
    #[error("from-date is after to-date. Without them they are midnight of the current day and now.")]
    Backwards(Refusal),
    #[error("Unauthorized. DMA role required: administrator | provisioner | auditor")]
    Unauthorized,
    #[error("Permission denied. DMA roles required: administrator, provisioner, auditor")]
    Forbidden,
    #[error("There is nothing at this address.")]
    NoSuchPath,
    #[error("No CDR file is ready to be downloaded. Start its generation with POST /billing/generate-cdrs.")]
    NothingReady,
    #[error("The CDR file that is ready is for another window: from-date {from}, to-date {to}.")]
    OtherWindow { from: String, to: String },
    #[error("This method is not allowed here. Allowed: {0}")]
    Method(&'static str),
    #[error("The status is available as application/vnd.plcm.plcm-billing-status+xml or +json.")]
    NotAcceptable,
    #[error("The request did not come to its end.")]
    Timeout,
    #[error("Another CDR generation is under way. It goes on; follow it with GET /billing/status.")]
    Busy,
    #[error("The CDR file is still being generated. Follow it with GET /billing/status.")]
    NotReady,
    #[error("The CDR file is another one by now.")]
    Precondition,
    #[error("The request has too large a body. It may have {0} bytes, and none are needed.")]
    TooLarge(usize),
    #[error("The range lies outside the CDR file, which has {0} bytes.")]
    Range(u64),
    #[error("Too many attempts to sign in from this address.")]
    TooManyAttempts(Duration),
    #[error("Too many CDR files are being streamed. Try again, or use POST /billing/generate-cdrs.")]
    TooManyLive,
    #[error("The server has as many CDR files, or as many to generate, as it may have. Try again later.")]
    TooManyExports,
    #[error("The server cannot answer for now. Try again.")]
    Unavailable,
    #[error("The server could not answer. Its log says why.")]
    Internal,
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Fault::Unreadable(_) => StatusCode::BAD_REQUEST,
            Fault::Unauthorized => StatusCode::UNAUTHORIZED,
            Fault::Forbidden => StatusCode::FORBIDDEN,
            Fault::NoSuchPath | Fault::NothingReady | Fault::OtherWindow { .. } => StatusCode::NOT_FOUND,
            Fault::Method(_) => StatusCode::METHOD_NOT_ALLOWED,
            Fault::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Fault::Timeout => StatusCode::REQUEST_TIMEOUT,
            Fault::Backwards(_) | Fault::Busy | Fault::NotReady => StatusCode::CONFLICT,
            Fault::Precondition => StatusCode::PRECONDITION_FAILED,
            Fault::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Fault::Range(_) => StatusCode::RANGE_NOT_SATISFIABLE,
            Fault::TooManyAttempts(_) => StatusCode::TOO_MANY_REQUESTS,
            Fault::TooManyLive | Fault::TooManyExports | Fault::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Fault::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn header(&self) -> Option<(HeaderName, String)> {
        match self {
            Fault::Unauthorized => Some((WWW_AUTHENTICATE, CHALLENGE.to_owned())),
            Fault::Method(allowed) => Some((ALLOW, (*allowed).to_owned())),
            Fault::Range(bytes) => Some((CONTENT_RANGE, format!("bytes */{bytes}"))),
            Fault::TooManyAttempts(after) => Some((RETRY_AFTER, seconds(*after))),
            Fault::TooManyLive | Fault::Unavailable => Some((RETRY_AFTER, seconds(SOON))),
            Fault::TooManyExports => Some((RETRY_AFTER, seconds(LATER))),
            _ => None,
        }
    }

    /// The answer, in the form the client prefers.
    pub(super) fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let encoding = accept::for_fault(&accepted(request));
        let technical_details = match self {
            Fault::Unreadable(refusal) | Fault::Backwards(refusal) => Some(refusal.to_string()),
            _ => None,
        };
        let status = self.status();
        let error = PlcmError { status_code: status.as_u16(), description: self.to_string(), technical_details };
        let mut answer = HttpResponse::build(status);
        answer.insert_header((VARY, "Accept")).content_type(encoding.media_type::<PlcmError>());
        if let Some(header) = self.header() {
            answer.insert_header(header);
        }
        answer.body(encoding.write(&error))
    }
}

/// All values of `Accept`, as one list.
pub(super) fn accepted(request: &HttpRequest) -> String {
    let values: Vec<&str> = request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok()).collect();
    values.join(",")
}

fn seconds(time: Duration) -> String {
    (time.as_secs_f64().ceil() as u64).max(1).to_string()
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Fault {
        match refusal {
            Refusal::Backwards { .. } => Fault::Backwards(refusal),
            Refusal::NoDate { .. } | Refusal::NoText { .. } => Fault::Unreadable(refusal),
        }
    }
}

impl From<TooManyAttempts> for Fault {
    fn from(problem: TooManyAttempts) -> Fault {
        Fault::TooManyAttempts(problem.retry_after)
    }
}

impl From<NotServed> for Fault {
    fn from(problem: NotServed) -> Fault {
        match problem {
            NotServed::Precondition => Fault::Precondition,
            NotServed::Range(whole) => Fault::Range(whole),
            NotServed::Failed(problem) => problem.into(),
            NotServed::Panicked(problem) => problem.into(),
        }
    }
}

impl From<PortError> for Fault {
    fn from(problem: PortError) -> Fault {
        Fault::from(MediationError::from(problem))
    }
}

impl From<MediationError> for Fault {
    /// Details that the client must not see are logged.
    fn from(problem: MediationError) -> Fault {
        let fault = match &problem {
            MediationError::LaneBusy { .. } => return Fault::Busy,
            MediationError::LimitReached(_) => return Fault::TooManyExports,
            // Nobody reads this: the client has left.
            MediationError::Port(PortError::Cancelled) => return Fault::Unavailable,
            MediationError::Port(PortError::Unavailable { .. }) => Fault::Unavailable,
            _ => Fault::Internal,
        };
        tracing::error!(dialect = super::options::NAME, error = %chain(&problem), "a request could not be answered");
        fault
    }
}

impl From<std::io::Error> for Fault {
    fn from(problem: std::io::Error) -> Fault {
        tracing::error!(dialect = super::options::NAME, error = %chain(&problem), "a request could not be answered");
        Fault::Internal
    }
}

impl From<actix_web::error::BlockingError> for Fault {
    /// The task panicked; the panic hook has logged where.
    fn from(_: actix_web::error::BlockingError) -> Fault {
        tracing::error!(dialect = super::options::NAME, "a task panicked while a request was answered");
        Fault::Internal
    }
}
