//! Opens a store in a file.

use std::path::Path;

use diesel::prelude::*;

use super::connect::{Access, connect};
use super::engine::{Engine, connections};
use super::identity::{Identity, create, identify, known_changes, upgrade};
use super::tables::{Setup, Store};
use crate::error::{MOVING, Place, StoreError};
use crate::schema::counters;
use crate::{Opened, StoreOptions};

/// Opens an existing store, or creates it if `may_create`. A store of an older version is upgraded in one transaction.
pub(crate) fn open(path: &Path, may_create: bool, options: &StoreOptions) -> Result<(Store, Opened), StoreError> {
    let (store, opened) = open_incomplete(path, may_create, options)?;
    let mut conn = connect(&store.0.place, Access::Look)?;
    let moving = counters::table.find(MOVING).count().get_result::<i64>(&mut conn);
    match moving.map_err(|error| store.0.place.sql(&error))? {
        0 => Ok((store, opened)),
        _ => Err(StoreError::HalfMoved { path: store.0.place.path.clone() }),
    }
}

/// The same, even if a move into the file is incomplete.
pub(crate) fn open_incomplete(
    path: &Path,
    may_create: bool,
    options: &StoreOptions,
) -> Result<(Store, Opened), StoreError> {
    let place = Place::of_file(path, options.busy_timeout);
    if !may_create && !path.exists() {
        // Reports the folder if that is missing.
        return Err(place.explain("unable to open database file"));
    }
    let looking = if may_create { Access::Create } else { Access::Look };
    let identity = {
        let mut conn = connect(&place, looking)?;
        let identity = identify(&mut conn, &place)?;
        if identity == Identity::Blank && may_create {
            create(&mut conn, &place)?;
        }
        identity
    };
    let opened = match identity {
        Identity::Current => Opened::Current,
        Identity::Blank if may_create => Opened::Created,
        Identity::Blank => return Err(StoreError::NotAStore { path: place.path, why: "it is empty".to_owned() }),
        Identity::Older(from) => {
            upgrade(&mut connect(&place, Access::Write)?, &place)?;
            Opened::Upgraded { from, to: known_changes() }
        }
    };
    let readers = connections(&place, Access::Read, options.readers);
    let writers = connections(&place, Access::Write, 1);
    Ok((Store::new(Setup { place, clock: options.clock, readers, writers, engine: Engine }), opened))
}
