//! The versions of the parts of the calls: what Diesel cannot express for PostgreSQL.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt};

use super::engine::Conn;
use crate::rows::PartRow;

/// The statements that give every part a version.
const NOTE_ALL: &str = include_str!("../../sql/parts_postgres.sql");

/// Writes new versions of parts.
pub(crate) fn write_parts(conn: &mut Conn, rows: &[PartRow]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let column = |of: fn(&PartRow) -> i64| rows.iter().map(of).collect::<Vec<_>>();
    let sql = "INSERT INTO part_versions (account_id, part, touched_by, mark, earliest, latest) \
               SELECT * FROM unnest($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (account_id, part) DO UPDATE SET touched_by = excluded.touched_by, mark = excluded.mark, \
               earliest = least(part_versions.earliest, excluded.earliest), \
               latest = greatest(part_versions.latest, excluded.latest)";
    sql_query(sql)
        .bind::<Array<BigInt>, _>(column(|row| row.account_id))
        .bind::<Array<BigInt>, _>(column(|row| row.part))
        .bind::<Array<BigInt>, _>(column(|row| row.touched_by))
        .bind::<Array<BigInt>, _>(column(|row| row.mark))
        .bind::<Array<BigInt>, _>(column(|row| row.earliest))
        .bind::<Array<BigInt>, _>(column(|row| row.latest))
        .execute(conn)
        .map(drop)
}

/// Gives every part of the calls a version, in a transaction of the caller. One statement at a time, as Citus wants it.
pub(crate) fn note_parts(conn: &mut Conn) -> QueryResult<()> {
    NOTE_ALL
        .split(";\n")
        .filter(|sql| !sql.trim().is_empty())
        .try_for_each(|sql| sql_query(sql).execute(conn).map(drop))
}
