//! Who asked, for the log: the name of the caller of a request, and refused attempts to sign in.

use std::fmt;
use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::error::BlockingError;
use actix_web::web::block;
use cdr_access::{SignInError, TooManyAttempts, User};
use cdr_mediation::PortError;
use tracing::{Span, warn};

use crate::{Services, basic};

/// A kind of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// The name and password of a user.
    User,
    /// The name and password of a login.
    #[cfg(feature = "yeti")]
    Login,
    /// A licence.
    #[cfg(feature = "porta")]
    Licence,
}

impl Credential {
    /// The field of the request's span that holds the name.
    const fn field(self) -> &'static str {
        match self {
            Credential::User => "user",
            #[cfg(feature = "yeti")]
            Credential::Login => "login",
            #[cfg(feature = "porta")]
            Credential::Licence => "licence",
        }
    }
}

impl fmt::Display for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field())
    }
}

/// Notes who makes the current request. All further lines of the request name the caller.
pub(crate) fn accepted(credential: Credential, name: &str) {
    Span::current().record(credential.field(), name);
}

/// Logs a refused attempt to sign in, in a form that programs such as fail2ban read. `name` is the name that was given, if
/// there is such a user or login: people also type their password there. A licence has no name before it is accepted.
pub(crate) fn refused(credential: Credential, name: Option<&str>, client: IpAddr) {
    match name {
        Some(name) => warn!(%client, %credential, name, "sign-in refused"),
        None => warn!(%client, %credential, "sign-in refused"),
    }
}

/// Why nobody can sign in now.
#[derive(Debug, thiserror::Error)]
pub enum SignInFault {
    /// The address has too many attempts.
    #[error(transparent)]
    TooManyAttempts(#[from] TooManyAttempts),
    /// The users cannot be read.
    #[error(transparent)]
    Users(#[from] PortError),
    /// The server stops.
    #[error(transparent)]
    Stopping(#[from] BlockingError),
}

/// The user whose name and password a request has by HTTP Basic (RFC 7617), if that user may make it. A refusal is logged, and
/// the user is noted as the caller.
///
/// # Errors
/// If the address has too many attempts, and if the users cannot be read.
pub async fn basic_user(
    services: &Services,
    request: &HttpRequest,
    may: impl FnOnce(&User) -> bool,
) -> Result<Option<User>, SignInFault> {
    let Some((name, password)) = basic(request) else { return Ok(None) };
    user(services, request, name, password, may).await
}

/// The user with a name and a password who may sign in here, and is noted as the caller. Credentials that were verified a moment ago are
/// remembered. For others the request waits for the delay set by the authenticator, without blocking a thread, and a
/// refusal is logged.
///
/// # Errors
/// If the address has too many attempts, and if the users cannot be read.
pub(crate) async fn user<E>(
    services: &Services,
    request: &HttpRequest,
    name: String,
    password: String,
    may: impl FnOnce(&User) -> bool,
) -> Result<Option<User>, E>
where
    E: From<TooManyAttempts> + From<PortError> + From<BlockingError>,
{
    let user = match services.users.remembered(&name, &password) {
        Some(user) => Some(user),
        None => admitted::<E>(services, request, name, password).await?,
    };
    match user {
        Some(user) if may(&user) => {
            accepted(Credential::User, &user.name);
            Ok(Some(user))
        }
        Some(user) => {
            refused(Credential::User, Some(&user.name), services.origins.client(request));
            Ok(None)
        }
        None => Ok(None),
    }
}

async fn admitted<E>(
    services: &Services,
    request: &HttpRequest,
    name: String,
    password: String,
) -> Result<Option<User>, E>
where
    E: From<TooManyAttempts> + From<PortError> + From<BlockingError>,
{
    let address = services.origins.client(request);
    let delay = services.users.delay(&name, address);
    tokio::time::sleep(delay.inspect_err(|_| refused(Credential::User, None, address))?).await;
    let authenticator = services.users.clone();
    let admitted = block(move || {
        let user = authenticator.admit(&name, &password, address)?;
        let is_known = user.is_none() && authenticator.known(&name).is_ok_and(|known| known.is_some());
        Ok::<_, SignInError>((user, is_known.then_some(name)))
    });
    let (user, known) = match admitted.await? {
        Ok(admitted) => admitted,
        Err(SignInError::TooManyAttempts(error)) => {
            refused(Credential::User, None, address);
            return Err(error.into());
        }
        Err(SignInError::Port(error)) => return Err(error.into()),
    };
    if user.is_none() {
        refused(Credential::User, known.as_deref(), address);
    }
    Ok(user)
}
