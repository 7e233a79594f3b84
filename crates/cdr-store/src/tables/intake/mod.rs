//! The intake of records: new records are numbered and stored, known records add nothing, and all others go to
//! quarantine.

mod accounts;
pub(crate) mod changes;
mod counters;
pub(crate) mod dialogues;
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
mod retries;
mod screen;
mod sink;
mod source_edits;
mod stored;

pub(crate) use accounts::{Accounts, Booked};
pub(crate) use counters::Counters;
pub(crate) use held::{ACCEPTED, BEFORE_RETENTION, CONFLICT, DROPPED, OPEN, shown};
pub(crate) use keys::{KnownKey, RecordTable, look_up};
pub(crate) use record::{Arrival, PendingRow, Prepared, keep_call, keep_conference, keep_prepared, prepare_call};
pub(crate) use screen::has_nul;
