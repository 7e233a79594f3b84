//! Counts the calls of a query by the rollup.

use std::ops::RangeInclusive;

use cdr_query::CdrQuery;
use diesel::QueryResult;

use super::super::parts::{changed_hours, state};
use super::super::source::accounts_of_customers;
use super::super::{Conn, Store, snapshot};
use super::cache::Hours;
use super::pieces::{Piece, pieces, whole_hours};
use super::scope::Scope;
use crate::error::TransactionError;

/// Fewer whole hours than this are not looked up: counting their calls costs as little.
const FEWEST_HOURS: usize = 3;
/// More pieces than this are not counted one by one.
const MOST_PIECES: usize = 32;

/// Counts the calls of a query in SQL.
pub(super) type CountCalls<'a> = &'a dyn Fn(&mut Conn, &CdrQuery) -> QueryResult<u64>;

/// What the rollup knows of a query.
pub(super) struct Covered {
    /// The window of the query, in order of time.
    pub(super) pieces: Vec<Piece>,
    /// The hours in it that have calls, with their numbers. Those that the rollup does not cover are among them.
    hours: Hours,
}

/// The number of calls of a query; `None` if the rollup does not help. `calls` counts those of another window in SQL.
pub(crate) fn count(store: &Store, query: &CdrQuery, calls: CountCalls<'_>) -> Result<Option<u64>, TransactionError> {
    let Some(scope) = Scope::of(query, |customers| accounts_of_customers(store, customers))? else { return Ok(None) };
    let mut conn = store.record_reader(query.upto)?;
    store.0.engine.until(&mut conn, &query.cancel, |conn| {
        snapshot(conn, |conn| {
            let Some(covered) = covered(store, conn, query, &scope)? else { return Ok(None) };
            let mut sum = 0;
            for piece in &covered.pieces {
                sum += match piece {
                    Piece::Hours(hours) => covered.within(hours).iter().map(|(_, calls)| calls).sum(),
                    Piece::Calls(window) => calls(conn, &CdrQuery { window: *window, ..query.clone() })?,
                };
            }
            Ok(Some(sum))
        })
    })
}

/// What the rollup knows of a query; `None` if it covers too little of its window.
pub(super) fn covered(
    store: &Store,
    conn: &mut Conn,
    query: &CdrQuery,
    scope: &Scope,
) -> Result<Option<Covered>, TransactionError> {
    let Some(hours) = whole_hours(query.window).filter(|hours| hours.clone().nth(FEWEST_HOURS - 1).is_some()) else {
        return Ok(None);
    };
    let Some(state) = state(conn)? else { return Ok(None) };
    let changed = changed_hours(conn, &state, (query.upto, store.0.engine.is_spread()), &hours)?;
    let pieces = pieces(query.window, &hours, &changed);
    if pieces.len() > MOST_PIECES {
        return Ok(None);
    }
    let hours = store.0.rollup.by_hour(conn, &state, scope, &hours)?;
    Ok(Some(Covered { pieces, hours }))
}

impl Covered {
    /// The hours of a piece that have calls, with their numbers.
    pub(super) fn within(&self, piece: &RangeInclusive<i64>) -> &[(i64, u64)] {
        let from = self.hours.partition_point(|(hour, _)| hour < piece.start());
        let until = self.hours.partition_point(|(hour, _)| hour <= piece.end());
        &self.hours[from..until.max(from)]
    }
}
