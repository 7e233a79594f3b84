//! Opening a store in a database server.

use std::sync::Mutex;

use diesel::prelude::*;

use super::connect::{Access, Database};
use super::engine::Engine;
use super::identity::{Identity, identify, known_changes, upgrade};
use super::pooling;
use super::replica::Replica;
use super::tables::{Setup, Store};
use crate::error::StoreError;
use crate::moving::MOVING;
use crate::schema::counters;
use crate::{Opened, StoreOptions};

/// How many may write at the same time through one store: a load, and beside it the ledger.
const WRITERS: u32 = 4;

/// Opens a store that is there, or makes its tables if it may; those of an older program are upgraded, all at once.
pub(crate) fn open(url: &str, may_create: bool, options: &StoreOptions) -> Result<(Store, Opened), StoreError> {
    let (store, opened) = open_even_half(url, may_create, options)?;
    let moving = store.read(|conn| Ok(counters::table.find(MOVING).count().get_result::<i64>(conn)?));
    match moving.map_err(|trouble| store.0.place.trouble(trouble))? {
        0 => Ok((store, opened)),
        _ => Err(StoreError::HalfMoved { path: store.0.place.path.clone() }),
    }
}

/// The same, even if a store is being moved there.
pub(crate) fn open_even_half(
    url: &str,
    may_create: bool,
    options: &StoreOptions,
) -> Result<(Store, Opened), StoreError> {
    let database = Database::at(url, true, options.busy_timeout);
    let place = database.place.clone();
    let mut conn = database.connect(Access::Write)?;
    pooling::refuse(&database, &mut conn)?;
    let opened = match identify(&mut conn, &place)? {
        Identity::Current => Opened::Current,
        Identity::Blank if may_create => {
            upgrade(&mut conn, &place)?;
            Opened::Created
        }
        Identity::Blank => {
            let why = "the database has no tables of ours; `tollbook migrate` makes them".to_owned();
            return Err(StoreError::NotAStore { path: place.path, why });
        }
        Identity::Older(from) => {
            upgrade(&mut conn, &place)?;
            Opened::Upgraded { from, to: known_changes() }
        }
    };
    drop(conn);
    let replica = options
        .replica
        .as_deref()
        .map(|url| Replica::new(&Database::at(url, false, options.busy_timeout), options.readers));
    let engine =
        Engine { database: database.clone(), replica, partitions: options.partitions, known: Mutex::default() };
    let readers = database.connections(Access::Read, options.readers);
    let writers = database.connections(Access::Write, WRITERS);
    Ok((Store::new(Setup { place, clock: options.clock, readers, writers, engine }), opened))
}
