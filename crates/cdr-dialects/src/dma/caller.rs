//! The caller of a request: HTTP Basic (RFC 7617) on every request, and the roles that may read billing.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cdr_access::Role;
use cdr_mediation::Caller;

use super::fault::Fault;
use super::state::Inner;
use crate::sign_in;

/// The roles that may read billing (DMA 7000 Operations Guide, "API privileges").
const MAY_READ: [Role; 3] = [Role::Administrator, Role::Provisioner, Role::Auditor];

/// Authenticates the caller and checks its roles.
///
/// # Errors
/// [`Fault::Unauthorized`], [`Fault::Forbidden`], [`Fault::TooManyAttempts`], and when users cannot be read.
pub(super) async fn sign_in(request: &HttpRequest, dma: &Inner) -> Result<Caller, Fault> {
    let (name, password) = credentials(request).ok_or(Fault::Unauthorized)?;
    let user =
        sign_in::user::<Fault>(&dma.services, request, name, password, |_| true).await?.ok_or(Fault::Unauthorized)?;
    if user.roles.iter().any(|role| MAY_READ.contains(role)) {
        Ok(Caller::everything(user.name))
    } else {
        Err(Fault::Forbidden)
    }
}

/// The name and the password, if the client sent any.
fn credentials(request: &HttpRequest) -> Option<(String, String)> {
    let value = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.trim().split_once(' ')?;
    let bytes = scheme.eq_ignore_ascii_case("basic").then(|| STANDARD.decode(token.trim()).ok())??;
    // The challenge asks for UTF-8, but older clients send Latin-1. Its bytes are the first 256 code points of Unicode.
    let text =
        String::from_utf8(bytes).unwrap_or_else(|latin| latin.into_bytes().into_iter().map(char::from).collect());
    text.split_once(':').map(|(name, password)| (name.to_owned(), password.to_owned()))
}
