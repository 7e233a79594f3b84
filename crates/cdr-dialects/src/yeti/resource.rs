//! Resources of the API, and the answer to unknown addresses.

use actix_web::web;
use actix_web::{HttpRequest, HttpResponse, Resource};
use uuid::Uuid;

use super::fault::{Fault, Problem};

/// The path of the resources.
pub(super) const PATH: &str = "/api/rest/customer/v1";

/// A resource below the path of the API, with or without a trailing slash.
pub(super) fn resource(path: &str) -> Resource {
    web::resource(vec![path.to_owned(), format!("{path}/")]).default_service(web::to(nowhere))
}

/// The identifier in the path of a request. An invalid identifier is treated as an unknown one.
///
/// # Errors
/// 404.
pub(super) fn id(request: &HttpRequest) -> Result<Uuid, Fault> {
    let text = request.match_info().get("id").unwrap_or_default();
    // Other spellings of a UUID are not accepted.
    let uuid = if text.len() == 36 { text.parse().ok() } else { None };
    uuid.ok_or_else(|| Problem::not_found(text).into())
}

/// The answer to an unknown address.
pub(super) async fn nowhere() -> HttpResponse {
    Fault::from(Problem::no_route()).answer()
}
