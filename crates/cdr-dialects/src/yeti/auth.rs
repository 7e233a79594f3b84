//! Signing in and out: `POST`, `GET` and `DELETE /auth`.
//!
//! Source: yeti-web, the customer API's documentation of `auth`.

use actix_web::http::header::{CACHE_CONTROL, SET_COOKIE};
use actix_web::web::{self, Data, Payload, block};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Scope};
use cdr_mediation::MediationError;
use serde::Serialize;
use serde_json::{Map, Value};

use super::caller::{fresh_cookie, fresh_token, is_open, is_secure, sign_in};
use super::cookie;
use super::fault::{Fault, Problem};
use super::from_wire::boolean;
use super::resource::resource;
use super::state::Inner;
use super::wire::body;
use crate::sign_in::{Credential, accepted, refused};

/// Faults of these methods are error documents of JSON:API with the media type of plain JSON.
const JSON: &str = "application/json";

#[derive(Serialize)]
struct Issued {
    jwt: String,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Permissions {
    allow_rec: bool,
}

pub(super) fn mount(scope: Scope) -> Scope {
    scope.service(
        resource("/auth")
            .route(web::post().to(begin))
            .route(web::get().to(show))
            .route(web::head().to(show))
            .route(web::delete().to(end)),
    )
}

async fn begin(request: HttpRequest, payload: Payload, yeti: Data<Inner>) -> HttpResponse {
    let answer = async {
        let body = body::read_form(&request, payload).await?;
        let Some(Value::Object(auth)) = body.get("auth") else {
            return Err(Problem::bad_request("param is missing or the value is empty: auth").into());
        };
        let login = admitted(&request, &yeti, auth).await?.ok_or_else(Problem::wrong_password)?;
        let mut answer = secret(HttpResponse::Created());
        if wants_cookie(auth) {
            answer.insert_header((SET_COOKIE, fresh_cookie(&request, &yeti, login)));
            return Ok(answer.finish());
        }
        let (jwt, _) = fresh_token(&yeti, login);
        Ok(answer.json(Issued { jwt }))
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer_as(JSON))
}

async fn show(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    match sign_in(&request, &yeti).await {
        Ok(signed) => {
            let permissions = Permissions { allow_rec: signed.login.allow_recordings };
            let mut answer = secret(HttpResponse::Ok()).json(permissions);
            signed.renew(&mut answer);
            answer
        }
        Err(fault) => fault.answer_as(JSON),
    }
}

/// Tokens cannot be revoked, but the browser's cookie can be removed.
async fn end(request: HttpRequest, yeti: Data<Inner>) -> HttpResponse {
    let cookie = cookie::signed_out(is_secure(&request, &yeti));
    secret(HttpResponse::NoContent()).insert_header((SET_COOKIE, cookie)).finish()
}

/// The number of the login, if the password is correct, the login may be used from the client's address, and its customer is
/// not closed. Repeated
/// failures are delayed longer and longer, without blocking a thread.
async fn admitted(request: &HttpRequest, yeti: &Inner, auth: &Map<String, Value>) -> Result<Option<i64>, Fault> {
    let text = |name: &str| auth.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (login, password) = (text("login"), text("password"));
    // An address that the proxy did not name is in no network except that of all addresses.
    let address = yeti.services.origins.certain_client(request);
    tokio::time::sleep(yeti.services.logins.delay(&login, address)).await;
    let (authenticator, logins) = (yeti.services.logins.clone(), yeti.services.access.logins.clone());
    let mediation = yeti.services.mediation.clone();
    let (admitted, known) = block(move || {
        let admitted = authenticator.admit(&login, &password, address)?;
        let directory = mediation.directory()?;
        let admitted = admitted.filter(|login| is_open(login, &directory));
        let is_known = admitted.is_none() && logins.login_named(&login).is_ok_and(|known| known.is_some());
        Ok::<_, MediationError>((admitted, is_known.then_some(login)))
    })
    .await??;
    match &admitted {
        Some(login) => accepted(Credential::Login, &login.login),
        None => refused(Credential::Login, known.as_deref(), address),
    }
    Ok(admitted.map(|login| login.id))
}

fn wants_cookie(auth: &Map<String, Value>) -> bool {
    auth.get("cookie_auth").and_then(boolean) == Some(true)
}

/// An answer that must not be cached.
fn secret(mut answer: HttpResponseBuilder) -> HttpResponseBuilder {
    answer.insert_header((CACHE_CONTROL, "no-store"));
    answer
}
