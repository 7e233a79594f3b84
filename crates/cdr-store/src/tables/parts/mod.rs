//! The versions of the parts of the calls: of those of one hour, and of those of an account on one day.
//!
//! Whatever changes what a query can find in a part gives it another version, in the same transaction: a new call, a new
//! version of a call, and removals. So whatever was derived from the calls of a part holds for as long as its version is the
//! same. A part that has no version has no calls.

mod noting;
mod read;
mod removing;
mod touched;

use diesel::prelude::*;

use super::Conn;
use crate::schema::counters;

pub(crate) use noting::{are_noted, note};
pub(crate) use read::{State, changed_hours, state, versions};
pub(crate) use removing::{begin_removing, begin_removing_unnoted, end_removing, is_removing};
pub(crate) use touched::Touched;

/// Stands for all accounts in the rows of an hour. No account has this number.
pub(crate) const ALL_ACCOUNTS: i64 = i64::MIN;

/// The counter with the last record number whose parts are noted. It falls behind if a program of before this table writes
/// calls; then nothing is known about parts until they are noted anew.
pub(crate) const NOTED: &str = "parts";

/// The counter with a random number of the last change to the numbers of calls by hour; absent before the first one.
pub(crate) const COUNTS: &str = "counts";

/// The counter with the instant up to which calls are being removed, in microseconds; absent otherwise.
const REMOVING: &str = "removing";

/// The counter with the record number that the last removal took; absent before the first one.
const REMOVED: &str = "removed";

/// Sets a counter that may be missing.
pub(crate) fn set(conn: &mut Conn, name: &str, last: i64) -> QueryResult<()> {
    if diesel::update(counters::table.find(name)).set(counters::last.eq(last)).execute(conn)? == 0 {
        diesel::insert_into(counters::table)
            .values((counters::name.eq(name), counters::last.eq(last)))
            .execute(conn)?;
    }
    Ok(())
}

/// A random number for a change.
pub(crate) fn mark() -> i64 {
    let (high, low) = uuid::Uuid::new_v4().as_u64_pair();
    // Both halves have some bits that are the same in all UUIDs.
    (high ^ low.rotate_left(17)).cast_signed()
}
