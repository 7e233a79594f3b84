//! Opens a store in a file.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use cdr_files::{begin_passing, close_with_warning};
use diesel::prelude::*;

use super::backup::folder_of;
use super::connect::{Access, connect};
use super::engine::{Engine, connections};
use super::identity::{Identity, create, identify, known_changes, upgrade};
use super::tables::{Setup, Store};
use crate::error::{MOVING, StoreError, StorePlace};
use crate::schema::counters;
use crate::{Opened, StoreOptions};

/// Opens an existing store, or creates it if `may_create`. A store of an older version is upgraded in one transaction. The
/// files of the store are closed to other users.
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
    let place = StorePlace::of_file(path, options.busy_timeout);
    if !may_create && !path.exists() {
        // Reports the folder if that is missing.
        return Err(place.explain("unable to open database file"));
    }
    if may_create {
        create_closed(&place)?;
    }
    let looking = if may_create { Access::Create } else { Access::Look };
    let identity = {
        let mut conn = connect(&place, looking)?;
        let identity = identify(&mut conn, &place)?;
        // Only now: a file of another program keeps its permissions.
        if identity != Identity::Blank || may_create {
            close(path);
        }
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

/// Creates an empty file that only its owner may read, unless the file exists. SQLite would create it with permissions for
/// other users; its log and its index of the log get the permissions of the file. The file gets its name when it is closed
/// again: closing it later would release the locks that another thread holds on it.
fn create_closed(place: &StorePlace) -> Result<(), StoreError> {
    let folder = folder_of(&place.path);
    if place.path.exists() || !folder.is_dir() {
        // SQLite explains what is wrong with the folder.
        return Ok(());
    }
    let failed = |error| place.file("creating", error);
    loop {
        let passing = begin_passing(&folder).map_err(failed)?.into_temp_path();
        match passing.persist_noclobber(&place.path).map_err(|refused| refused.error) {
            // It was not locked any more, and another process has removed it as a leftover.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(failed(error)),
            // Or another process was faster.
            _ => return Ok(()),
        }
    }
}

/// Closes the files of a store to other users, with a line in the log for each that was open.
fn close(store: &Path) {
    for end in ["", "-wal", "-shm", "-journal"] {
        let mut name = OsString::from(store);
        name.push(end);
        close_with_warning(&PathBuf::from(name));
    }
}
