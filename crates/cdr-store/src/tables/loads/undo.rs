//! Undoes a load: its records get a last version of the kind `withdrawn`, which is in no answer, and their keys are free
//! again. An export at an earlier watermark stays as it was, so the keys are kept where no load finds them.
//!
//! A withdrawn version is replaced by itself: no watermark is between its number and that of what replaced it.

use cdr_mediation::{Load, LoadState, PortError, Undone};
use cdr_model::{Cdr, ConferenceRecord, Record, RecordKind, Timestamp};
use diesel::prelude::*;

use super::super::intake::Counters;
use super::super::parts::Touched;
use super::super::rollup::HourChanges;
use super::super::{Conn, Db, Pending, PendingRow, Store, WriteLock, kept_details};
use super::noting::Sheet;
use crate::error::TransactionError;
use crate::key_digest::key_digest;
use crate::rows::{CallRow, ConferenceRow, Counted, GivenToCall, NewCall, NewConference, NewKey};
use crate::schema::{cdrs, conferences, intake_keys, load_ranges, loads, quarantine};
use crate::types::{At, KeptUuid};

/// The records that are withdrawn in one transaction, few enough that other writers wait only briefly.
const CHUNK: i64 = 2_000;

/// The numbers that one statement names.
const AT_ONCE: usize = 1_000;

/// Undoes a load in short transactions. If it is stopped, the next call continues.
pub(super) fn undo(store: &Store, id: i64, progress: &mut dyn FnMut(u64)) -> Result<Undone, TransactionError> {
    let load = store.read(|conn| store.read_load(conn, id))?;
    check(&load)?;
    let ranges = store.read(|conn| Ok(ranges(conn, id)?))?;
    let mut undone = Undone::default();
    for (sheet, first, last) in ranges {
        let mut next = first;
        while next <= last {
            let until = next.saturating_add(CHUNK - 1).min(last);
            let chunk = |conn: &mut Conn| match sheet {
                Sheet::RECORDS => withdraw(store, conn, next, until),
                _ => Ok(Undone { entries: forget(conn, next, until)?, ..Undone::default() }),
            };
            let done = store.write_records(chunk)?;
            undone.withdrawn += done.withdrawn;
            undone.replaced += done.replaced;
            undone.entries += done.entries;
            progress(undone.withdrawn);
            next = until + 1;
        }
    }
    let ended = (loads::state.eq(LoadState::Undone.code()), loads::ended_at.eq(At((store.0.clock)())));
    store.write(WriteLock::Records, |conn| {
        diesel::update(loads::table.find(id)).set(ended).execute(conn)?;
        Ok(())
    })?;
    Ok(undone)
}

fn check(load: &Load) -> Result<(), PortError> {
    let why = match load.state {
        LoadState::Undone => "is undone already",
        LoadState::Refused => "was refused, and nothing of it was loaded",
        LoadState::Running | LoadState::Complete | LoadState::Stopped => return Ok(()),
    };
    Err(PortError::Refused(format!("load {} {why}", load.id)))
}

/// The ranges of numbers that a load gave, the newest first.
fn ranges(conn: &mut Conn, id: i64) -> QueryResult<Vec<(i64, i64, i64)>> {
    load_ranges::table
        .filter(load_ranges::load_id.eq(id))
        .order((load_ranges::sheet.asc(), load_ranges::first.desc()))
        .select((load_ranges::sheet, load_ranges::first, load_ranges::last))
        .load(conn)
}

/// Removes the open entries with these numbers from the quarantine, so that their lines are held again when they come again.
fn forget(conn: &mut Conn, first: i64, last: i64) -> Result<u64, TransactionError> {
    let open = quarantine::table.filter(quarantine::id.between(first, last)).filter(quarantine::resolution.eq(0));
    Ok(diesel::delete(open).execute(conn)? as u64)
}

/// Withdraws the current records with these numbers.
fn withdraw(store: &Store, conn: &mut Conn, first: i64, last: i64) -> Result<Undone, TransactionError> {
    let damaged = |what: String| store.damaged(what);
    let rows: Vec<CallRow> = cdrs::table
        .filter(cdrs::number.between(first, last))
        .order(cdrs::number)
        .select(CallRow::as_select())
        .load(conn)?;
    let calls = rows.into_iter().map(|row| row.call(false)).collect::<Result<Vec<Cdr>, _>>().map_err(damaged)?;
    let rows: Vec<ConferenceRow> = conferences::table
        .filter(conferences::number.between(first, last))
        .order(conferences::number)
        .select(ConferenceRow::as_select())
        .load(conn)?;
    let held = rows.into_iter().map(ConferenceRecord::try_from).collect::<Result<Vec<_>, _>>().map_err(damaged)?;
    let (calls, replaced_calls): (Vec<Cdr>, Vec<Cdr>) = calls.into_iter().partition(|call| call.replaced_by.is_none());
    let (held, replaced): (Vec<_>, Vec<_>) = held.into_iter().partition(|conference| conference.replaced_by.is_none());
    let by_calls: Vec<i64> = replaced_calls.into_iter().filter_map(|call| call.replaced_by).collect();
    let by_conferences: Vec<i64> = replaced.into_iter().filter_map(|conference| conference.replaced_by).collect();
    let mut done = Undone { replaced: later_versions(conn, &by_calls, &by_conferences)?, ..Undone::default() };

    let numbers: Vec<i64> =
        calls.iter().map(|call| call.number).chain(held.iter().map(|conference| conference.number)).collect();
    let keys = take_keys(conn, &numbers)?;
    let mut changes = Changes::begin(conn)?;
    for key in &keys {
        changes.pending.push(conn, PendingRow::Key(key.freed()))?;
    }
    for call in &calls {
        changes.withdraw_call(conn, call)?;
    }
    for conference in &held {
        changes.withdraw_conference(conn, conference)?;
    }
    done.withdrawn = numbers.len() as u64;
    changes.finish(store, conn)?;
    Ok(done)
}

/// The row of a key.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = intake_keys, check_for_backend(Db))]
struct KeyRow {
    number: i64,
    source_id: i64,
    key: String,
    first_number: i64,
    account_id: i64,
    started_at: At,
    sheet: i64,
    digest: Vec<u8>,
}

impl KeyRow {
    /// The row under another digest, by which no load finds it. An export at an earlier watermark still prints the key.
    fn freed(&self) -> NewKey<'_> {
        // A key has no NUL.
        let unfindable = format!("{}\0{}", self.key, self.number);
        NewKey {
            number: self.number,
            key_digest: KeptUuid(key_digest(self.source_id, &unfindable)),
            source_id: self.source_id,
            key: &self.key,
            first_number: self.first_number,
            account_id: self.account_id,
            started_at: self.started_at,
            sheet: self.sheet,
            digest: &self.digest,
        }
    }
}

/// Removes the keys of records, and returns them.
fn take_keys(conn: &mut Conn, numbers: &[i64]) -> QueryResult<Vec<KeyRow>> {
    let mut taken = Vec::with_capacity(numbers.len());
    for numbers in numbers.chunks(AT_ONCE) {
        let keys = || intake_keys::table.filter(intake_keys::number.eq_any(numbers));
        taken.extend(keys().select(KeyRow::as_select()).load::<KeyRow>(conn)?);
        diesel::delete(keys()).execute(conn)?;
    }
    Ok(taken)
}

/// How many of the records that replaced others are not withdrawn themselves.
fn later_versions(conn: &mut Conn, calls: &[i64], conferences: &[i64]) -> QueryResult<u64> {
    let mut found = 0;
    for numbers in calls.chunks(AT_ONCE) {
        let later = cdrs::table.filter(cdrs::number.eq_any(numbers));
        let later = later.filter(cdrs::kind.ne(i64::from(RecordKind::Withdrawn.code())));
        found += later.count().get_result::<i64>(conn)?.unsigned_abs();
    }
    for numbers in conferences.chunks(AT_ONCE) {
        let later = conferences::table.filter(conferences::number.eq_any(numbers));
        let is_later = conferences::replaced_by
            .is_null()
            .or(conferences::replaced_by.ne(conferences::number.nullable()).assume_not_null());
        found += later.filter(is_later).count().get_result::<i64>(conn)?.unsigned_abs();
    }
    Ok(found)
}

/// What a transaction writes at its end.
struct Changes<'a> {
    counters: Counters,
    pending: Pending<'a>,
    touched: Touched,
    counts: HourChanges,
}

impl<'a> Changes<'a> {
    fn begin(conn: &mut Conn) -> QueryResult<Changes<'a>> {
        let counters = Counters::read(conn)?;
        Ok(Changes {
            counters,
            pending: Pending::default(),
            touched: Touched::default(),
            counts: HourChanges::default(),
        })
    }

    fn withdraw_call(&mut self, conn: &mut Conn, call: &'a Cdr) -> Result<(), TransactionError> {
        let instant = |anchor| -> Option<Timestamp> { call.instant(anchor) };
        self.touched.call(call.account_id, call.started_at, instant);
        let counted = Counted {
            account_id: call.account_id,
            customer_id: call.customer_id,
            kind: i64::from(call.kind.code()),
            service_id: i64::from(call.service_id),
            last_attempt: call.last_attempt,
        };
        self.counts.take_away(counted, instant);
        let number = self.counters.next_record();
        let given = GivenToCall {
            number,
            id: call.id,
            source_id: i64::from(call.source_id),
            account_id: call.account_id,
            customer_id: call.customer_id,
            service_id: i64::from(call.service_id),
            assumed: call.assumed,
            details: kept_details(&Cdr::default(), None, None)
                .map_err(|error| diesel::result::Error::SerializationError(error.into()))?,
            price_text: call.price.map(|price| price.to_string()),
        };
        let kind = i64::from(RecordKind::Withdrawn.code());
        let row = NewCall { replaced_by: Some(number), kind, ..NewCall::new(call, given) };
        self.pending.push(conn, PendingRow::Call(row))?;
        // The full primary key, so that PostgreSQL visits only the partition of the row.
        let old = cdrs::table.find((call.account_id, At(call.started_at), call.number));
        diesel::update(old).set(cdrs::replaced_by.eq(number)).execute(conn)?;
        Ok(())
    }

    fn withdraw_conference(&mut self, conn: &mut Conn, conference: &ConferenceRecord) -> Result<(), TransactionError> {
        let number = self.counters.next_record();
        let source = i64::from(conference.source_id);
        let row = NewConference::new(conference, number, conference.id, source).replaced_by(number);
        diesel::insert_into(conferences::table).values(row).execute(conn)?;
        let old = conferences::table.find(conference.number);
        diesel::update(old).set(conferences::replaced_by.eq(number)).execute(conn)?;
        Ok(())
    }

    fn finish(mut self, store: &Store, conn: &mut Conn) -> Result<(), TransactionError> {
        let engine = &store.0.engine;
        self.pending.flush(conn, engine)?;
        self.touched.write(conn, self.counters.last_record())?;
        self.counts.write(conn)?;
        Ok(self.counters.write(conn, engine)?)
    }
}
