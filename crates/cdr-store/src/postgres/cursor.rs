//! Reads row by row through a cursor. Neither side holds more than a few hundred rows, and if the reading is
//! interrupted, the current fetch fails.

use std::marker::PhantomData;

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::LoadQuery;
use diesel::sql_query;

use super::engine::Conn;
use crate::error::TransactionError;

/// The number of rows of one fetch. More rows cost memory without a gain in speed.
pub(super) const ROWS: usize = 500;

/// Passes the rows of the queries to `each` one by one until it returns `false`. All rows belong to one snapshot, of one
/// server.
pub(crate) fn each_row<Q, R>(
    conn: &mut Conn,
    queries: impl IntoIterator<Item = Q>,
    each: &mut dyn FnMut(R) -> Result<bool, TransactionError>,
) -> Result<(), TransactionError>
where
    Q: Query + QueryFragment<Pg>,
    Fetch<Q::SqlType>: for<'query> LoadQuery<'query, Conn, R>,
{
    conn.build_transaction().repeatable_read().read_only().run(|conn| each_row_within(conn, queries, each))
}

/// The same in a transaction that has begun already.
pub(crate) fn each_row_within<Q, R>(
    conn: &mut Conn,
    queries: impl IntoIterator<Item = Q>,
    each: &mut dyn FnMut(R) -> Result<bool, TransactionError>,
) -> Result<(), TransactionError>
where
    Q: Query + QueryFragment<Pg>,
    Fetch<Q::SqlType>: for<'query> LoadQuery<'query, Conn, R>,
{
    let mut is_open = false;
    for query in queries {
        if is_open {
            sql_query("CLOSE answer").execute(conn)?;
        }
        Declare(query).execute(conn)?;
        is_open = true;
        let mut more = true;
        while more {
            let rows: Vec<R> = Fetch::<Q::SqlType>(PhantomData).load(conn)?;
            more = rows.len() == ROWS;
            for row in rows {
                if !each(row)? {
                    // The end of the transaction closes the cursor anyway. Closing it here ends the query earlier.
                    sql_query("CLOSE answer").execute(conn)?;
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// Opens a cursor over the result of a query.
pub(super) struct Declare<Q>(pub(super) Q);

impl<Q> QueryId for Declare<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Declare<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("DECLARE answer NO SCROLL CURSOR FOR ");
        self.0.walk_ast(out)
    }
}

impl<Q> RunQueryDsl<Conn> for Declare<Q> {}

/// Fetches the next rows of the cursor, which have the types of its query.
pub(crate) struct Fetch<T>(pub(super) PhantomData<T>);

impl<T> QueryId for Fetch<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> QueryFragment<Pg> for Fetch<T> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql(&format!("FETCH FORWARD {ROWS} FROM answer"));
        Ok(())
    }
}

impl<T> Query for Fetch<T> {
    type SqlType = T;
}

impl<T> RunQueryDsl<Conn> for Fetch<T> {}
