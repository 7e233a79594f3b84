//! Functions shared by all drafts of the directory: checks, numbers, comparison.

use super::super::Conn;
use diesel::QueryResult;
use diesel::result::Error as DieselError;

use super::screen;
use crate::error::TransactionError;
use crate::rejection::Rejection;

/// What identifies an entry of the directory, for messages.
#[derive(Clone, Copy)]
pub(super) struct Identity<'a> {
    /// The kind of entry.
    pub(super) of: &'static str,
    /// What it is called.
    pub(super) what: &'static str,
    /// The text.
    pub(super) text: &'a str,
}

/// Checks the number, the identity and the other texts of a draft.
pub(super) fn fit<const N: usize>(
    id: Option<i64>,
    identity: Identity<'_>,
    others: [Option<&str>; N],
) -> Result<(), Rejection> {
    let Identity { of, what, text } = identity;
    if text.is_empty() {
        return Err(Rejection::Invalid { reason: "name-missing", detail: format!("the {of} has no {what}") });
    }
    if let Some(id) = id.filter(|id| *id < 1) {
        return Err(Rejection::Invalid {
            reason: "id-out-of-range",
            detail: format!("the number {id} is not 1 or more"),
        });
    }
    if screen::has_nul(text) || others.into_iter().flatten().any(screen::has_nul) {
        return Err(Rejection::Invalid { reason: screen::NUL, detail: "a text contains the NUL character".to_owned() });
    }
    Ok(())
}

/// The number that the draft gives, or the next one.
pub(super) fn number(
    conn: &mut Conn,
    wished: Option<i64>,
    highest: Option<i64>,
    what: &'static str,
    used: impl FnOnce(&mut Conn, i64) -> QueryResult<i64>,
) -> Result<i64, TransactionError> {
    match wished {
        Some(id) if used(conn, id)? > 0 => Err(Rejection::Exists { what, name: id.to_string() }.into()),
        Some(id) => Ok(id),
        None => Ok(highest.unwrap_or(0).checked_add(1).ok_or_else(|| no_number_left(what))?),
    }
}

pub(super) fn no_number_left(what: &str) -> Rejection {
    Rejection::Invalid {
        reason: "id-out-of-range",
        detail: format!("no {what} is left above the highest one; specify a free one"),
    }
}

/// The error for a row with invalid content.
pub(super) fn damaged(what: String) -> DieselError {
    DieselError::DeserializationError(what.into())
}

/// Whether a field of a draft matches the stored value. A field that the draft does not give matches any value.
pub(super) fn matches<T: PartialEq>(given: Option<&T>, kept: Option<&T>) -> bool {
    given.is_none_or(|given| Some(given) == kept)
}

/// The value of a draft, or the present one. An empty text takes the value away.
pub(super) fn text(given: Option<&String>, present: Option<String>) -> Option<String> {
    match given {
        Some(given) => Some(given.clone()).filter(|text| !text.is_empty()),
        None => present,
    }
}
