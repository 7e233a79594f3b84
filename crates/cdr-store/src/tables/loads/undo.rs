//! Undoes a load: its records get a last version of the kind `withdrawn`, which is in no answer, and their keys are free
//! again. An export at an earlier watermark stays as it was, so the keys are kept where no load finds them.

use std::collections::HashSet;

use cdr_mediation::{Load, LoadKind, LoadState, PortError, Undone};
use cdr_model::{Cdr, ConferenceRecord};
use diesel::prelude::*;

use super::super::intake::dialogues::{forget_of_load, join_again};
use super::super::lines::forget_lines_of;
use super::super::versions::{AT_ONCE, CHUNK, Changes, take_keys};
use super::super::{Conn, Store, WriteLock};
use super::noting::Sheet;
use crate::error::TransactionError;
use crate::rows::{CallRow, ConferenceRow};
use crate::schema::{cdrs, conferences, load_ranges, loads, quarantine};
use crate::types::{At, KeptUuid};

/// Undoes a load in short transactions. If it is stopped, the next call continues.
pub(super) fn undo(store: &Store, id: i64, progress: &mut dyn FnMut(u64)) -> Result<Undone, TransactionError> {
    // From here on, the load stores no more.
    store.write(WriteLock::Records, |conn| {
        check(&store.read_load(conn, id)?)?;
        diesel::update(loads::table.find(id)).set(loads::state.eq(LoadState::Undoing.code())).execute(conn)?;
        Ok(())
    })?;
    let ranges = store.read(|conn| Ok(ranges(conn, id)?))?;
    let mut undone = Undone::default();
    loop {
        let (transactions, done) = store.write_records(|conn| leave_dialogues(store, conn, id))?;
        if transactions == 0 {
            break;
        }
        undone.withdrawn += done.withdrawn;
        undone.replaced += done.replaced;
        progress(undone.withdrawn);
    }
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
        forget_lines_of(conn, id)?;
        diesel::update(loads::table.find(id)).set(ended).execute(conn)?;
        Ok(())
    })?;
    Ok(undone)
}

fn check(load: &Load) -> Result<(), PortError> {
    let why = match load.state {
        _ if load.draft.kind == LoadKind::Remap => {
            "is a remap, which changed records of other loads; another remap changes them back"
        }
        LoadState::Undone => "is undone already",
        LoadState::Refused => "was refused, and nothing of it was loaded",
        LoadState::Running | LoadState::Complete | LoadState::Stopped | LoadState::Undoing => return Ok(()),
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

/// Takes transactions of a load out of their dialogues, and withdraws the calls that were joined from them. Returns how many
/// transactions there were.
fn leave_dialogues(store: &Store, conn: &mut Conn, id: i64) -> Result<(usize, Undone), TransactionError> {
    let (transactions, records) = forget_of_load(conn, id, CHUNK)?;
    let mut rows = Vec::with_capacity(records.len());
    for numbers in records.chunks(AT_ONCE) {
        let calls = cdrs::table.filter(cdrs::number.eq_any(numbers)).select(CallRow::as_select());
        rows.extend(calls.load::<CallRow>(conn)?);
    }
    Ok((transactions, withdraw_rows(store, conn, rows, Vec::new())?))
}

/// Removes the open entries with these numbers from the quarantine, so that their lines are held again when they come again.
fn forget(conn: &mut Conn, first: i64, last: i64) -> Result<u64, TransactionError> {
    let open = quarantine::table.filter(quarantine::id.between(first, last)).filter(quarantine::resolution.eq(0));
    Ok(diesel::delete(open).execute(conn)? as u64)
}

/// Withdraws the records with these numbers, or the versions by which they were booked elsewhere.
fn withdraw(store: &Store, conn: &mut Conn, first: i64, last: i64) -> Result<Undone, TransactionError> {
    let rows: Vec<CallRow> =
        cdrs::table.filter(cdrs::number.between(first, last)).select(CallRow::as_select()).load(conn)?;
    let conferences: Vec<ConferenceRow> = conferences::table
        .filter(conferences::number.between(first, last))
        .select(ConferenceRow::as_select())
        .load(conn)?;
    withdraw_rows(store, conn, rows, conferences)
}

/// Withdraws these records, once in a transaction: it takes numbers.
fn withdraw_rows(
    store: &Store,
    conn: &mut Conn,
    rows: Vec<CallRow>,
    conferences: Vec<ConferenceRow>,
) -> Result<Undone, TransactionError> {
    let damaged = |what: String| store.damaged(what);
    let (mut calls, mut replaced) = (Vec::with_capacity(rows.len()), 0);
    let mut found = rows.into_iter().map(|row| row.call(false)).collect::<Result<Vec<Cdr>, _>>().map_err(damaged)?;
    while !found.is_empty() {
        let (current, old): (Vec<Cdr>, Vec<Cdr>) = found.into_iter().partition(|call| call.replaced_by.is_none());
        calls.extend(current);
        let next: Vec<i64> = old.iter().filter_map(|call| call.replaced_by.filter(|by| *by != call.number)).collect();
        let accepted = accepted(conn, &next)?;
        replaced += accepted.len() as u64;
        let next: Vec<i64> = next.into_iter().filter(|number| !accepted.contains(number)).collect();
        found = Vec::new();
        for numbers in next.chunks(AT_ONCE) {
            let rows = cdrs::table.filter(cdrs::number.eq_any(numbers)).select(CallRow::as_select());
            for row in rows.load::<CallRow>(conn)? {
                found.push(row.call(false).map_err(damaged)?);
            }
        }
    }
    let held =
        conferences.into_iter().map(ConferenceRecord::try_from).collect::<Result<Vec<_>, _>>().map_err(damaged)?;
    let (held, old): (Vec<_>, Vec<_>) = held.into_iter().partition(|conference| conference.replaced_by.is_none());
    let next: Vec<i64> = old.iter().filter_map(|conference| conference.replaced_by).collect();
    replaced += accepted(conn, &next)?.len() as u64;
    calls.sort_unstable_by_key(|call| call.number);

    let numbers: Vec<i64> =
        calls.iter().map(|call| call.number).chain(held.iter().map(|conference| conference.number)).collect();
    let keys = take_keys(conn, &numbers)?;
    // The transactions of a joined call may be of other loads.
    let dialogues: Vec<KeptUuid> = keys.iter().map(|key| key.key_digest()).collect();
    join_again(conn, &dialogues)?;
    let mut changes = Changes::begin(conn)?;
    for key in &keys {
        changes.free_key(conn, key)?;
    }
    for call in &calls {
        changes.withdraw_call(conn, call)?;
    }
    for conference in &held {
        changes.withdraw_conference(conn, conference)?;
    }
    changes.finish(store, conn)?;
    Ok(Undone { withdrawn: numbers.len() as u64, replaced, ..Undone::default() })
}

/// Those of these versions that were accepted from the quarantine.
fn accepted(conn: &mut Conn, numbers: &[i64]) -> QueryResult<HashSet<i64>> {
    let mut found = HashSet::new();
    for numbers in numbers.chunks(AT_ONCE) {
        let entries = quarantine::table.filter(quarantine::resolved_number.eq_any(numbers));
        let entries = entries.filter(quarantine::known_number.is_not_null());
        found.extend(entries.select(quarantine::resolved_number).load::<Option<i64>>(conn)?.into_iter().flatten());
    }
    Ok(found)
}
