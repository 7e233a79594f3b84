//! The versions of the parts of the calls: what Diesel cannot express for SQLite.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::BigInt;
use diesel::sqlite::Sqlite;

use super::engine::Conn;
use crate::rows::PartRow;

/// The statements that give every part a version.
const NOTE_ALL: &str = include_str!("../../sql/parts_sqlite.sql");

/// Writes new versions of parts.
pub(crate) fn write_parts(conn: &mut Conn, rows: &[PartRow]) -> QueryResult<()> {
    rows.iter().try_for_each(|row| Write(row).execute(conn).map(drop))
}

/// Gives every part of the calls a version, in a transaction of the caller.
pub(crate) fn note_parts(conn: &mut Conn) -> QueryResult<()> {
    conn.batch_execute(NOTE_ALL)
}

/// The statement that writes the version of a part. It is prepared once for a connection.
#[derive(Clone, Copy, Debug)]
struct Write<'a>(&'a PartRow);

impl RunQueryDsl<SqliteConnection> for Write<'_> {}

impl QueryFragment<Sqlite> for Write<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let PartRow { account_id, part, touched_by, mark, earliest, latest } = self.0;
        out.push_sql("INSERT INTO part_versions (account_id, part, touched_by, mark, earliest, latest) VALUES (");
        for (at, value) in [account_id, part, touched_by, mark, earliest, latest].into_iter().enumerate() {
            out.push_sql(if at == 0 { "" } else { ", " });
            out.push_bind_param::<BigInt, i64>(value)?;
        }
        out.push_sql(
            ") ON CONFLICT (account_id, part) DO UPDATE SET touched_by = excluded.touched_by, mark = excluded.mark, \
             earliest = min(earliest, excluded.earliest), latest = max(latest, excluded.latest)",
        );
        Ok(())
    }
}

impl QueryId for Write<'_> {
    type QueryId = Write<'static>;

    const HAS_STATIC_QUERY_ID: bool = true;
}
