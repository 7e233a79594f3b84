//! Rewrites the tables without the rows that were removed.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::connect::Access;
use super::engine::Conn;
use super::statements;
use super::tables::Store;
use crate::CompactReport;
use crate::error::StoreError;

/// Rewrites every table, one after the other. Readers and writers of a table wait meanwhile. Then it rewrites the
/// statistics of the planner, which contain frequent values of the tables, if this role may.
///
/// `VACUUM FULL` writes a table into new files (<https://www.postgresql.org/docs/current/sql-vacuum.html>).
pub(super) fn compact(store: &Store) -> Result<CompactReport, StoreError> {
    let place = &store.0.place;
    let mut conn = store.0.engine.database.connect(Access::Write)?;
    // PostgreSQL skips a table of another role without an error.
    if !statements::owns_tables(&mut conn).map_err(|error| place.sql(&error))? {
        let help = "run `tollbook compact` as the owner of the tables";
        let what = "another role owns the tables".to_owned();
        return Err(StoreError::Denied { path: place.path.clone(), what, help });
    }
    let compacted = (|| -> QueryResult<CompactReport> {
        // A table may be rewritten for longer than any other statement takes.
        conn.batch_execute("SET statement_timeout = 0")?;
        let before = statements::size(&mut conn)?;
        for table in statements::tables_to_compact(&mut conn)? {
            conn.batch_execute(&format!("VACUUM (FULL, ANALYZE) {table}"))?;
        }
        refresh_statistics(&mut conn)?;
        Ok(CompactReport { before, after: statements::size(&mut conn)? })
    })();
    compacted.map_err(|error| place.sql(&error))
}

/// The statistics over all partitions are gathered only on request. If they are, they have removed values too.
fn refresh_statistics(conn: &mut Conn) -> QueryResult<()> {
    if statements::answer(
        conn,
        "SELECT EXISTS (SELECT FROM pg_stats WHERE schemaname = current_schema() AND tablename = 'cdrs') AS value",
    )? {
        conn.batch_execute("ANALYZE cdrs")?;
    }
    let may = "SELECT pg_has_role(datdba, 'USAGE') AS value FROM pg_database WHERE datname = current_database()";
    if statements::answer(conn, may)? {
        conn.batch_execute("VACUUM (FULL) pg_catalog.pg_statistic")?;
    } else {
        tracing::warn!("the statistics of the planner were not rewritten: only the owner of the database may do that");
    }
    Ok(())
}
