//! Notifications of exports that other processes enter and finish.

use std::fmt;

use diesel::PgConnection;

use super::connect::Access;
use super::statements;
use super::tables::Store;
use crate::error::{StoreError, StorePlace};

/// Receives a notification when any process on the database changes an export.
pub struct Notices {
    conn: PgConnection,
    place: StorePlace,
}

impl Notices {
    pub(crate) fn of(store: &Store) -> Result<Notices, StoreError> {
        let database = &store.0.engine.database;
        let mut conn = database.connect(Access::Write)?;
        statements::listen(&mut conn).map_err(|error| database.place.sql(&error))?;
        Ok(Notices { conn, place: database.place.clone() })
    }

    /// Whether a notification has arrived since the last call. Does not wait.
    ///
    /// # Errors
    /// When the connection is lost. Then a new `Notices` is needed.
    pub fn any(&mut self) -> Result<bool, StoreError> {
        let mut heard = false;
        for notice in self.conn.notifications_iter() {
            notice.map_err(|error| self.place.sql(&error))?;
            heard = true;
        }
        Ok(heard)
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices").field("place", &self.place).finish_non_exhaustive()
    }
}
