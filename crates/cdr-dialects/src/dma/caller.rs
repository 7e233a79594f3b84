//! The caller of a request: HTTP Basic (RFC 7617) on every request, and the roles that may read billing.

use actix_web::HttpRequest;
use cdr_access::Role;
use cdr_mediation::Caller;

use super::fault::Fault;
use super::state::Inner;
use crate::{credentials, sign_in};

/// The roles that may read billing (DMA 7000 Operations Guide, "API privileges").
const MAY_READ: [Role; 3] = [Role::Administrator, Role::Provisioner, Role::Auditor];

/// Authenticates the caller and checks its roles.
///
/// # Errors
/// [`Fault::Unauthorized`], [`Fault::Forbidden`], [`Fault::TooManyAttempts`], and when users cannot be read.
pub(super) async fn sign_in(request: &HttpRequest, dma: &Inner) -> Result<Caller, Fault> {
    let (name, password) = credentials::basic(request).ok_or(Fault::Unauthorized)?;
    let user =
        sign_in::user::<Fault>(&dma.services, request, name, password, |_| true).await?.ok_or(Fault::Unauthorized)?;
    if user.roles.iter().any(|role| MAY_READ.contains(role)) {
        Ok(Caller::everything(user.name))
    } else {
        Err(Fault::Forbidden)
    }
}
