//! The records in the store that exported records of a batch claim to be.

use std::collections::HashMap;

use cdr_mediation::{CallDraft, ConferenceDraft, Content, Incoming};
use cdr_model::{Cdr, ConferenceRecord, Directory, Record, Value};
use diesel::prelude::*;

use super::super::Conn;
use super::keys::KnownKey;
use crate::error::TransactionError;
use crate::rows::{CallRow, ConferenceRow};
use crate::schema::{accounts, cdrs, conferences, customers};

/// The number of records that one statement reads. SQLite binds at most 32,766 values.
const AT_ONCE: usize = 1_000;

/// Records by number, and the names of their accounts and customers.
#[derive(Default)]
pub(super) struct Stored {
    calls: HashMap<i64, Cdr>,
    conferences: HashMap<i64, ConferenceRecord>,
    accounts: HashMap<i64, String>,
    customers: HashMap<i64, String>,
}

impl Stored {
    /// The known records that exported ones of a batch claim to be.
    pub(super) fn of(
        conn: &mut Conn,
        records: &[Incoming],
        known: &HashMap<&str, KnownKey>,
    ) -> Result<Stored, TransactionError> {
        let mut stored = Stored::default();
        let (mut of_calls, mut of_conferences) = (Vec::new(), Vec::new());
        for incoming in records {
            match &incoming.content {
                Content::Call(draft) if draft.exported.is_some() => {
                    of_calls.extend(known.get(draft.key.as_str()).map(|known| known.number));
                }
                Content::Conference(draft) if draft.exported.is_some() => {
                    of_conferences.extend(known.get(draft.key.as_str()).map(|known| known.number));
                }
                _ => {}
            }
        }
        for chunk in of_calls.chunks(AT_ONCE) {
            let rows: Vec<CallRow> =
                cdrs::table.filter(cdrs::number.eq_any(chunk)).select(CallRow::as_select()).load(conn)?;
            for row in rows {
                let call = row.call(true).map_err(|what| diesel::result::Error::DeserializationError(what.into()))?;
                stored.calls.insert(call.number, call);
            }
        }
        for chunk in of_conferences.chunks(AT_ONCE) {
            let rows: Vec<ConferenceRow> = conferences::table
                .filter(conferences::number.eq_any(chunk))
                .select(ConferenceRow::as_select())
                .load(conn)?;
            for row in rows {
                let read = ConferenceRecord::try_from(row);
                let conference = read.map_err(|what| diesel::result::Error::DeserializationError(what.into()))?;
                stored.conferences.insert(conference.number, conference);
            }
        }
        stored.read_names(conn)?;
        Ok(stored)
    }

    fn read_names(&mut self, conn: &mut Conn) -> Result<(), TransactionError> {
        let distinct = |of: fn(&Cdr) -> i64| {
            let mut all: Vec<i64> = self.calls.values().map(of).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let (of_accounts, of_customers) = (distinct(|call| call.account_id), distinct(|call| call.customer_id));
        for chunk in of_accounts.chunks(AT_ONCE) {
            let select = accounts::table.filter(accounts::id.eq_any(chunk)).select((accounts::id, accounts::number));
            self.accounts.extend(select.load::<(i64, String)>(conn)?);
        }
        for chunk in of_customers.chunks(AT_ONCE) {
            let select = customers::table.filter(customers::id.eq_any(chunk)).select((customers::id, customers::name));
            self.customers.extend(select.load::<(i64, String)>(conn)?);
        }
        Ok(())
    }

    /// Whether an exported call shows what the store has. A call that was not read, as it is of the same batch, is
    /// compared by its digest alone.
    pub(super) fn shows_call(&self, known: &KnownKey, draft: &CallDraft) -> bool {
        let (Some(exported), Some(call)) = (&draft.exported, self.calls.get(&known.number)) else { return true };
        let is_name = |given: &Option<String>, name: Option<&String>| given.is_none() || given.as_ref() == name;
        is_name(&draft.account, self.accounts.get(&call.account_id))
            && is_name(&draft.customer, self.customers.get(&call.customer_id))
            && shows(call, &draft.call, &exported.fields)
    }

    /// The same for a conference.
    pub(super) fn shows_conference(&self, known: &KnownKey, draft: &ConferenceDraft) -> bool {
        let (Some(exported), Some(kept)) = (&draft.exported, self.conferences.get(&known.number)) else { return true };
        shows(kept, &draft.conference, &exported.fields)
    }
}

/// Whether the fields that an export has are those of the record.
fn shows<R: Record>(kept: &R, exported: &R, fields: &[(R::Field, bool)]) -> bool {
    static DIRECTORY: Directory = Directory::EMPTY;
    fields.iter().all(|(field, has_value)| {
        let value = if *has_value { exported.value(*field, &DIRECTORY) } else { Value::Null };
        kept.value(*field, &DIRECTORY) == value
    })
}
