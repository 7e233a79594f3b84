//! Rows of a result as PostgreSQL sends them, so that their texts are read without a copy.

use std::marker::PhantomData;

use diesel::connection::{DefaultLoadingMode, LoadConnection};
use diesel::deserialize;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::query_builder::{Query, QueryFragment};
use diesel::sql_types::Untyped;

use super::cursor::{Declare, Fetch, ROWS};
use super::engine::{Conn, Db};
use crate::error::TransactionError;
use crate::row_visitor::RowVisitor;
use crate::types::document_bytes;

/// Passes the rows of a query to the visitor one by one until it returns `false`. All rows belong to one snapshot.
pub(crate) fn each_raw_row<Q>(
    conn: &mut Conn,
    query: Q,
    visitor: &mut impl RowVisitor<Db>,
) -> Result<(), TransactionError>
where
    Q: Query<SqlType = Untyped> + QueryFragment<Pg>,
{
    conn.build_transaction().repeatable_read().read_only().run(|conn| {
        Declare(query).execute(conn)?;
        loop {
            let mut rows = 0;
            for row in LoadConnection::<DefaultLoadingMode>::load(conn, Fetch::<Untyped>(PhantomData))? {
                rows += 1;
                if !visitor.visit(&row?)? {
                    return Ok(());
                }
            }
            if rows < ROWS {
                return Ok(());
            }
        }
    })
}

/// Passes a text to `read`.
pub(crate) fn text_of<T>(value: PgValue<'_>, read: impl FnOnce(&str) -> T) -> deserialize::Result<T> {
    Ok(read(str::from_utf8(value.as_bytes())?))
}

/// Passes the details of a call to `read`.
pub(crate) fn document_of<T>(value: PgValue<'_>, read: impl FnOnce(&[u8]) -> T) -> deserialize::Result<T> {
    document_bytes(value.as_bytes()).map(read)
}
