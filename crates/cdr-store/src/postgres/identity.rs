//! Whose tables are in a database, and which changes they have seen.

use std::collections::BTreeSet;

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::{Connection as _, PgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::statements::{self, Lock};
use crate::error::{Place, StoreError, Trouble};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// What a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    /// Without our tables.
    Blank,
    /// A store that has seen all changes.
    Current,
    /// A store of an older program, which has seen so many of the changes.
    Older(usize),
}

/// How many changes this program knows.
pub(super) fn known_changes() -> usize {
    known().len()
}

/// What the database is; refuses what is newer than this program. Changes nothing in it.
pub(super) fn identify(conn: &mut PgConnection, place: &Place) -> Result<Identity, StoreError> {
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

/// Applies the changes that the tables have not seen: all of them, or none if one fails. Of several programs that do so at
/// the same moment one does it, and the others wait for it.
pub(super) fn upgrade(conn: &mut PgConnection, place: &Place) -> Result<(), StoreError> {
    let done = conn.transaction(|conn| {
        statements::lock(conn, Lock::Upgrade)?;
        let ran = conn.run_pending_migrations(MIGRATIONS).map(drop);
        ran.map_err(|error| Trouble::Store(super::meaning::of_words(place, &error.to_string())))
    });
    done.map_err(|trouble| place.trouble(trouble))
}

fn known() -> BTreeSet<String> {
    let migrations: Vec<Box<dyn Migration<Pg>>> = MigrationSource::<Pg>::migrations(&MIGRATIONS).unwrap_or_default();
    migrations.iter().map(|migration| migration.name().version().to_string()).collect()
}
