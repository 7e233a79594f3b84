//! Recognising a proxy that gives every transaction another connection.
//!
//! What is set for a session is gone there with the transaction, or seen by somebody else: two connections tell it. It is
//! looked at several times, since by chance a connection may get the same one back.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{PgConnection, sql_query};
use uuid::Uuid;

use super::connect::{Access, Database};
use super::statements;
use crate::error::StoreError;

/// How often it is looked at.
const LOOKS: u32 = 3;

/// Refuses a database behind such a proxy.
pub(super) fn refuse(database: &Database, conn: &mut PgConnection) -> Result<(), StoreError> {
    let mut other = database.connect(Access::Read)?;
    let pooled = is_pooled(conn, &mut other).map_err(|error| database.place.sql(&error))?;
    if pooled { Err(StoreError::TransactionPooling { path: database.place.path.clone() }) } else { Ok(()) }
}

fn is_pooled(one: &mut PgConnection, other: &mut PgConnection) -> QueryResult<bool> {
    for _ in 0..LOOKS {
        let mark = Uuid::new_v4().to_string();
        sql_query("SELECT set_config('tollbook.session', $1, false)").bind::<Text, _>(&mark).execute(one)?;
        // While this transaction lasts, nobody else is given what the other connection was given.
        other.batch_execute("BEGIN")?;
        let seen = session(other).and_then(|seen| Ok(seen == mark || session(one)? != mark));
        other.batch_execute("ROLLBACK")?;
        if seen? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What was set for the session.
fn session(conn: &mut PgConnection) -> QueryResult<String> {
    statements::words(conn, "SELECT coalesce(current_setting('tollbook.session', true), '') AS value")
}
