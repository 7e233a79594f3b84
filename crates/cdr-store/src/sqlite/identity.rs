//! Whose file it is, and which changes its tables have seen.

use std::collections::BTreeSet;

use diesel::SqliteConnection;
use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::connect::{in_transaction, set};
use super::statements;
use crate::error::{Place, StoreError, Trouble};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// What a file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Empty, or just made: nobody's yet.
    Blank,
    /// A store that has seen all changes.
    Current,
    /// A store of an older program, which has seen so many of the changes.
    Older(usize),
}

/// How many changes this program knows.
pub(crate) fn known_changes() -> usize {
    known().len()
}

/// What the file is; refuses what is not ours or newer than this program. Changes nothing in it.
pub(crate) fn identify(conn: &mut SqliteConnection, place: &Place) -> Result<Identity, StoreError> {
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

/// Makes a store of a blank file. Of several programs that do so at the same moment one does it.
pub(crate) fn create(conn: &mut SqliteConnection, place: &Place) -> Result<(), StoreError> {
    set(conn, place, "PRAGMA journal_mode = WAL")?;
    in_one(conn, place, statements::make_ours)
}

/// Applies the changes that the file has not seen: all of them, or none if one fails.
pub(crate) fn upgrade(conn: &mut SqliteConnection, place: &Place) -> Result<(), StoreError> {
    in_one(conn, place, |_| Ok(()))
}

fn in_one(
    conn: &mut SqliteConnection,
    place: &Place,
    first: impl FnOnce(&mut SqliteConnection) -> diesel::QueryResult<()>,
) -> Result<(), StoreError> {
    let done = in_transaction(conn, |conn| {
        first(conn)?;
        let ran = conn.run_pending_migrations(MIGRATIONS).map(drop);
        ran.map_err(|error| Trouble::Store(place.explain(&error.to_string())))
    });
    done.map_err(|trouble| place.trouble(trouble))
}

fn known() -> BTreeSet<String> {
    let migrations: Vec<Box<dyn Migration<Sqlite>>> =
        MigrationSource::<Sqlite>::migrations(&MIGRATIONS).unwrap_or_default();
    migrations.iter().map(|migration| migration.name().version().to_string()).collect()
}

/// The changes a store of ours has seen. It has the table for them since it was made.
fn applied(conn: &mut SqliteConnection) -> diesel::QueryResult<BTreeSet<String>> {
    statements::changes(conn).map(BTreeSet::from_iter)
}

#[cfg(test)]
pub(crate) fn migrations() -> EmbeddedMigrations {
    MIGRATIONS
}
