//! The cookie that holds a token (RFC 6265).

use actix_web::HttpRequest;
use actix_web::http::header::COOKIE;
use cdr_model::Timestamp;

const NAME: &str = "_yeti_customer_v1_session";
/// The value of the cookie after signing out.
const SIGNED_OUT: &str = "logout";

/// The token in the cookie of a request.
pub(super) fn token(request: &HttpRequest) -> Option<String> {
    let lines = request.headers().get_all(COOKIE).filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == NAME).map(|(_, value)| value.trim_matches('"').to_owned())
}

/// `Set-Cookie` with a token that is valid until `expires`, in seconds since 1970, or without it until the browser is
/// closed. With `secure` the cookie is only sent over encrypted connections.
pub(super) fn holding(token: &str, expires: Option<i64>, secure: bool) -> String {
    let expires = expires.and_then(|at| Timestamp::from_seconds(at).to_utc());
    let expires =
        expires.map_or_else(String::new, |at| format!("; expires={}", at.format("%a, %d %b %Y %H:%M:%S GMT")));
    let secure = if secure { "; secure" } else { "" };
    format!("{NAME}={token}; path=/{expires}; httponly; samesite=lax{secure}")
}

/// `Set-Cookie` that removes the token.
pub(super) fn signed_out(secure: bool) -> String {
    holding(SIGNED_OUT, Some(0), secure)
}
