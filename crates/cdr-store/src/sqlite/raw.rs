//! Rows of a result as SQLite has them, so that their texts are read without a copy.

use diesel::connection::{DefaultLoadingMode, LoadConnection};
use diesel::deserialize;
use diesel::query_builder::{Query, QueryFragment, QueryId};
use diesel::sql_types::Untyped;
use diesel::sqlite::{Sqlite, SqliteValue};

use super::engine::{Conn, Db};
use crate::error::TransactionError;
use crate::row_visitor::RowVisitor;

/// Passes the rows of a query to the visitor one by one as SQLite finds them, until it returns `false`.
pub(crate) fn each_raw_row<Q>(
    conn: &mut Conn,
    query: Q,
    visitor: &mut impl RowVisitor<Db>,
) -> Result<(), TransactionError>
where
    Q: Query<SqlType = Untyped> + QueryFragment<Sqlite> + QueryId + 'static,
{
    for row in LoadConnection::<DefaultLoadingMode>::load(conn, query)? {
        if !visitor.visit(&row?)? {
            return Ok(());
        }
    }
    Ok(())
}

/// Passes a text to `read`.
pub(crate) fn text_of<T>(mut value: SqliteValue<'_, '_, '_>, read: impl FnOnce(&str) -> T) -> deserialize::Result<T> {
    Ok(read(value.read_text()))
}

/// Passes the details of a call to `read`.
pub(crate) fn document_of<T>(
    mut value: SqliteValue<'_, '_, '_>,
    read: impl FnOnce(&[u8]) -> T,
) -> deserialize::Result<T> {
    Ok(read(value.read_blob()))
}
