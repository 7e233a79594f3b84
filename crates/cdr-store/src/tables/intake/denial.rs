//! What somebody or something has to be like to be entered in the directory, and why it was not.

use super::super::Conn;
use cdr_mediation::PortError;
use diesel::QueryResult;
use diesel::result::Error as DieselError;

use super::screen;

/// Why somebody was not added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Denial {
    /// The name or the number is taken.
    Taken { what: &'static str, name: String },
    /// The one it belongs to is not there.
    Missing { what: &'static str, name: String },
    /// It cannot be kept as it is.
    Unfit { reason: &'static str, detail: String },
}

impl From<Denial> for PortError {
    fn from(denial: Denial) -> PortError {
        match denial {
            Denial::Taken { what, name } => PortError::Exists { what, name },
            Denial::Missing { what, name } => PortError::NotFound { what, name },
            Denial::Unfit { detail, .. } => PortError::Refused(detail),
        }
    }
}

impl Denial {
    /// The reason's name in the quarantine, and the same in words.
    pub(crate) fn in_words(self) -> (&'static str, String) {
        match self {
            Denial::Taken { what, name } => {
                ("differs", format!("the {what} `{name}` is there already, and is another one"))
            }
            Denial::Missing { what: "customer", name } => {
                ("customer-unknown", format!("there is no customer `{name}`; add it, then load this again"))
            }
            Denial::Missing { what, name } => ("unknown", format!("there is no {what} `{name}`")),
            Denial::Unfit { reason, detail } => (reason, detail),
        }
    }
}

/// What every name and number has to be like.
pub(super) fn fit<const N: usize>(id: Option<i64>, name: &str, others: [Option<&str>; N]) -> Result<(), Denial> {
    if name.is_empty() {
        return Err(Denial::Unfit {
            reason: "name-missing",
            detail: "it has no name, or its number is empty".to_owned(),
        });
    }
    if let Some(id) = id.filter(|id| *id < 1) {
        return Err(Denial::Unfit { reason: "id-out-of-range", detail: format!("the number {id} is not 1 or more") });
    }
    if screen::has_nul(name) || others.into_iter().flatten().any(screen::has_nul) {
        return Err(Denial::Unfit { reason: screen::NUL, detail: "a text holds the NUL character".to_owned() });
    }
    Ok(())
}

/// The number wished for, or the next one.
pub(super) fn number(
    conn: &mut Conn,
    wished: Option<i64>,
    highest: Option<i64>,
    what: &'static str,
    used: impl FnOnce(&mut Conn, i64) -> QueryResult<i64>,
) -> QueryResult<Result<i64, Denial>> {
    Ok(match wished {
        Some(id) if used(conn, id)? > 0 => Err(Denial::Taken { what, name: id.to_string() }),
        Some(id) => Ok(id),
        None => highest.unwrap_or(0).checked_add(1).ok_or_else(|| no_number_left(what)),
    })
}

pub(super) fn no_number_left(what: &str) -> Denial {
    Denial::Unfit {
        reason: "id-out-of-range",
        detail: format!("no {what} is left after the highest one; give one that is free"),
    }
}

/// A row that was read and makes no sense.
pub(super) fn damaged(what: String) -> DieselError {
    DieselError::DeserializationError(what.into())
}

/// Whether what a draft says is what is kept; it says nothing of what it does not give.
pub(super) fn says<T: PartialEq>(given: Option<&T>, kept: Option<&T>) -> bool {
    given.is_none_or(|given| Some(given) == kept)
}
