//! Opens a store in a database server.

use std::sync::Mutex;
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::prelude::*;

use super::connect::{Access, Database};
use super::engine::Engine;
use super::identity::{Identity, identify, known_changes, upgrade};
use super::replica::Replica;
use super::statements::Lock;
use super::tables::{Setup, Store};
use super::{citus, pooling, statements};
use crate::error::{MOVING, StoreError};
use crate::schema::counters;
use crate::{Opened, StoreAddress, StoreOptions};

/// The maximum number of writing connections of one store. A load and the ledger may write at the same time.
const WRITERS: u32 = 4;

/// How long a session may be listed after its connection was closed.
const CLOSED_WITHIN: Duration = Duration::from_secs(3);

/// Opens an existing store, or creates its tables if `may_create`. Those of an older version are upgraded in one
/// transaction.
pub(crate) fn open(url: &str, may_create: bool, options: &StoreOptions) -> Result<(Store, Opened), StoreError> {
    let (store, opened) = open_incomplete(url, may_create, options)?;
    let moving = store.read(|conn| Ok(counters::table.find(MOVING).count().get_result::<i64>(conn)?));
    match moving.map_err(|error| store.0.place.error(error))? {
        0 => Ok((store, opened)),
        _ => Err(StoreError::HalfMoved { path: store.0.place.path.clone() }),
    }
}

/// The same, even if a move into the database is incomplete.
pub(crate) fn open_incomplete(
    url: &str,
    may_create: bool,
    options: &StoreOptions,
) -> Result<(Store, Opened), StoreError> {
    let database = Database::at(url, true, options.busy_timeout);
    let place = database.place.clone();
    let mut conn = database.connect(Access::Write)?;
    let reader = pooling::refuse(&database, &mut conn)?;
    let encoding = statements::words(&mut conn, "SELECT current_setting('server_encoding') AS value");
    let encoding = encoding.map_err(|error| place.sql(&error))?;
    if encoding != "UTF8" {
        let why = format!("its encoding is {encoding}, which lacks characters; create a database with UTF8");
        return Err(StoreError::NotAStore { path: place.path, why });
    }
    let opened = match identify(&mut conn, &place)? {
        Identity::Current => Opened::Current,
        Identity::Blank if may_create => {
            upgrade(&mut conn, &place)?;
            Opened::Created
        }
        Identity::Blank => {
            let why = "the database does not have its tables; `tollbook migrate` creates them".to_owned();
            return Err(StoreError::NotAStore { path: place.path, why });
        }
        Identity::Older(from) => {
            upgrade(&mut conn, &place)?;
            Opened::Upgraded { from, to: known_changes() }
        }
    };
    let extension = citus::extension(&mut conn).map_err(|error| place.sql(&error))?;
    drop(conn);
    let replica = match &options.replica {
        Some(_) if extension == citus::Extension::InUse => return Err(StoreError::NoReplica { path: place.path }),
        Some(StoreAddress::Server(url)) => Some(replica(url, options)?),
        Some(StoreAddress::File(path)) => {
            let why = "a file cannot be a replica".to_owned();
            return Err(StoreError::NotAStore { path: path.clone(), why });
        }
        None => None,
    };
    let engine = Engine {
        database: database.clone(),
        replica,
        partitions: options.partitions,
        known: Mutex::default(),
        spread: extension == citus::Extension::InUse,
    };
    let readers = database.connections(Access::Read, options.readers, Some(reader));
    let writers = database.connections(Access::Write, WRITERS, None);
    Ok((Store::new(Setup { place, clock: options.clock, readers, writers, engine }), opened))
}

/// Distributes the calls of a store, if the database has the extension and they are not distributed yet.
pub(crate) fn spread(url: &str, options: &StoreOptions) -> Result<bool, StoreError> {
    let database = Database::at(url, true, options.busy_timeout);
    let place = &database.place;
    let mut conn = database.connect(Access::Write)?;
    let extension = citus::extension(&mut conn).map_err(|error| place.sql(&error))?;
    if extension != citus::Extension::Unused {
        return Ok(false);
    }
    // A program that has the store open would go on as if it were on one server. A session that has just been closed
    // may be listed for a moment.
    let started = Instant::now();
    while citus::is_used_elsewhere(&mut conn).map_err(|error| place.sql(&error))? {
        if started.elapsed() > CLOSED_WITHIN {
            return Err(StoreError::InUse { path: place.path.clone() });
        }
        sleep(Duration::from_millis(50));
    }
    let spread = conn.transaction(|conn| {
        statements::lock(conn, Lock::Upgrade)?;
        // Another process may have done it meanwhile.
        let unused = citus::extension(conn)? == citus::Extension::Unused;
        if unused { citus::spread(conn).map(|()| true) } else { Ok(false) }
    });
    spread.map_err(|error| place.sql(&error))
}

/// A replica. It may be unavailable when the program starts, but it must not be behind a proxy that pools transactions.
fn replica(url: &str, options: &StoreOptions) -> Result<Replica, StoreError> {
    let database = Database::at(url, false, options.busy_timeout);
    if let Ok(mut conn) = database.connect(Access::Read) {
        pooling::refuse(&database, &mut conn)?;
    }
    Ok(Replica::new(&database, options.readers))
}
