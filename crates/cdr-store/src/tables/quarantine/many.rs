//! Counts and settles many entries at once.

use std::collections::BTreeMap;

use cdr_mediation::{AcceptedEntries, EntryFilter, EntryTally, PortError, QuarantineEntry};
use cdr_model::Timestamp;
use diesel::prelude::*;

use super::super::intake::{DROPPED, OPEN};
use super::super::loads::entries_of;
use super::super::{Conn, Db, Store, WriteLock};
use crate::error::TransactionError;
use crate::schema::{quarantine, sources};
use crate::types::At;

/// The entries that are read, or settled, in one transaction.
const CHUNK: i64 = 1_000;

/// An open entry.
struct Selected {
    id: i64,
    source: String,
    reason: String,
    received_at: Timestamp,
}

/// Counts the open entries that a filter selects.
pub(super) fn summary(store: &Store, filter: &EntryFilter) -> Result<Vec<EntryTally>, TransactionError> {
    let mut tallies: BTreeMap<(String, String), EntryTally> = BTreeMap::new();
    let mut after = 0;
    while let Some((entries, last)) = store.read(|conn| next(conn, filter, after))? {
        for entry in entries {
            let (source, reason, at) = (entry.source.clone(), entry.reason.clone(), entry.received_at);
            let tally = tallies.entry((entry.source, entry.reason)).or_insert(EntryTally {
                source,
                reason,
                entries: 0,
                received: (at, at),
            });
            tally.entries += 1;
            tally.received = (tally.received.0.min(at), tally.received.1.max(at));
        }
        after = last;
    }
    Ok(tallies.into_values().collect())
}

/// The next open entries that a filter selects.
pub(super) fn selected(
    store: &Store,
    filter: &EntryFilter,
    after: i64,
    limit: usize,
) -> Result<Vec<QuarantineEntry>, TransactionError> {
    let mut after = after;
    store.read(|conn| {
        let mut found = Vec::new();
        while let Some((entries, last)) = next(conn, filter, after)? {
            for entry in entries.into_iter().take(limit - found.len()) {
                found.push(store.read_entry(conn, entry.id)?.0);
            }
            if found.len() == limit {
                break;
            }
            after = last;
        }
        Ok(found)
    })
}

/// How many entries are open, counted up to `most`.
pub(super) fn open(store: &Store, most: u64) -> Result<u64, TransactionError> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let open = quarantine::table.filter(quarantine::resolution.eq(OPEN));
    store.read(|conn| {
        let last = open.order(quarantine::id.asc()).select(quarantine::id).offset(most.saturating_sub(1));
        let beyond = last.first::<i64>(conn).optional()?;
        if beyond.is_some() {
            return Ok(most.unsigned_abs());
        }
        Ok(open.count().get_result::<i64>(conn)?.unsigned_abs())
    })
}

/// Settles the open entries that a filter selects without loading them.
pub(super) fn discard(
    store: &Store,
    filter: &EntryFilter,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, TransactionError> {
    let (mut discarded, mut after) = (0, 0);
    let now = (store.0.clock)();
    loop {
        let chunk = store.write(WriteLock::Records, |conn| {
            let Some((entries, last)) = next(conn, filter, after)? else { return Ok(None) };
            let ids: Vec<i64> = entries.iter().map(|entry| entry.id).collect();
            let open = quarantine::table.filter(quarantine::id.eq_any(&ids)).filter(quarantine::resolution.eq(OPEN));
            let settled = (quarantine::resolution.eq(DROPPED), quarantine::resolved_at.eq(At(now)));
            Ok(Some((diesel::update(open).set(settled).execute(conn)? as u64, last)))
        })?;
        let Some((entries, last)) = chunk else { return Ok(discarded) };
        discarded += entries;
        after = last;
        progress(discarded);
    }
}

/// Accepts the conflicts among the open entries that a filter selects.
pub(super) fn accept(
    store: &Store,
    filter: &EntryFilter,
    progress: &mut dyn FnMut(u64),
) -> Result<AcceptedEntries, TransactionError> {
    let (mut all, mut after) = (AcceptedEntries::default(), 0);
    loop {
        let chunk = store.write_records(|conn| {
            let Some((entries, last)) = next(conn, filter, after)? else { return Ok(None) };
            let mut done = AcceptedEntries::default();
            for entry in entries {
                // What is refused has written nothing.
                match store.accept_in(conn, entry.id) {
                    Ok(_) => done.accepted += 1,
                    Err(TransactionError::Port(error @ (PortError::Refused(_) | PortError::NotFound { .. }))) => {
                        done.refused += 1;
                        done.reason.get_or_insert_with(|| error.to_string());
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(Some((done, last)))
        })?;
        let Some((done, last)) = chunk else { return Ok(all) };
        all.accepted += done.accepted;
        all.refused += done.refused;
        all.reason = all.reason.or(done.reason);
        after = last;
        progress(all.accepted + all.refused);
    }
}

/// Of the next open entries after a number those that a filter selects, and the last number that was looked at; `None` at
/// the end.
fn next(conn: &mut Conn, filter: &EntryFilter, after: i64) -> Result<Option<(Vec<Selected>, i64)>, TransactionError> {
    let EntryFilter { source, reason, load, received_before } = filter;
    let mut select = quarantine::table
        .inner_join(sources::table)
        .filter(quarantine::resolution.eq(OPEN))
        .filter(quarantine::id.gt(after))
        .order(quarantine::id.asc())
        .limit(CHUNK)
        .select((quarantine::id, sources::name, quarantine::reason, quarantine::received_at))
        .into_boxed::<Db>();
    if let Some(source) = source {
        select = select.filter(sources::name.eq(source));
    }
    if let Some(reason) = reason {
        select = select.filter(quarantine::reason.eq(reason));
    }
    if let Some(before) = received_before {
        select = select.filter(quarantine::received_at.lt(At(*before)));
    }
    let rows: Vec<(i64, String, String, At)> = select.load(conn)?;
    let Some(last) = rows.last().map(|(id, ..)| *id) else { return Ok(None) };
    let ranges = load.map(|load| entries_of(conn, load)).transpose()?;
    let is_of_load = |id: i64| ranges.as_ref().is_none_or(|ranges| ranges.iter().any(|range| range.contains(&id)));
    let entries = rows.into_iter().filter(|(id, ..)| is_of_load(*id));
    let entries = entries.map(|(id, source, reason, at)| Selected { id, source, reason, received_at: at.0 });
    Ok(Some((entries.collect(), last)))
}
