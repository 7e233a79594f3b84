//! The credentials in the header `Authorization`.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The name and the password of HTTP Basic (RFC 7617), if the client sent any.
pub fn basic(request: &HttpRequest) -> Option<(String, String)> {
    let bytes = STANDARD.decode(of_scheme(request, "basic")?).ok()?;
    // Challenges ask for UTF-8, but older clients send Latin-1. Its bytes are the first 256 code points of Unicode.
    let text =
        String::from_utf8(bytes).unwrap_or_else(|latin| latin.into_bytes().into_iter().map(char::from).collect());
    text.split_once(':').map(|(name, password)| (name.to_owned(), password.to_owned()))
}

/// The bearer token (RFC 6750, 2.1), if the client sent one.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    of_scheme(request, "bearer")
}

fn of_scheme<'a>(request: &'a HttpRequest, wanted: &str) -> Option<&'a str> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case(wanted).then(|| token.trim())
}
