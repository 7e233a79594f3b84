//! The parts of calls that are being removed.
//!
//! A removal consists of many transactions. Before the first one, the parts that it will change get a new version, and are
//! marked as being removed: nothing that is derived from them meanwhile is used again. After the last one they get a
//! version again, or are gone. After a crash they stay marked until the next removal has ended.

use cdr_model::Timestamp;
use diesel::prelude::*;

use super::super::intake::Counters;
use super::super::rollup::recount;
use super::super::{Conn, Store};
use super::{REMOVED, REMOVING, mark, set};
use crate::error::TransactionError;
use crate::schema::{counters, part_versions};

/// Notes that the calls that started before an instant are being removed.
pub(crate) fn begin_removing(store: &Store, floor: Timestamp) -> Result<(), TransactionError> {
    store.write_records(|conn| {
        let until = floor.micros();
        if touch(store, conn, until)? == 0 {
            return Ok(());
        }
        let noted: Option<i64> = counters::table.find(REMOVING).select(counters::last).first(conn).optional()?;
        set(conn, REMOVING, noted.unwrap_or(until).max(until))?;
        Ok(())
    })
}

/// Notes that all calls that started before an instant were removed.
pub(crate) fn end_removing(store: &Store, floor: Timestamp) -> Result<(), TransactionError> {
    store.write_records(|conn| {
        let until = floor.micros();
        let noted: Option<i64> = counters::table.find(REMOVING).select(counters::last).first(conn).optional()?;
        if noted.is_none() {
            return Ok(());
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
        Ok(())
    })
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
