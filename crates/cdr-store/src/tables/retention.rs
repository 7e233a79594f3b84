//! Removes records that are older than the retention period.

use std::collections::HashSet;

use cdr_model::Timestamp;
use diesel::prelude::*;
use uuid::Uuid;

use super::Conn;
use super::balances::fold_before;
use super::intake::dialogues::forget_before;
use super::intake::{BEFORE_RETENTION, OPEN};
use super::ledger::{FAILED, WITHDRAWN, withdraw_aged};
use super::parts::{begin_removing, begin_removing_unnoted, end_removing, is_removing};
use super::{Store, WriteLock, remove_whole};
use crate::error::{StoreError, TransactionError};
use crate::key_digest::key_digest;
use crate::schema::{cdrs, conferences, exports, intake_keys, quarantine};
use crate::types::{At, KeptUuid};

/// Records removed in one transaction, few enough that other writers wait only briefly.
const CHUNK: i64 = 2_000;

/// How long after the removal of a record the file of an export may hold it, in microseconds: one day. Otherwise an export
/// of everything would be withdrawn as soon as the next second is removed.
const FILES_STAY: i64 = 86_400_000_000;

/// Removes one chunk; `None` if calls were found whose parts are not noted as being removed.
type Remove = fn(&mut Conn, At) -> Result<Option<Removed>, TransactionError>;

impl Store {
    /// Removes in chunks until nothing older is left; see [`crate::Store::remove_before`].
    pub(crate) fn remove_before(&self, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
        let explained = |error| self.0.place.error(error);
        self.write(WriteLock::Records, |conn| fold_before(conn, floor)).map_err(explained)?;
        begin_removing(self, floor).map_err(explained)?;
        let whole = remove_whole(self, floor, progress);
        let aged = floor.plus_micros(-FILES_STAY);
        self.write(WriteLock::Exports, |conn| Ok(withdraw_aged(conn, aged, (self.0.clock)())?)).map_err(explained)?;
        let mut removed = *whole.as_ref().unwrap_or(&0);
        // If a partition could not be dropped, its calls are not removed one by one; all other rows are.
        if whole.is_ok() {
            self.remove_chunks(calls, floor, &mut removed, progress)?;
        }
        for remove in [conferences as Remove, transactions, entries, ended_exports] {
            self.remove_chunks(remove, floor, &mut removed, progress)?;
        }
        self.remove_lines(floor)?;
        self.remove_orphans()?;
        whole?;
        // A load with an earlier floor may have added calls meanwhile.
        while !end_removing(self, floor).map_err(explained)? {
            self.remove_chunks(calls, floor, &mut removed, progress)?;
        }
        Ok(removed)
    }

    fn remove_chunks(
        &self,
        remove: Remove,
        floor: Timestamp,
        removed: &mut u64,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), StoreError> {
        let explained = |error| self.0.place.error(error);
        loop {
            match self.write(WriteLock::Records, |conn| remove(conn, At(floor))).map_err(explained)? {
                None => begin_removing_unnoted(self, floor).map_err(explained)?,
                Some((0, _)) => return Ok(()),
                Some((_, records)) => {
                    *removed += records;
                    progress(*removed);
                }
            }
        }
    }

    /// Removes settled entries about records that no longer exist: they have the names and numbers of those.
    fn remove_orphans(&self) -> Result<(), StoreError> {
        let mut after = Some(0);
        while let Some(id) = after {
            let chunk = self.write(WriteLock::Records, |conn| orphans(conn, id));
            after = chunk.map_err(|error| self.0.place.error(error))?;
        }
        Ok(())
    }
}

/// The number of removed rows, and how many of them were records.
type Removed = (usize, u64);

fn calls(conn: &mut Conn, floor: At) -> Result<Option<Removed>, TransactionError> {
    let oldest = cdrs::table.filter(cdrs::started_at.lt(floor)).order((cdrs::started_at, cdrs::number));
    let numbers: Vec<i64> = oldest.select(cdrs::number).limit(CHUNK).load(conn)?;
    if !numbers.is_empty() && !is_removing(conn, floor.0)? {
        return Ok(None);
    }
    let rows = diesel::delete(cdrs::table.filter(cdrs::number.eq_any(&numbers))).execute(conn)?;
    forget(conn, &numbers)?;
    Ok(Some((rows, rows as u64)))
}

fn conferences(conn: &mut Conn, floor: At) -> Result<Option<Removed>, TransactionError> {
    let oldest = conferences::table.filter(conferences::started_at.lt(floor));
    let oldest = oldest.order((conferences::started_at, conferences::number));
    let numbers: Vec<i64> = oldest.select(conferences::number).limit(CHUNK).load(conn)?;
    let rows = diesel::delete(conferences::table.filter(conferences::number.eq_any(&numbers))).execute(conn)?;
    forget(conn, &numbers)?;
    Ok(Some((rows, rows as u64)))
}

/// Removes the keys whose current version is one of these.
fn forget(conn: &mut Conn, numbers: &[i64]) -> QueryResult<()> {
    diesel::delete(intake_keys::table.filter(intake_keys::number.eq_any(numbers))).execute(conn).map(drop)
}

fn transactions(conn: &mut Conn, floor: At) -> Result<Option<Removed>, TransactionError> {
    Ok(Some((forget_before(conn, floor, CHUNK)?, 0)))
}

fn entries(conn: &mut Conn, floor: At) -> Result<Option<Removed>, TransactionError> {
    // An entry that was refused for its age is only a note: it cannot be resolved.
    let done = quarantine::resolution.ne(OPEN).or(quarantine::reason.eq(BEFORE_RETENTION));
    let settled = quarantine::table.filter(quarantine::received_at.lt(floor)).filter(done);
    let ids: Vec<i64> = settled.select(quarantine::id).order(quarantine::id).limit(CHUNK).load(conn)?;
    let rows = diesel::delete(quarantine::table.filter(quarantine::id.eq_any(&ids))).execute(conn)?;
    Ok(Some((rows, 0)))
}

/// Removes the orphans among the settled conflicts after one. Returns the last one that was looked at. The keys are looked
/// up apart, because the two tables may be on several servers.
fn orphans(conn: &mut Conn, after: i64) -> Result<Option<i64>, TransactionError> {
    let conflicts = quarantine::table.filter(quarantine::id.gt(after)).filter(quarantine::resolution.ne(OPEN));
    let conflicts = conflicts.filter(quarantine::known_number.is_not_null()).order(quarantine::id).limit(CHUNK);
    let conflicts: Vec<(i64, i64, Option<String>)> =
        conflicts.select((quarantine::id, quarantine::source_id, quarantine::key)).load(conn)?;
    let keyed: Vec<(i64, KeptUuid)> = conflicts
        .iter()
        .filter_map(|(id, source, key)| Some((*id, KeptUuid(key_digest(*source, key.as_deref()?)))))
        .collect();
    let present = intake_keys::table.filter(intake_keys::key_digest.eq_any(keyed.iter().map(|(_, digest)| digest)));
    let present: Vec<KeptUuid> = present.select(intake_keys::key_digest).load(conn)?;
    let present: HashSet<Uuid> = present.into_iter().map(|digest| digest.0).collect();
    let gone: Vec<i64> =
        keyed.into_iter().filter(|(_, digest)| !present.contains(&digest.0)).map(|(id, _)| id).collect();
    diesel::delete(quarantine::table.filter(quarantine::id.eq_any(gone))).execute(conn)?;
    Ok(conflicts.last().map(|(id, _, _)| *id))
}

/// Removes exports that can no longer be collected. The tags of their lanes stay.
fn ended_exports(conn: &mut Conn, floor: At) -> Result<Option<Removed>, TransactionError> {
    let ended = exports::table.filter(exports::state.eq_any([FAILED, WITHDRAWN])).filter(exports::created_at.lt(floor));
    let numbers: Vec<i64> = ended.select(exports::number).order(exports::number).limit(CHUNK).load(conn)?;
    let rows = diesel::delete(exports::table.filter(exports::number.eq_any(&numbers))).execute(conn)?;
    Ok(Some((rows, 0)))
}
