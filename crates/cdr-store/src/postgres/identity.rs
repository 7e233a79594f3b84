//! Whether a database has the tables of this crate, and which migrations were applied to them.

use std::collections::BTreeSet;

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::{Connection as _, PgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::parts::note_parts;
use super::statements::{self, Lock};
use super::tables::parts::are_noted;
use crate::error::{StoreError, StorePlace, TransactionError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The state of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// It does not have the tables of this crate.
    Blank,
    /// A store with all migrations applied.
    Current,
    /// A store of an older version, with this number of migrations applied.
    Older(usize),
}

/// The number of migrations that this version knows.
pub(super) fn known_changes() -> usize {
    known().len()
}

/// Determines the state of a database without changing it. Fails if the store was written by a newer version.
pub(super) fn identify(conn: &mut PgConnection, place: &StorePlace) -> Result<Identity, StoreError> {
    let applied = match statements::changes(conn).map_err(|error| place.sql(&error))? {
        None => return Ok(Identity::Blank),
        Some(applied) => BTreeSet::from_iter(applied),
    };
    let known = known();
    let unknown: Vec<String> = applied.difference(&known).cloned().collect();
    if !unknown.is_empty() {
        return Err(StoreError::Newer { path: place.path.clone(), unknown });
    }
    Ok(match applied.len() {
        0 => Identity::Blank,
        all if all == known.len() => Identity::Current,
        some => Identity::Older(some),
    })
}

/// Applies the pending migrations: all of them, or none if one fails. If several processes do so at the same time, one
/// applies them and the others wait for it.
pub(super) fn upgrade(conn: &mut PgConnection, place: &StorePlace) -> Result<(), StoreError> {
    let done = conn.transaction(|conn| {
        statements::lock(conn, Lock::Upgrade)?;
        let ran = conn.run_pending_migrations(MIGRATIONS).map(drop);
        ran.map_err(|error| TransactionError::Store(super::meaning::of_message(place, &error.to_string())))?;
        // No other program may write records meanwhile.
        if statements::lock_counter(conn, "record")? && !are_noted(conn)? {
            note_parts(conn)?;
        }
        Ok(())
    });
    done.map_err(|error| place.error(error))
}

fn known() -> BTreeSet<String> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = MigrationSource::<Pg>::migrations(&MIGRATIONS).unwrap_or_default();
    migrations.iter().map(|migration| migration.name().version().to_string()).collect()
}

#[cfg(test)]
pub(crate) fn migrations() -> EmbeddedMigrations {
    MIGRATIONS
}
