//! Who asked, for the log: the name of the caller of a request, and refused attempts to sign in.

use std::fmt;
use std::net::IpAddr;

use tracing::{Span, warn};

/// A kind of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credential {
    /// The name and password of a user.
    User,
    /// The name and password of a login.
    Login,
    /// A licence.
    Licence,
}

impl Credential {
    /// The field of the request's span that holds the name.
    const fn field(self) -> &'static str {
        match self {
            Credential::User => "user",
            Credential::Login => "login",
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
