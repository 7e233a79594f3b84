//! Counts the calls of a query by the rollup.

use cdr_query::CdrQuery;
use diesel::QueryResult;

use super::super::parts::{changed_hours, state};
use super::super::{Conn, Store, snapshot};
use super::pieces::{Piece, pieces, whole_hours};
use super::scope::Scope;
use crate::error::TransactionError;

/// Fewer whole hours than this are not looked up: counting their calls costs as little.
const FEWEST_HOURS: usize = 3;
/// More pieces than this are not counted one by one.
const MOST_PIECES: usize = 32;

/// Counts the calls of a query in SQL.
pub(super) type CountCalls<'a> = &'a dyn Fn(&mut Conn, &CdrQuery) -> QueryResult<u64>;

/// The number of calls of a query; `None` if the rollup does not help. `calls` counts those of another window in SQL.
pub(crate) fn count(store: &Store, query: &CdrQuery, calls: CountCalls<'_>) -> Result<Option<u64>, TransactionError> {
    let Some(scope) = Scope::of(store, query)? else { return Ok(None) };
    let mut conn = store.record_reader(query.upto)?;
    store.0.engine.until(&mut conn, &query.cancel, |conn| {
        snapshot(conn, |conn| {
            let Some(pieces) = covered(store, conn, query)? else { return Ok(None) };
            let mut sum = 0;
            for piece in pieces {
                sum += match piece {
                    Piece::Hours(hours) => scope.calls(conn, &hours)?,
                    Piece::Calls(window) => calls(conn, &CdrQuery { window, ..query.clone() })?,
                };
            }
            Ok(Some(sum))
        })
    })
}

/// The pieces of the window of a query; `None` if the rollup covers too little of it.
pub(super) fn covered(
    store: &Store,
    conn: &mut Conn,
    query: &CdrQuery,
) -> Result<Option<Vec<Piece>>, TransactionError> {
    let Some(hours) = whole_hours(query.window).filter(|hours| hours.clone().nth(FEWEST_HOURS - 1).is_some()) else {
        return Ok(None);
    };
    let Some(state) = state(conn)? else { return Ok(None) };
    let changed = changed_hours(conn, &state, (query.upto, store.0.engine.is_spread()), &hours)?;
    Ok(Some(pieces(query.window, &hours, &changed)).filter(|pieces| pieces.len() <= MOST_PIECES))
}
