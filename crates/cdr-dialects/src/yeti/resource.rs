//! What lies at an address, and what nothing lies at.

use actix_web::web;
use actix_web::{HttpRequest, HttpResponse, Resource};
use uuid::Uuid;

use super::json_api::{Fault, Problem};

/// Where the resources lie.
pub(super) const PATH: &str = "/api/rest/customer/v1";

/// What lies at an address below the API's own, with or without a slash at its end.
pub(super) fn resource(path: &str) -> Resource {
    web::resource(vec![path.to_owned(), format!("{path}/")]).default_service(web::to(nowhere))
}

/// The identifier in the address of a request. What is none is an identifier that nothing has.
///
/// # Errors
/// 404.
pub(super) fn id(request: &HttpRequest) -> Result<Uuid, Fault> {
    let text = request.match_info().get("id").unwrap_or_default();
    // A UUID has other spellings too, but not here.
    let uuid = if text.len() == 36 { text.parse().ok() } else { None };
    uuid.ok_or_else(|| Problem::not_found(text).into())
}

/// The answer where nothing is.
pub(super) async fn nowhere() -> HttpResponse {
    Fault::from(Problem::no_route()).answer()
}
