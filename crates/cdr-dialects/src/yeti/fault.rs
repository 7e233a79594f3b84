//! The faults of the API: error objects, and one table from problems to codes and messages.
//!
//! Sources: <https://jsonapi.org/format/1.0/#errors>; the error codes and English texts of jsonapi-resources 0.9.

use std::fmt::Display;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::RETRY_AFTER;
use cdr_access::TooManyAttempts;
use cdr_mediation::{MediationError, PortError, chain};
use cdr_model::printable;
use serde::Serialize;

use super::name::MEDIA_TYPE;

/// One problem with a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Problem {
    title: String,
    detail: String,
    code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<Source>,
    #[serde(serialize_with = "as_text")]
    status: u16,
}

/// The member of the request that a problem is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Source {
    pointer: String,
}

/// Why a request is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// With a document that lists the problems; the first one determines the status.
    Problems(Vec<Problem>),
    /// With only a status.
    Bare(StatusCode),
}

/// The problems found so far. A request can have several.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

#[derive(Serialize)]
struct Document<'a> {
    errors: &'a [Problem],
}

impl Problems {
    /// Returns the value, or collects the problems.
    pub(crate) fn take<T>(&mut self, read: Result<T, Vec<Problem>>) -> Option<T> {
        read.map_err(|problems| self.0.extend(problems)).ok()
    }
}

impl Problem {
    /// The texts may echo parts of the request, so they are made printable.
    pub(crate) fn new(status: u16, code: &str, title: impl Into<String>, detail: impl Into<String>) -> Problem {
        let [title, detail] = [title.into(), detail.into()].map(|text| printable(&text).into_owned());
        Problem { title, detail, code: code.to_owned(), source: None, status }
    }

    /// The request has no valid token.
    pub(crate) fn unauthorized() -> Problem {
        Problem::new(401, "401", "Authorization failed", "Authorization token expired or incorrect.")
    }

    /// Signing in failed.
    pub(crate) fn wrong_password() -> Problem {
        Problem::new(401, "401", "Authentication failed", "Incorrect login or password.")
    }

    /// The body cannot be read.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Problem {
        Problem::new(400, "400", "Bad Request", detail)
    }

    pub(crate) fn invalid_resource(kind: &str) -> Problem {
        Problem::new(400, "101", "Invalid resource", format!("{kind} is not a valid resource."))
    }

    pub(crate) fn filter_not_allowed(name: &str) -> Problem {
        Problem::new(400, "102", "Filter not allowed", format!("{name} is not allowed."))
    }

    pub(crate) fn invalid_field_value(value: impl Display, field: &str) -> Problem {
        Problem::new(400, "103", "Invalid field value", format!("{value} is not a valid value for {field}."))
    }

    pub(crate) fn invalid_field(name: &str, kind: &str) -> Problem {
        Problem::new(400, "104", "Invalid field", format!("{name} is not a valid field for {kind}."))
    }

    pub(crate) fn param_not_allowed(name: &str) -> Problem {
        Problem::new(400, "105", "Param not allowed", format!("{name} is not allowed."))
    }

    pub(crate) fn parameter_missing(name: &str) -> Problem {
        Problem::new(400, "106", "Missing Parameter", format!("The required parameter, {name}, is missing."))
    }

    pub(crate) fn invalid_filter_value(values: &str, name: &str) -> Problem {
        Problem::new(400, "107", "Invalid filter value", format!("{values} is not a valid value for {name}."))
    }

    pub(crate) fn invalid_include(name: &str, kind: &str) -> Problem {
        Problem::new(400, "112", "Invalid field", format!("{name} is not a valid relationship of {kind}"))
    }

    pub(crate) fn invalid_sort(name: &str, kind: &str) -> Problem {
        let detail = format!("{name} is not a valid sort criteria for {kind}");
        Problem::new(400, "114", "Invalid sort criteria", detail)
    }

    pub(crate) fn invalid_links_object() -> Problem {
        Problem::new(400, "115", "Invalid Links Object", "Data is not a valid Links Object.")
    }

    pub(crate) fn type_mismatch(kind: &str) -> Problem {
        Problem::new(400, "116", "Type Mismatch", format!("{kind} is not a valid type for this operation."))
    }

    pub(crate) fn invalid_page_value(detail: String) -> Problem {
        Problem::new(400, "118", "Invalid page value", detail)
    }

    pub(crate) fn invalid_field_format() -> Problem {
        Problem::new(400, "119", "Invalid field format", "Fields must specify a type.")
    }

    pub(crate) fn invalid_filters_syntax(filter: &str) -> Problem {
        let detail = format!("{filter} is not a valid syntax for filtering.");
        Problem::new(400, "120", "Invalid filters syntax", detail)
    }

    pub(crate) fn invalid_data_format(member: &str) -> Problem {
        Problem::new(400, "122", "Invalid data format", format!("{member} must be a hash."))
    }

    /// The record does not exist, or the caller may not see it. The client cannot tell which.
    pub(crate) fn not_found(id: impl Display) -> Problem {
        let detail = format!("The record identified by {id} could not be found.");
        Problem::new(404, "404", "Record not found", detail)
    }

    /// No route matches the address.
    pub(crate) fn no_route() -> Problem {
        Problem::new(404, "404", "Not found", "There is nothing at this address.")
    }

    pub(crate) fn not_acceptable(accept: &str) -> Problem {
        let detail = format!(
            "All requests must use the '{MEDIA_TYPE}' Accept without media type parameters. This request specified '{accept}'."
        );
        Problem::new(406, "406", "Not acceptable", detail)
    }

    pub(crate) fn too_late() -> Problem {
        Problem::new(408, "408", "Request timeout", "The body of the request did not come.")
    }

    pub(crate) fn precondition_failed() -> Problem {
        Problem::new(412, "412", "Precondition failed", "The file has another tag.")
    }

    pub(crate) fn range_not_satisfiable(whole: u64) -> Problem {
        let detail = format!("No byte of the file lies in this range; it has {whole} bytes.");
        Problem::new(416, "416", "Range not satisfiable", detail)
    }

    pub(crate) fn too_large(most: usize) -> Problem {
        Problem::new(413, "413", "Payload too large", format!("The body of a request may have {most} bytes."))
    }

    pub(crate) fn unsupported_media_type(found: &str) -> Problem {
        let detail = format!(
            "All requests that create or update must use the '{MEDIA_TYPE}' Content-Type. This request specified '{found}'."
        );
        Problem::new(415, "415", "Unsupported media type", detail)
    }

    /// The value of this member, an attribute or a relationship, is invalid.
    pub(crate) fn invalid(place: &str, name: &str, message: &str) -> Problem {
        let source = Some(Source { pointer: format!("/data/{place}/{name}") });
        Problem { source, ..Problem::new(422, "100", message, format!("{name} - {message}")) }
    }

    /// The resource as a whole is invalid.
    pub(crate) fn invalid_as_a_whole(message: &str) -> Problem {
        let source = Some(Source { pointer: "/data".to_owned() });
        Problem { source, ..Problem::new(422, "100", message, message) }
    }

    /// Too many lists are being sorted.
    pub(crate) fn too_many_lists(detail: String) -> Problem {
        Problem::new(503, "503", "Service Unavailable", detail)
    }

    fn stopping() -> Problem {
        Problem::new(503, "503", "Service Unavailable", "The server is stopping.")
    }

    fn internal() -> Problem {
        Problem::new(500, "500", "Internal Server Error", "Internal Server Error")
    }

    fn unavailable() -> Problem {
        Problem::new(
            503,
            "503",
            "Service Unavailable",
            "The store cannot answer at present; the same may go right in a moment.",
        )
    }
}

impl Fault {
    /// The answer.
    pub(crate) fn answer(&self) -> HttpResponse {
        self.answer_as(MEDIA_TYPE)
    }

    /// The answer with another media type of JSON.
    pub(crate) fn answer_as(&self, media_type: &str) -> HttpResponse {
        let problems = match self {
            Fault::Problems(problems) => problems,
            Fault::Bare(status) => return HttpResponse::build(*status).finish(),
        };
        let status = problems.first().and_then(|problem| StatusCode::from_u16(problem.status).ok());
        let mut answer = HttpResponse::build(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        answer.content_type(media_type);
        if status == Some(StatusCode::SERVICE_UNAVAILABLE) {
            answer.insert_header((RETRY_AFTER, "5"));
        }
        // Serializing texts and numbers cannot fail.
        answer.body(serde_json::to_vec(&Document { errors: problems }).unwrap_or_default())
    }
}

fn as_text<S: serde::Serializer>(status: &u16, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(status)
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Fault {
        Fault::Problems(vec![problem])
    }
}

impl From<Vec<Problem>> for Fault {
    fn from(problems: Vec<Problem>) -> Fault {
        Fault::Problems(problems)
    }
}

impl From<Problems> for Fault {
    fn from(problems: Problems) -> Fault {
        Fault::Problems(problems.0)
    }
}

impl From<TooManyAttempts> for Fault {
    fn from(_: TooManyAttempts) -> Fault {
        Fault::Bare(StatusCode::TOO_MANY_REQUESTS)
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
        match &problem {
            MediationError::Port(PortError::Cancelled) => return Problem::stopping().into(),
            MediationError::LimitReached(limit) => return Problem::invalid_as_a_whole(&limit.to_string()).into(),
            _ => (),
        }
        tracing::error!(dialect = crate::yeti::name::NAME, error = %chain(&problem), "a request could not be answered");
        match &problem {
            MediationError::Port(PortError::Unavailable { .. }) => Problem::unavailable().into(),
            _ => Problem::internal().into(),
        }
    }
}

impl From<cdr_query::QueryError> for Fault {
    fn from(problem: cdr_query::QueryError) -> Fault {
        Fault::from(MediationError::from(problem))
    }
}

impl From<std::io::Error> for Fault {
    fn from(problem: std::io::Error) -> Fault {
        tracing::error!(dialect = crate::yeti::name::NAME, error = %chain(&problem), "a request could not be answered");
        Problem::internal().into()
    }
}

impl From<actix_web::error::BlockingError> for Fault {
    /// The task panicked; the panic hook has logged where.
    fn from(_: actix_web::error::BlockingError) -> Fault {
        tracing::error!(dialect = crate::yeti::name::NAME, "a task panicked while a request was answered");
        Problem::internal().into()
    }
}
