//! Detects a proxy that may give every transaction another connection.
//!
//! Behind such a proxy a session setting is lost with the transaction, or is visible to another session. Two
//! connections reveal it. The check is repeated, since a connection may get the same server connection again by chance.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{PgConnection, sql_query};
use uuid::Uuid;

use super::connect::{Access, Database};
use super::statements;
use crate::error::StoreError;

/// The number of checks.
const CHECKS: u32 = 3;

/// Fails if the database is behind such a proxy. The result is the second connection, which reads.
pub(super) fn refuse(database: &Database, conn: &mut PgConnection) -> Result<PgConnection, StoreError> {
    let mut other = database.connect(Access::Read)?;
    let pooled = is_pooled(conn, &mut other).map_err(|error| database.place.sql(&error))?;
    if pooled { Err(StoreError::TransactionPooling { path: database.place.path.clone() }) } else { Ok(other) }
}

fn is_pooled(one: &mut PgConnection, other: &mut PgConnection) -> QueryResult<bool> {
    for _ in 0..CHECKS {
        let mark = Uuid::new_v4().to_string();
        sql_query("SELECT set_config('tollbook.session', $1, false)").bind::<Text, _>(&mark).execute(one)?;
        // While this transaction lasts, no other session is given the server connection of `other`.
        other.batch_execute("BEGIN")?;
        let seen = session(other).and_then(|seen| Ok(seen == mark || session(one)? != mark));
        other.batch_execute("ROLLBACK")?;
        if seen? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The mark set for the session.
fn session(conn: &mut PgConnection) -> QueryResult<String> {
    statements::words(conn, "SELECT coalesce(current_setting('tollbook.session', true), '') AS value")
}
