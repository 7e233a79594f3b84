//! Gives versions to the parts of calls that programs of before them have written.

use diesel::prelude::*;

use super::super::{Conn, Store, note_parts};
use super::NOTED;
use crate::error::TransactionError;
use crate::schema::counters;

/// Whether the parts of all records are noted. Also true for a database into which a store is being moved.
pub(crate) fn are_noted(conn: &mut Conn) -> QueryResult<bool> {
    let known = counters::table.filter(counters::name.eq_any(["record", NOTED]));
    let known: Vec<(String, i64)> = known.load(conn)?;
    let last = |name: &str| known.iter().find(|(of, _)| of == name).map(|(_, last)| *last);
    Ok(last("record").is_none_or(|record| last(NOTED).is_some_and(|noted| noted >= record)))
}

/// Notes the parts of all records, if they are not noted. Returns whether they were not.
pub(crate) fn note(store: &Store) -> Result<bool, TransactionError> {
    if store.read(|conn| Ok(are_noted(conn)?))? {
        return Ok(false);
    }
    store.write_records(|conn| {
        if are_noted(conn)? {
            return Ok(false);
        }
        note_parts(conn)?;
        Ok(true)
    })
}
