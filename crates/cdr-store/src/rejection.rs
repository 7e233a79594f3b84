//! Why the store rejects a record or an entry of the directory.

use cdr_mediation::PortError;

/// Why the store rejects a record or an entry. A load puts it into quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rejection {
    /// The name or the number is in use.
    Exists { what: &'static str, name: String },
    /// What it belongs to does not exist.
    Missing { what: &'static str, name: String },
    /// It is not valid.
    Invalid { reason: &'static str, detail: String },
}

impl From<Rejection> for PortError {
    fn from(rejection: Rejection) -> PortError {
        match rejection {
            Rejection::Exists { what, name } => PortError::Exists { what, name },
            Rejection::Missing { what, name } => PortError::NotFound { what, name },
            Rejection::Invalid { detail, .. } => PortError::Refused(detail),
        }
    }
}

impl Rejection {
    /// The reason code in the quarantine, and the message.
    pub(crate) fn reason_and_detail(self) -> (&'static str, String) {
        match self {
            Rejection::Exists { what, name } => {
                ("differs", format!("the {what} `{name}` already exists with other values"))
            }
            Rejection::Missing { what: "customer", name } => {
                ("customer-unknown", format!("there is no customer `{name}`; add it, then load this again"))
            }
            Rejection::Missing { what, name } => ("unknown", format!("there is no {what} `{name}`")),
            Rejection::Invalid { reason, detail } => (reason, detail),
        }
    }
}
