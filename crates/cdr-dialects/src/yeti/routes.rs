//! Which address leads where. What is routed nowhere is 404, also a method that an address does not have.

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Resource};
use uuid::Uuid;

use super::json_api::{Fault, Problem};
use super::{PATH, Yeti, accounts, admin, auth, cdrs, charts, exports, headers};

pub(super) fn mount(yeti: &Yeti, config: &mut ServiceConfig) {
    let data = Data::from(yeti.0.clone());
    let mut scope = web::scope(PATH).app_data(data.clone());
    for mount in [auth::mount, accounts::mount, exports::mount, cdrs::mount, charts::mount] {
        scope = mount(scope);
    }
    config.service(scope.default_service(web::to(nowhere)).wrap(from_fn(headers::add)));
    let scope = admin::mount(web::scope(admin::PATH).app_data(data));
    config.service(scope.default_service(web::to(nowhere)).wrap(from_fn(headers::add)));
}

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
