//! The versions of the parts of the calls, and their numbers by hour: what Diesel cannot express for PostgreSQL.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool};

use super::engine::Conn;
use crate::rows::{HourRow, PartRow};

/// The statements that give every part a version, and count the calls by hour.
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

/// Adds changes to the numbers of calls.
pub(crate) fn write_counts(conn: &mut Conn, rows: &[HourRow]) -> QueryResult<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let column = |of: fn(&HourRow) -> i64| rows.iter().map(of).collect::<Vec<_>>();
    let sql = "INSERT INTO hourly_counts \
               (account_id, hour, customer_id, kind, service_id, last_attempt, starts, connects, ends, bills) \
               SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
               ON CONFLICT (account_id, hour, customer_id, kind, service_id, last_attempt) DO UPDATE SET \
               starts = hourly_counts.starts + excluded.starts, \
               connects = hourly_counts.connects + excluded.connects, \
               ends = hourly_counts.ends + excluded.ends, bills = hourly_counts.bills + excluded.bills";
    sql_query(sql)
        .bind::<Array<BigInt>, _>(column(|row| row.account_id))
        .bind::<Array<BigInt>, _>(column(|row| row.hour))
        .bind::<Array<BigInt>, _>(column(|row| row.customer_id))
        .bind::<Array<BigInt>, _>(column(|row| row.kind))
        .bind::<Array<BigInt>, _>(column(|row| row.service_id))
        .bind::<Array<Bool>, _>(rows.iter().map(|row| row.last_attempt).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(column(|row| row.starts))
        .bind::<Array<BigInt>, _>(column(|row| row.connects))
        .bind::<Array<BigInt>, _>(column(|row| row.ends))
        .bind::<Array<BigInt>, _>(column(|row| row.bills))
        .execute(conn)
        .map(drop)
}

/// Gives every part of the calls a version and counts the calls by hour, in a transaction of the caller. One statement at a time, as Citus wants it.
pub(crate) fn note_parts(conn: &mut Conn) -> QueryResult<()> {
    NOTE_ALL
        .split(";\n")
        .filter(|sql| !sql.trim().is_empty())
        .try_for_each(|sql| sql_query(sql).execute(conn).map(drop))
}
