//! How a customer or the owner of an account is reached: checks and changes, and whether an entry is closed.

use cdr_mediation::ReachedDraft;
use cdr_model::Timestamp;

use super::drafts::text;
use super::screen;
use crate::rejection::Rejection;

/// The values of an entry.
#[derive(Debug, Default)]
pub(super) struct Reached {
    pub(super) email: Option<String>,
    pub(super) contact: Option<String>,
    pub(super) address: Option<String>,
    pub(super) created_at: Option<Timestamp>,
}

impl Reached {
    /// The values of a draft in place of these. An empty text takes a value away.
    pub(super) fn changed(self, draft: &ReachedDraft) -> Reached {
        Reached {
            email: text(draft.email.as_ref(), self.email),
            contact: text(draft.contact.as_ref(), self.contact),
            address: text(draft.address.as_ref(), self.address),
            created_at: draft.created_at.or(self.created_at),
        }
    }
}

/// Checks the values of a draft.
pub(super) fn check_reached(draft: &ReachedDraft) -> Result<(), Rejection> {
    let ReachedDraft { email, contact, address, created_at: _ } = draft;
    if [email, contact, address].into_iter().flatten().any(|text| screen::has_nul(text)) {
        return Err(Rejection::Invalid { reason: screen::NUL, detail: "a text contains the NUL character".to_owned() });
    }
    match email.as_deref().filter(|email| !email.is_empty() && !is_address(email)) {
        Some(email) => {
            let detail = format!("`{email}` is not an e-mail address such as billing@example.org");
            Err(Rejection::Invalid { reason: "email-unreadable", detail })
        }
        None => Ok(()),
    }
}

/// Whether a text has the form of an e-mail address: something on both sides of one sign, and no spaces.
fn is_address(text: &str) -> bool {
    let parts = text.split_once('@').filter(|(of, at)| !of.is_empty() && !at.is_empty() && !at.contains('@'));
    parts.is_some() && !text.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// When an entry was closed, after a change.
pub(super) fn closed_at(given: Option<bool>, present: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    match given {
        Some(true) => present.or(Some(now)),
        Some(false) => None,
        None => present,
    }
}

/// Refuses what a closed entry is no longer offered for.
pub(super) fn refuse_closed(what: &str, name: &str, closed_at: Option<Timestamp>) -> Result<(), Rejection> {
    match closed_at {
        None => Ok(()),
        Some(at) => {
            let detail = format!("the {what} `{name}` was closed at {at}; reopen it first");
            Err(Rejection::Invalid { reason: "closed", detail })
        }
    }
}
