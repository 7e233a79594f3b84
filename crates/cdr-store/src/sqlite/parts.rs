//! The versions of the parts of the calls, and their numbers by hour: what Diesel cannot express for SQLite.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool};
use diesel::sqlite::Sqlite;

use super::engine::Conn;
use crate::rows::{HourRow, PartRow};

/// The statements that give every part a version, and count the calls by hour.
const NOTE_ALL: &str = include_str!("../../sql/parts_sqlite.sql");

/// Writes new versions of parts.
pub(crate) fn write_parts(conn: &mut Conn, rows: &[PartRow]) -> QueryResult<()> {
    rows.iter().try_for_each(|row| Write(row).execute(conn).map(drop))
}

/// Adds changes to the numbers of calls.
pub(crate) fn write_counts(conn: &mut Conn, rows: &[HourRow]) -> QueryResult<()> {
    rows.iter().try_for_each(|row| Add(row).execute(conn).map(drop))
}

/// Gives every part of the calls a version and counts the calls by hour, in a transaction of the caller.
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

/// The statement that adds to the numbers of an hour. It is prepared once for a connection.
#[derive(Clone, Copy, Debug)]
struct Add<'a>(&'a HourRow);

impl RunQueryDsl<SqliteConnection> for Add<'_> {}

impl QueryFragment<Sqlite> for Add<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        let HourRow { account_id, hour, customer_id, kind, service_id, last_attempt, starts, connects, ends, bills } =
            self.0;
        out.push_sql(
            "INSERT INTO hourly_counts (last_attempt, account_id, hour, customer_id, kind, service_id, starts, connects, \
             ends, bills) VALUES (",
        );
        out.push_bind_param::<Bool, bool>(last_attempt)?;
        for value in [account_id, hour, customer_id, kind, service_id, starts, connects, ends, bills] {
            out.push_sql(", ");
            out.push_bind_param::<BigInt, i64>(value)?;
        }
        out.push_sql(
            ") ON CONFLICT (account_id, hour, customer_id, kind, service_id, last_attempt) DO UPDATE SET \
             starts = starts + excluded.starts, connects = connects + excluded.connects, \
             ends = ends + excluded.ends, bills = bills + excluded.bills",
        );
        Ok(())
    }
}

impl QueryId for Add<'_> {
    type QueryId = Add<'static>;

    const HAS_STATIC_QUERY_ID: bool = true;
}
