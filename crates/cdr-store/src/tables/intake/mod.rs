//! The intake of records: new records are numbered and stored, known records add nothing, and all others go to
//! quarantine.

mod accounts;
mod counters;
pub(crate) mod dialogues;
mod drafts;
mod forms;
mod fragments;
mod held;
mod keys;
pub(crate) mod people;
mod record;
mod reference;
mod rehearsal;
mod screen;
mod sink;
mod stored;

pub(crate) use accounts::Accounts;
pub(crate) use counters::Counters;
pub(crate) use held::{ACCEPTED, BEFORE_RETENTION, CONFLICT, DROPPED, OPEN, shown};
pub(crate) use keys::look_up;
pub(crate) use record::{Arrival, PendingRow, keep_call, keep_conference};
pub(crate) use screen::has_nul;
