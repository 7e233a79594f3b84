//! The routes. An unknown address is 404, and so is a method that an address does not support.

use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};

use super::resource::{PATH, nowhere};
use super::state::Yeti;
use super::{accounts, admin, auth, cdrs, charts, exports, headers};

impl Yeti {
    /// Adds the resources below `/api/rest/customer/v1` and `/api/rest/admin` to an app. Links in answers contain these
    /// paths, so they have to be mounted at the root of an app, not in a scope.
    pub fn mount(&self, config: &mut ServiceConfig) {
        let data = Data::from(self.0.clone());
        let mut scope = web::scope(PATH).app_data(data.clone());
        for mount in [auth::mount, accounts::mount, exports::mount, cdrs::mount, charts::mount] {
            scope = mount(scope);
        }
        config.service(scope.default_service(web::to(nowhere)).wrap(from_fn(headers::add)));
        let scope = admin::mount(web::scope(admin::PATH).app_data(data));
        config.service(scope.default_service(web::to(nowhere)).wrap(from_fn(headers::add)));
    }
}
