//! Resources of the API, and the answer to unknown addresses.

use actix_web::web;
use actix_web::{HttpRequest, HttpResponse, Resource};
use uuid::Uuid;

use super::fault::{Fault, Problem};

/// The path of the resources.
pub(super) const PATH: &str = "/api/rest/customer/v1";

/// The format that an address may name, as in Ruby on Rails. It changes nothing.
const FORMAT: &str = ".json";

/// A resource below the path of the API, with or without a trailing slash or `.json`.
pub(super) fn resource(path: &str) -> Resource {
    let mut patterns = vec![path.to_owned(), format!("{path}/")];
    // The last segment of other paths is a parameter, which contains the format: see `segment`.
    if !path.ends_with('}') {
        patterns.push(format!("{path}{FORMAT}"));
    }
    web::resource(patterns).default_service(web::to(nowhere))
}

/// The parameter `id` in the path of a request, without a format.
pub(super) fn segment(request: &HttpRequest) -> &str {
    let text = request.match_info().get("id").unwrap_or_default();
    text.strip_suffix(FORMAT).unwrap_or(text)
}

/// The identifier in the path of a request. An invalid identifier is treated as an unknown one.
///
/// # Errors
/// 404.
pub(super) fn id(request: &HttpRequest) -> Result<Uuid, Fault> {
    let text = segment(request);
    // Other spellings of a UUID are not accepted.
    let uuid = if text.len() == 36 { text.parse().ok() } else { None };
    uuid.ok_or_else(|| Problem::not_found(text).into())
}

/// The answer to an unknown address.
pub(super) async fn nowhere() -> HttpResponse {
    Fault::from(Problem::no_route()).answer()
}
