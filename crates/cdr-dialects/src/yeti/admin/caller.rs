//! Administrators: `POST /auth` for a token, and authentication by the token.
//!
//! Source: yeti-web, the admin API's documentation of `auth`. A rejected request gets only the status.

use actix_web::http::StatusCode;
use actix_web::http::header::{AUTHORIZATION, CACHE_CONTROL, RETRY_AFTER};
use actix_web::web::{Data, Payload, block};
use actix_web::{HttpRequest, HttpResponse};
use cdr_access::{Role, User};
use cdr_mediation::Caller;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::sign_in::{self, Credential, accepted};
use crate::yeti::fault::Fault;
use crate::yeti::state::Inner;
use crate::yeti::token::{Audience, Moment};
use crate::yeti::wire::body;

const UNAUTHORIZED: Fault = Fault::Bare(StatusCode::UNAUTHORIZED);

/// Issues a token to an administrator.
pub(super) async fn begin(request: HttpRequest, payload: Payload, yeti: Data<Inner>) -> HttpResponse {
    let answer = async {
        let body = body::read_form(&request, payload).await?;
        let auth = body.get("auth").and_then(Value::as_object).ok_or(Fault::Bare(StatusCode::BAD_REQUEST))?;
        let text = |name: &str| auth.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, password) = (text("username"), text("password"));
        let user = sign_in::user::<Fault>(&yeti.services, &request, name, password, is_administrator).await?;
        let user = user.ok_or(UNAUTHORIZED)?;
        let jwt = token_of(&user, &yeti);
        Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(json!({ "jwt": jwt })))
    };
    answer.await.unwrap_or_else(|fault: Fault| match fault {
        Fault::Bare(StatusCode::TOO_MANY_REQUESTS) => {
            HttpResponse::TooManyRequests().insert_header((RETRY_AFTER, "15")).finish()
        }
        fault => fault.answer(),
    })
}

/// Authenticates an administrator by a token in the header or, for links that are opened without headers, in the query.
/// The token of a user who was removed or is no longer an administrator is rejected, even before it expires.
///
/// # Errors
/// 401 without a body, and when the users cannot be read.
pub(super) async fn sign_in(request: &HttpRequest, yeti: &Inner) -> Result<Caller, Fault> {
    let token = in_header(request).or_else(|| in_query(request)).ok_or(UNAUTHORIZED)?;
    let moment = Moment { now: yeti.second(), is_limited: yeti.options.admin_token_lifetime.is_some() };
    let Some(Value::String(name)) = yeti.tokens.subject(&token, Audience::Administrators, moment) else {
        return Err(UNAUTHORIZED);
    };
    let authenticator = yeti.services.users.clone();
    let user = administrator(block(move || authenticator.known(&name)).await??)?;
    accepted(Credential::User, &user.name);
    Ok(Caller::everything(user.name))
}

fn administrator(user: Option<User>) -> Result<User, Fault> {
    user.filter(is_administrator).ok_or(UNAUTHORIZED)
}

fn is_administrator(user: &User) -> bool {
    user.roles.contains(&Role::Administrator)
}

fn token_of(user: &User, yeti: &Inner) -> String {
    let lifetime = yeti.options.admin_token_lifetime.map(|it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX));
    let expires = lifetime.map(|lifetime| yeti.second().saturating_add(lifetime));
    yeti.tokens.issue(user.name.clone(), Audience::Administrators, expires)
}

/// The last word of the header. An unreadable header is an invalid token.
fn in_header(request: &HttpRequest) -> Option<String> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().unwrap_or("invalid");
    header.split_whitespace().last().map(str::to_owned)
}

fn in_query(request: &HttpRequest) -> Option<String> {
    let token = request.query_string().split('&').find_map(|pair| pair.strip_prefix("token="))?;
    Some(percent_decode_str(token).decode_utf8_lossy().into_owned())
}
