//! Removes kept lines: after their time, with their records, and with a load that is undone.

use cdr_model::Timestamp;
use diesel::prelude::*;

use super::super::{Conn, Store, WriteLock};
use super::chunk;
use super::row::replace;
use crate::error::{StoreError, TransactionError};
use crate::schema::kept_lines;
use crate::types::At;

/// A day, in microseconds.
pub(super) const DAY: i64 = 86_400_000_000;
/// The chunks that a batch removes besides storing its records.
const FEW: i64 = 16;
/// The chunks that one transaction removes.
const MANY: i64 = 200;

impl Store {
    /// Removes the lines of records that started before an instant.
    pub(crate) fn remove_lines(&self, floor: Timestamp) -> Result<(), StoreError> {
        let explained = |error| self.0.place.error(error);
        loop {
            let rewritten = self.write(WriteLock::Records, |conn| self.rewrite_next(conn, floor));
            if !rewritten.map_err(explained)? {
                return Ok(());
            }
        }
    }

    /// Rewrites the next chunk with such lines; `false` if there is none.
    fn rewrite_next(&self, conn: &mut Conn, floor: Timestamp) -> Result<bool, TransactionError> {
        let next = kept_lines::table
            .filter(kept_lines::earliest.lt(At(floor)))
            .order((kept_lines::earliest, kept_lines::id))
            .select((kept_lines::id, kept_lines::document));
        let Some((id, document)) = next.first::<(i64, Vec<u8>)>(conn).optional()? else { return Ok(false) };
        // What cannot be read is of no use.
        let mut lines = chunk::read(&document).unwrap_or_default();
        lines.retain(|line| line.started_at >= floor);
        replace(conn, id, &lines)?;
        Ok(true)
    }
}

/// Removes all chunks that were kept before an instant, in short transactions.
pub(super) fn forget(store: &Store, before: Timestamp) -> Result<u64, TransactionError> {
    let mut forgotten = 0;
    loop {
        let chunk = store.write(WriteLock::Records, |conn| Ok(forget_most(conn, before, MANY)?))?;
        forgotten += chunk;
        if chunk == 0 {
            return Ok(forgotten);
        }
    }
}

/// Removes a few of these chunks.
pub(super) fn forget_some(conn: &mut Conn, before: Timestamp) -> QueryResult<()> {
    forget_most(conn, before, FEW).map(drop)
}

fn forget_most(conn: &mut Conn, before: Timestamp, most: i64) -> QueryResult<u64> {
    let old = kept_lines::table.filter(kept_lines::kept_at.lt(At(before))).order(kept_lines::kept_at).limit(most);
    let ids: Vec<i64> = old.select(kept_lines::id).load(conn)?;
    if ids.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(kept_lines::table.filter(kept_lines::id.eq_any(ids))).execute(conn)? as u64)
}

/// Removes the lines of a load.
pub(crate) fn forget_lines_of(conn: &mut Conn, load: i64) -> QueryResult<()> {
    diesel::delete(kept_lines::table.filter(kept_lines::load_id.eq(load))).execute(conn).map(drop)
}
