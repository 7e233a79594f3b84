//! The caller of a request: a token in the header or in a cookie, its login, and the accounts that the login may see.

use std::sync::Arc;

use actix_web::http::header::{AUTHORIZATION, HeaderValue, SET_COOKIE};
use actix_web::web::block;
use actix_web::{HttpRequest, HttpResponse};
use cdr_access::Login;
use cdr_mediation::{Caller, MediationError, Visibility};
use cdr_model::{Account, Directory};
use serde_json::Value;

use super::cookie;
use super::fault::{Fault, Problem};
use super::state::Inner;
use super::token::{Audience, Moment};
use crate::sign_in::{Credential, accepted};

/// A login that has signed in.
pub(super) struct Signed {
    pub(super) login: Login,
    /// The login as a caller of mediation, which sees only its accounts.
    pub(super) caller: Caller,
    /// The accounts that it may see, in the order of their numbers.
    pub(super) accounts: Vec<Account>,
    /// The whole directory, including other customers.
    pub(super) directory: Arc<Directory>,
    /// The cookie with a new token, if the request had a cookie.
    renew: Option<HeaderValue>,
}

/// Answers a request that has a valid token with the result of `work`, and any other request with 401.
pub(super) async fn answered(
    request: &HttpRequest,
    yeti: &Inner,
    work: impl AsyncFnOnce(&Signed) -> Result<HttpResponse, Fault>,
) -> HttpResponse {
    match sign_in(request, yeti).await {
        Ok(signed) => {
            let mut answer = work(&signed).await.unwrap_or_else(|fault| fault.answer());
            signed.renew(&mut answer);
            answer
        }
        Err(fault) => fault.answer(),
    }
}

/// Authenticates a request by its token.
///
/// # Errors
/// 401, and when logins or accounts cannot be read.
pub(super) async fn sign_in(request: &HttpRequest, yeti: &Inner) -> Result<Signed, Fault> {
    let (token, in_cookie) = token(request).ok_or_else(Problem::unauthorized)?;
    let moment = Moment { now: yeti.second(), is_limited: yeti.options.token_lifetime.is_some() };
    let subject = yeti.tokens.subject(&token, Audience::Customers, moment);
    let id = subject.as_ref().and_then(Value::as_i64).ok_or_else(Problem::unauthorized)?;
    let (logins, mediation) = (yeti.services.access.logins.clone(), yeti.services.mediation.clone());
    let look_up = move || -> Result<_, MediationError> { Ok((logins.login(id)?, mediation.directory()?)) };
    let (login, directory) = block(look_up).await??;
    let login = login.filter(|it| is_open(it, &directory)).ok_or_else(Problem::unauthorized)?;
    accepted(Credential::Login, &login.login);
    let renew = if in_cookie { HeaderValue::try_from(fresh_cookie(request, yeti, login.id)).ok() } else { None };
    let may_see = |account: &&Account| {
        account.customer_id == login.customer_id && (login.accounts.is_empty() || login.accounts.contains(&account.id))
    };
    let accounts: Vec<Account> = directory.accounts.values().filter(may_see).cloned().collect();
    let visibility = Visibility::Accounts(accounts.iter().map(|account| account.id).collect());
    let caller = Caller { name: login.login.clone(), visibility };
    Ok(Signed { login, caller, accounts, directory, renew })
}

/// Whether neither the login nor its customer is closed.
pub(super) fn is_open(login: &Login, directory: &Directory) -> bool {
    login.closed_at.is_none() && !directory.is_closed(login.customer_id)
}

/// A new token for a login, and the second at which it expires.
pub(super) fn fresh_token(yeti: &Inner, login: i64) -> (String, Option<i64>) {
    let lifetime = yeti.options.token_lifetime.map(|it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX));
    let expires = lifetime.map(|lifetime| yeti.second().saturating_add(lifetime));
    (yeti.tokens.issue(login, Audience::Customers, expires), expires)
}

/// `Set-Cookie` with a new token for a login.
pub(super) fn fresh_cookie(request: &HttpRequest, yeti: &Inner, login: i64) -> String {
    let (token, expires) = fresh_token(yeti, login);
    cookie::holding(&token, expires, is_secure(request, yeti))
}

/// Whether the client uses an encrypted connection.
pub(super) fn is_secure(request: &HttpRequest, yeti: &Inner) -> bool {
    yeti.services.origins.base(request).starts_with("https:")
}

/// The last word of the header, or else the token in the cookie, and whether it is from the cookie. A cookie does not
/// replace an invalid token in the header.
fn token(request: &HttpRequest) -> Option<(String, bool)> {
    let header = request.headers().get(AUTHORIZATION).map(|value| value.to_str().unwrap_or("invalid"));
    match header.and_then(|header| header.split_whitespace().last()) {
        Some(token) => Some((token.to_owned(), false)),
        None => cookie::token(request).map(|token| (token, true)),
    }
}

impl Signed {
    /// The account with this number, if the login may see it.
    pub(super) fn account(&self, id: i64) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id == id)
    }

    /// Renews the cookie, if the request had one.
    pub(super) fn renew(&self, answer: &mut HttpResponse) {
        if let Some(cookie) = &self.renew {
            answer.headers_mut().insert(SET_COOKIE, cookie.clone());
        }
    }
}
