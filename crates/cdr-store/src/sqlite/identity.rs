//! Whether a file is a store, and which migrations were applied to it.

use std::collections::BTreeSet;

use diesel::SqliteConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connect::{in_transaction, set};
use super::parts::note_parts;
use super::statements;
use super::tables::parts::are_noted;
use crate::error::{StoreError, StorePlace, TransactionError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// The state of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Empty or new: not a database of any program yet.
    Blank,
    /// A store with all migrations applied.
    Current,
    /// A store of an older version, with this number of migrations applied.
    Older(usize),
}

/// The number of migrations that this version knows.
pub(crate) fn known_changes() -> usize {
    known().len()
}

/// Determines the state of a file without changing it. Fails if the file belongs to another program or was written by a
/// newer version.
pub(crate) fn identify(conn: &mut SqliteConnection, place: &StorePlace) -> Result<Identity, StoreError> {
    let sql = |error| place.sql(&error);
    if statements::is_blank(conn).map_err(sql)? {
        return Ok(Identity::Blank);
    }
    if !statements::is_ours(conn).map_err(sql)? {
        let why = "it is a SQLite database of another program".to_owned();
        return Err(StoreError::NotAStore { path: place.path.clone(), why });
    }
    let applied = applied(conn).map_err(sql)?;
    let known = known();
    let unknown: Vec<String> = applied.difference(&known).cloned().collect();
    if !unknown.is_empty() {
        return Err(StoreError::Newer { path: place.path.clone(), unknown });
    }
    Ok(if applied.len() == known.len() { Identity::Current } else { Identity::Older(applied.len()) })
}

/// Turns a blank file into a store. If several processes do so at the same time, one of them creates the tables.
pub(crate) fn create(conn: &mut SqliteConnection, place: &StorePlace) -> Result<(), StoreError> {
    // Has to precede everything that writes to the file. Removals give pages back then.
    set(conn, place, "PRAGMA auto_vacuum = INCREMENTAL")?;
    set(conn, place, "PRAGMA journal_mode = WAL")?;
    in_one(conn, place, statements::make_ours)
}

/// Applies the pending migrations: all of them, or none if one fails.
pub(crate) fn upgrade(conn: &mut SqliteConnection, place: &StorePlace) -> Result<(), StoreError> {
    in_one(conn, place, |_| Ok(()))
}

fn in_one(
    conn: &mut SqliteConnection,
    place: &StorePlace,
    first: impl FnOnce(&mut SqliteConnection) -> diesel::QueryResult<()>,
) -> Result<(), StoreError> {
    let done = in_transaction(conn, |conn| {
        first(conn)?;
        let ran = conn.run_pending_migrations(MIGRATIONS).map(drop);
        ran.map_err(|error| TransactionError::Store(place.explain(&error.to_string())))?;
        if !are_noted(conn)? {
            note_parts(conn)?;
        }
        Ok(())
    });
    done.map_err(|error| place.error(error))
}

fn known() -> BTreeSet<String> {
    let migrations: Vec<Box<dyn Migration<Sqlite>>> =
        MigrationSource::<Sqlite>::migrations(&MIGRATIONS).unwrap_or_default();
    migrations.iter().map(|migration| migration.name().version().to_string()).collect()
}

/// The applied migrations of a store. A store has the table of migrations since its creation.
fn applied(conn: &mut SqliteConnection) -> diesel::QueryResult<BTreeSet<String>> {
    statements::changes(conn).map(BTreeSet::from_iter)
}

#[cfg(test)]
pub(crate) fn migrations() -> EmbeddedMigrations {
    MIGRATIONS
}
