//! The parts of calls that are being removed.
//!
//! A removal consists of many transactions. Before the first one that removes a call, the parts that it will change get a new
//! version, and are marked as being removed: nothing that is derived from them meanwhile is used again. After the last one they
//! get a version again, or are gone, and the calls of their hours are counted anew. After a crash they stay marked until a
//! removal up to the same or a later instant has ended.

use cdr_model::Timestamp;
use diesel::prelude::*;

use super::super::intake::Counters;
use super::super::rollup::recount;
use super::super::{Conn, Store};
use super::{REMOVED, REMOVING, mark, set};
use crate::error::TransactionError;
use crate::schema::{cdrs, counters, part_versions};
use crate::types::At;

/// Notes that the calls that started before an instant are being removed, if a part may have any.
pub(crate) fn begin_removing(store: &Store, floor: Timestamp) -> Result<(), TransactionError> {
    store.write_records(|conn| if touch(store, conn, floor.micros())? > 0 { note(conn, floor) } else { Ok(()) })
}

/// Notes it although no part is known that has such calls: a program of before parts may have written them.
pub(crate) fn begin_removing_unnoted(store: &Store, floor: Timestamp) -> Result<(), TransactionError> {
    store.write_records(|conn| {
        touch(store, conn, floor.micros())?;
        note(conn, floor)
    })
}

/// Whether the calls that started before an instant are noted as being removed.
pub(crate) fn is_removing(conn: &mut Conn, floor: Timestamp) -> QueryResult<bool> {
    Ok(noted(conn)?.is_some_and(|noted| noted >= floor.micros()))
}

/// Notes that all calls that started before an instant were removed. Returns whether they were: further ones may have been
/// loaded meanwhile.
pub(crate) fn end_removing(store: &Store, floor: Timestamp) -> Result<bool, TransactionError> {
    store.write_records(|conn| {
        let until = floor.micros();
        let is_left = cdrs::table.filter(cdrs::started_at.lt(At(floor))).select(cdrs::number);
        if is_left.first::<i64>(conn).optional()?.is_some() {
            return Ok(false);
        }
        let noted = noted(conn)?;
        let changed = part_versions::table.filter(part_versions::earliest.lt(until)).select(part_versions::part);
        if noted.is_none() && changed.first::<i64>(conn).optional()?.is_none() {
            return Ok(true);
        }
        recount(conn, floor)?;
        diesel::delete(part_versions::table.filter(part_versions::latest.lt(until))).execute(conn)?;
        touch(store, conn, until)?;
        let rest = part_versions::table.filter(part_versions::earliest.lt(until));
        diesel::update(rest).set(part_versions::earliest.eq(until)).execute(conn)?;
        // A removal up to a later instant may have begun meanwhile, or have been interrupted.
        if noted <= Some(until) {
            diesel::delete(counters::table.find(REMOVING)).execute(conn)?;
        }
        Ok(true)
    })
}

/// The instant, in microseconds, up to which calls are being removed.
fn noted(conn: &mut Conn) -> QueryResult<Option<i64>> {
    counters::table.find(REMOVING).select(counters::last).first(conn).optional()
}

fn note(conn: &mut Conn, floor: Timestamp) -> Result<(), TransactionError> {
    let until = floor.micros();
    let noted = noted(conn)?.unwrap_or(until);
    Ok(set(conn, REMOVING, noted.max(until))?)
}

/// Gives a new version to the parts that may have calls that started before an instant. Returns their number.
fn touch(store: &Store, conn: &mut Conn, until: i64) -> Result<usize, TransactionError> {
    let mut numbers = Counters::read(conn)?;
    let number = numbers.next_record();
    let touched = part_versions::table.filter(part_versions::earliest.lt(until));
    let version = (part_versions::touched_by.eq(number), part_versions::mark.eq(mark()));
    let parts = diesel::update(touched).set(version).execute(conn)?;
    if parts > 0 {
        numbers.write(conn, &store.0.engine)?;
        set(conn, REMOVED, number)?;
    }
    Ok(parts)
}
