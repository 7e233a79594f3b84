//! The intake of records: new records are numbered and stored, known records add nothing, and all others go to
//! quarantine.

mod accounts;
pub(crate) mod changes;
mod counters;
mod drafts;
mod forms;
mod fragments;
mod held;
mod keys;
pub(crate) mod people;
mod reached;
mod record;
mod reference;
pub(crate) mod reference_changes;
mod rehearsal;
mod screen;
mod sink;
mod source_edits;
mod stored;

pub(crate) use accounts::Accounts;
pub(crate) use counters::Counters;
pub(crate) use held::{ACCEPTED, BEFORE_RETENTION, CONFLICT, DROPPED, OPEN, shown};
pub(crate) use keys::look_up;
pub(crate) use record::{Arrival, PendingRow, keep_call, keep_conference};
pub(crate) use screen::has_nul;
