//! Stores one record: its row, and the row of its key.

use std::collections::HashMap;

use super::super::parts::Touched;
use super::super::rollup::HourChanges;
use super::super::{Conn, Engine, Pending, kept_details};
use cdr_mediation::{CallDraft, ConferenceDraft};
use cdr_model::{Assumed, Record};
use diesel::prelude::*;
use uuid::Uuid;

use super::accounts::{Accounts, Booked};
use super::counters::Counters;
use super::forms;
use super::keys::{self, KnownKey, RecordTable};
use super::reference;
use super::screen;
use crate::error::TransactionError;
use crate::key_digest::key_digest;
use crate::rejection::Rejection;
use crate::rows::{Counted, CountedRow, GivenToCall, NewCall, NewConference, NewKey};
use crate::schema::{cdrs, conferences};
use crate::types::{At, KeptUuid};

/// The UUID name space of calls without a UUID from their switch. Their `call_uuid` is the version 5 UUID (RFC 9562) of
/// the source's name, a NUL and the natural key in this name space, so it is the same wherever the record is loaded.
const CALLS: Uuid = Uuid::from_u128(0x0b6c_7f54_6c0e_4d0b_9c5e_7a11_b00c_ca11);

/// The state of a transaction that stores records.
pub(crate) struct Arrival<'a> {
    /// Rows that are to be written before the counters.
    pub(crate) pending: Pending<'a>,
    pub(crate) source_id: i64,
    pub(crate) source: &'a str,
    pub(crate) counters: Counters,
    pub(crate) accounts: Accounts,
    pub(crate) services: HashMap<String, Option<i64>>,
    /// The parts that the transaction changes.
    pub(crate) touched: Touched,
    /// What it changes in the numbers of calls.
    pub(crate) counts: HourChanges,
}

impl Arrival<'_> {
    /// Writes what was collected. It is the last that the transaction writes but what it knows of its own.
    pub(crate) fn finish(mut self, conn: &mut Conn, engine: &Engine) -> Result<(), TransactionError> {
        self.pending.flush(conn, engine)?;
        self.touched.write(conn, self.counters.last_record())?;
        self.counts.write(conn)?;
        Ok(self.counters.write(conn, engine)?)
    }
}

/// A row of the kinds that a load writes in bulk.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "it is passed on immediately and never stored")]
pub(crate) enum PendingRow<'a> {
    /// A call.
    Call(NewCall<'a>),
    /// A new key.
    Key(NewKey<'a>),
}

/// A record that was stored.
#[derive(Debug)]
pub(crate) struct KeptRecord {
    pub(crate) known: KnownKey,
    pub(crate) unassigned: bool,
}

/// What the store adds to a call.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub(crate) booked: Booked,
    pub(crate) service_id: i64,
    pub(crate) assumed: Assumed,
    /// The UUID of a call whose switch assigned none.
    pub(crate) call_uuid: Option<Uuid>,
    /// The code of an account that is not known.
    pub(crate) account_given: Option<String>,
}

/// Stores a call: a new one, or a new version of a known one. A rejection comes before the first write, so that the
/// batch can continue.
pub(crate) fn keep_call<'a>(
    conn: &mut Conn,
    arrival: &mut Arrival<'a>,
    draft: &'a CallDraft,
    replaces: Option<&'a KnownKey>,
) -> Result<KeptRecord, TransactionError> {
    let prepared = prepare_call(conn, arrival, draft)?;
    keep_prepared(conn, arrival, draft, prepared, replaces)
}

/// Finds what the store adds to a call.
pub(crate) fn prepare_call(
    conn: &mut Conn,
    arrival: &mut Arrival<'_>,
    draft: &CallDraft,
) -> Result<Prepared, TransactionError> {
    screen::call(draft)?;
    let service_id = service(conn, arrival, draft)?;
    let found = arrival.accounts.find(conn, &mut arrival.counters, draft.account.as_deref(), draft.customer.as_deref());
    let booked = found?;
    let call = &draft.call;
    let mut assumed = call.assumed;
    let mut account_given = None;
    if booked.unassigned {
        assumed.insert(Assumed::ACCOUNT);
        let code = draft.account.as_deref().filter(|code| !code.is_empty());
        account_given = code.filter(|_| call.details.account_given.is_none()).map(str::to_owned);
    }
    let call_uuid = call.details.call_uuid.is_none().then(|| call_uuid(arrival.source, &draft.key));
    Ok(Prepared { booked, service_id, assumed, call_uuid, account_given })
}

/// Stores a call with what the store adds to it.
pub(crate) fn keep_prepared<'a>(
    conn: &mut Conn,
    arrival: &mut Arrival<'a>,
    draft: &'a CallDraft,
    prepared: Prepared,
    replaces: Option<&'a KnownKey>,
) -> Result<KeptRecord, TransactionError> {
    let call = &draft.call;
    let Prepared { booked, service_id, assumed, call_uuid, account_given } = prepared;
    let details = kept_details(call, call_uuid, account_given.as_deref())
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let price_text = call.price.map(|price| price.to_string());
    let number = arrival.counters.next_record();
    let id = replaces.map_or(number, |known| known.first_number);
    let given = GivenToCall {
        number,
        id,
        source_id: arrival.source_id,
        account_id: booked.account_id,
        customer_id: booked.customer_id,
        service_id,
        assumed,
        details,
        price_text,
    };
    arrival.pending.push(conn, PendingRow::Call(NewCall::new(call, given)))?;
    arrival.touched.call(booked.account_id, call.started_at, |anchor| call.instant(anchor));
    let counted = Counted {
        account_id: booked.account_id,
        customer_id: booked.customer_id,
        kind: i64::from(call.kind.code()),
        service_id,
        last_attempt: call.last_attempt,
    };
    arrival.counts.add(counted, |anchor| call.instant(anchor));
    if let Some(known) = replaces {
        note_replaced(conn, arrival, known)?;
        // The full primary key, so that PostgreSQL visits only the partition of the row.
        let old = cdrs::table.find((known.account_id, known.started_at, known.number));
        diesel::update(old).set(cdrs::replaced_by.eq(number)).execute(conn)?;
    }
    let entry = NewKey {
        key_digest: KeptUuid(key_digest(arrival.source_id, &draft.key)),
        source_id: arrival.source_id,
        key: &draft.key,
        number,
        first_number: id,
        account_id: booked.account_id,
        started_at: At(call.started_at),
        sheet: RecordTable::Calls.code(),
        digest: draft.identity(),
        form: draft.form.as_deref().map(|form| forms::code(form, call)),
    };
    remember(conn, arrival, entry, replaces)?;
    Ok(KeptRecord { known: keys::known(&entry), unassigned: booked.unassigned })
}

/// Notes the parts of a version that is replaced, and counts it no more.
fn note_replaced(conn: &mut Conn, arrival: &mut Arrival<'_>, known: &KnownKey) -> Result<(), TransactionError> {
    let old = cdrs::table.find((known.account_id, known.started_at, known.number));
    let old: CountedRow = old.select(CountedRow::as_select()).first(conn)?;
    arrival.touched.call(known.account_id, old.started_at.0, |anchor| old.instant(anchor));
    arrival.counts.take_away(old.counted(), |anchor| old.instant(anchor));
    Ok(())
}

/// Stores a conference: a new one, or a new version of a known one.
pub(crate) fn keep_conference<'a>(
    conn: &mut Conn,
    arrival: &mut Arrival<'a>,
    draft: &'a ConferenceDraft,
    replaces: Option<&'a KnownKey>,
) -> Result<KeptRecord, TransactionError> {
    screen::conference(draft)?;
    let number = arrival.counters.next_record();
    let id = replaces.map_or(number, |known| known.first_number);
    let row = NewConference::new(&draft.conference, number, id, arrival.source_id);
    diesel::insert_into(conferences::table).values(row).execute(conn)?;
    if let Some(known) = replaces {
        let old = conferences::table.find(known.number);
        diesel::update(old).set(conferences::replaced_by.eq(number)).execute(conn)?;
    }
    let entry = NewKey {
        key_digest: KeptUuid(key_digest(arrival.source_id, &draft.key)),
        source_id: arrival.source_id,
        key: &draft.key,
        number,
        first_number: id,
        account_id: 0,
        started_at: At(draft.conference.started_at),
        sheet: RecordTable::Conferences.code(),
        digest: draft.identity(),
        form: None,
    };
    remember(conn, arrival, entry, replaces)?;
    Ok(KeptRecord { known: keys::known(&entry), unassigned: false })
}

fn remember<'a>(
    conn: &mut Conn,
    arrival: &mut Arrival<'a>,
    entry: NewKey<'a>,
    replaces: Option<&'a KnownKey>,
) -> Result<(), TransactionError> {
    match replaces {
        Some(known) => {
            keys::update(conn, &entry)?;
            arrival.pending.push(conn, PendingRow::Key(keys::freed(&entry, known)))
        }
        None => arrival.pending.push(conn, PendingRow::Key(entry)),
    }
}

/// The number of the service that the draft names, or else the number in the draft.
fn service(conn: &mut Conn, arrival: &mut Arrival<'_>, draft: &CallDraft) -> Result<i64, TransactionError> {
    let Some(name) = &draft.service else { return Ok(i64::from(draft.call.service_id)) };
    let found = match arrival.services.get(name) {
        Some(found) => *found,
        None => {
            let found = reference::service_named(conn, name)?.map(|service| i64::from(service.id));
            arrival.services.insert(name.clone(), found);
            found
        }
    };
    let unknown = || Rejection::Invalid {
        reason: "service-unknown",
        detail: format!("there is no service `{name}`; add it, then load this again"),
    };
    Ok(found.ok_or_else(unknown)?)
}

/// The UUID of a call whose switch assigned none.
fn call_uuid(source: &str, key: &str) -> Uuid {
    let mut name = Vec::with_capacity(source.len() + 1 + key.len());
    name.extend_from_slice(source.as_bytes());
    name.push(0);
    name.extend_from_slice(key.as_bytes());
    Uuid::new_v5(&CALLS, &name)
}

#[cfg(test)]
mod tests {
    use super::call_uuid;

    /// Clients keep these UUIDs.
    #[test]
    fn a_call_has_the_same_uuid_wherever_it_is_loaded() {
        assert_eq!(call_uuid("pbx", "1/2/3").to_string(), "80fc6721-475e-510e-b397-6bc24c9bd7ee");
    }
}
