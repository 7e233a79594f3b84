//! `GET /api/v1/whereabouts`: why is this call missing? For administrators, by HTTP Basic.

use std::sync::Arc;

use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::web::{Data, Query, ServiceConfig, block, get, resource};
use actix_web::{HttpRequest, HttpResponse};
use cdr_access::{Role, User};
use cdr_dialects::{Services, SignInFault, basic_user};
use cdr_mediation::PortError;
use cdr_store::Store;
use serde_json::json;
use tracing::error;

use crate::cli::MissingArgs;
use crate::config::Config;
use crate::whereabouts::{Finding, Question};

/// What the route needs.
pub(crate) struct Whereabouts {
    config: Config,
    store: Store,
    services: Services,
}

impl Whereabouts {
    pub(crate) fn new(config: &Config, store: &Store, services: &Services) -> Whereabouts {
        Whereabouts { config: config.clone(), store: store.clone(), services: services.clone() }
    }
}

/// Mounts the route.
pub(crate) fn mount(config: &mut ServiceConfig) {
    config.service(resource("/api/v1/whereabouts").route(get().to(whereabouts)));
}

async fn whereabouts(with: Data<Whereabouts>, request: HttpRequest) -> HttpResponse {
    match basic_user(&with.services, &request, is_administrator).await {
        Ok(Some(_)) => {}
        Ok(None) => {
            return HttpResponse::Unauthorized()
                .insert_header((WWW_AUTHENTICATE, r#"Basic realm="tollbook", charset="UTF-8""#))
                .json(json!({ "error": "this needs the name and the password of an administrator" }));
        }
        Err(SignInFault::TooManyAttempts(fault)) => {
            return HttpResponse::TooManyRequests()
                .insert_header((RETRY_AFTER, "15"))
                .json(json!({ "error": fault.to_string() }));
        }
        Err(fault) => return unavailable(&fault.to_string()),
    }
    let asked = match Query::<MissingArgs>::from_query(request.query_string()) {
        Ok(Query(asked)) => asked,
        Err(error) => return refused(&error.to_string()),
    };
    let with = with.into_inner();
    match block(move || answer(&with, &asked)).await {
        Ok(Ok(findings)) => {
            HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(json!({ "findings": findings }))
        }
        Ok(Err(error)) if error.chain().any(|cause| cause.is::<PortError>()) => unavailable(&format!("{error:#}")),
        Ok(Err(error)) => refused(&format!("{error:#}")),
        Err(error) => unavailable(&error.to_string()),
    }
}

fn answer(with: &Arc<Whereabouts>, asked: &MissingArgs) -> anyhow::Result<Vec<Finding>> {
    Question::of(&with.config, &with.store, asked)?.answer(&with.store)
}

fn is_administrator(user: &User) -> bool {
    user.roles.contains(&Role::Administrator)
}

fn refused(why: &str) -> HttpResponse {
    HttpResponse::BadRequest().json(json!({ "error": why }))
}

fn unavailable(why: &str) -> HttpResponse {
    error!(error = why, "the record cannot be sought");
    HttpResponse::ServiceUnavailable().json(json!({ "error": "the record cannot be sought now" }))
}
