//! Taking records in: what is new is numbered and kept, what is known adds nothing, the rest is held back.

mod accounts;
mod counters;
mod denial;
mod goods;
mod held;
mod keys;
pub(crate) mod people;
mod record;
mod screen;
mod sink;

pub(crate) use accounts::Accounts;
pub(crate) use counters::Counters;
pub(crate) use held::{ACCEPTED, BEFORE_RETENTION, CONFLICT, DROPPED, OPEN, shown};
pub(crate) use keys::{Entry, look_up};
pub(crate) use record::{Arrival, Row, keep_call, keep_conference};
pub(crate) use screen::has_nul;
