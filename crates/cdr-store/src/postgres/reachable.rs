//! Whether a store can be written now.

use std::time::Duration;

use diesel::prelude::*;
use diesel::result::Error as DieselError;

use super::connect::Access;
use super::engine::{Conn, in_transaction};
use super::statements;
use super::tables::{Store, WriteLock};
use crate::error::StoreError;

/// Takes the lock under which exports are entered, waiting at most for `patience`, and asks the other nodes of a
/// distributed database for an answer.
pub(super) fn check(store: &Store, patience: Duration) -> Result<(), StoreError> {
    let mut place = store.0.place.clone();
    place.busy_timeout = patience;
    let mut conn = store.0.engine.database.connect(Access::Write)?;
    let milliseconds = patience.as_millis().to_string();
    statements::wait_on_connection(&mut conn, &milliseconds).map_err(|error| place.sql(&error))?;
    in_transaction(&mut conn, WriteLock::Exports, |_| Ok(())).map_err(|error| place.error(error))?;
    let silent = silent_nodes(&mut conn, &milliseconds);
    if silent.is_empty() {
        return Ok(());
    }
    let what = format!("these nodes of it cannot be reached: {}", silent.join(", "));
    Err(StoreError::Unreachable { path: place.path, what })
}

/// The nodes of a database that Citus distributes and that do not answer
/// (<https://docs.citusdata.com/en/stable/develop/api_udf.html>). A role that may not ask for them gets none.
fn silent_nodes(conn: &mut Conn, milliseconds: &str) -> Vec<String> {
    let asked = conn.transaction::<_, DieselError, _>(|conn| {
        if !statements::is_distributed(conn)? {
            return Ok(Vec::new());
        }
        statements::silent_nodes(conn, milliseconds)
    });
    asked.unwrap_or_else(|error| {
        tracing::debug!(%error, "the nodes of the database could not be asked");
        Vec::new()
    })
}
