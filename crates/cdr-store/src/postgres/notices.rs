//! Hearing of exports that other programs enter and end.

use std::fmt;

use diesel::PgConnection;

use super::connect::Access;
use super::statements;
use super::tables::Store;
use crate::error::{Place, StoreError};

/// Hears when exports change, whichever program on the database changes them.
pub struct Notices {
    conn: PgConnection,
    place: Place,
}

impl Notices {
    pub(crate) fn of(store: &Store) -> Result<Notices, StoreError> {
        let database = &store.0.engine.database;
        let mut conn = database.connect(Access::Write)?;
        statements::listen(&mut conn).map_err(|error| database.place.sql(&error))?;
        Ok(Notices { conn, place: database.place.clone() })
    }

    /// Whether anything was heard since the last time. Does not wait.
    ///
    /// # Errors
    /// When the connection has broken; others have to be asked for anew.
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
