//! An advisory lock that a connection of its own holds.

use diesel::PgConnection;

use super::connect::Access;
use super::statements;
use super::tables::Store;
use crate::error::StoreError;

/// The lock. It is free as soon as the connection ends.
pub(crate) struct HeldLock(PgConnection);

impl HeldLock {
    /// Takes the lock for watching the files of a source; `None` if another process has it.
    pub(crate) fn of_source(store: &Store, source: &str) -> Result<Option<HeldLock>, StoreError> {
        let mut conn = store.0.engine.database.connect(Access::Write)?;
        let name = format!("watch {source}");
        let won = statements::try_lock_named(&mut conn, &name).map_err(|error| store.0.place.sql(&error))?;
        Ok(won.then_some(HeldLock(conn)))
    }

    /// Whether the connection is still there.
    pub(crate) fn holds(&mut self) -> bool {
        statements::answer(&mut self.0, "SELECT true AS value").is_ok()
    }
}
