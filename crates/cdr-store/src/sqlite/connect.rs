//! Opens connections with the settings of their purpose.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, SqliteConnection};

use super::{amount, details, digests, wanted};
use crate::error::{StoreError, StorePlace, TransactionError};

/// The pause between two attempts to change a setting while the file is locked.
const PAUSE: Duration = Duration::from_millis(10);

/// The purpose of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reading while other connections write.
    Read,
    /// Writing, one connection at a time.
    Write,
    /// Writing to a file that may not exist yet, before it is known to be a store.
    Create,
    /// Examining a file without changing it.
    Look,
}

impl Access {
    fn mode(self) -> &'static str {
        match self {
            Access::Read | Access::Write => "rw",
            Access::Create => "rwc",
            Access::Look => "ro",
        }
    }

    /// The settings, one statement each. The busy timeout is set before them.
    fn settings(self) -> &'static [&'static str] {
        match self {
            // A sort that exceeds the cache spills to a file, so that a reader's memory does not depend on the number
            // of rows.
            Access::Read => &["PRAGMA cache_size = -4096", "PRAGMA temp_store = FILE", "PRAGMA query_only = ON"],
            Access::Write => &[
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                // What is deleted is overwritten with zeros.
                "PRAGMA secure_delete = ON",
                "PRAGMA cache_size = -16384",
                // Pages of the log, 16 MiB, before they are moved into the file. A load changes the same pages of indexes
                // with each batch; they are moved once for several batches.
                "PRAGMA wal_autocheckpoint = 4096",
            ],
            Access::Create | Access::Look => &[],
        }
    }
}

/// Opens a connection to a file.
pub(crate) fn connect(place: &StorePlace, access: Access) -> Result<SqliteConnection, StoreError> {
    let uri = file_uri(&place.path, access.mode())?;
    let mut conn = SqliteConnection::establish(&uri).map_err(|error| place.explain(&error.to_string()))?;
    let milliseconds = i32::try_from(place.busy_timeout.as_millis()).unwrap_or(i32::MAX);
    let timeout = format!("PRAGMA busy_timeout = {milliseconds}");
    for setting in std::iter::once(timeout.as_str()).chain(access.settings().iter().copied()) {
        set(&mut conn, place, setting)?;
    }
    let functions = wanted::register(&conn)
        .and_then(|()| amount::register(&mut conn))
        .and_then(|()| digests::register(&mut conn))
        .and_then(|()| details::register(&mut conn));
    functions.map_err(|error| place.sql(&error))?;
    Ok(conn)
}

/// Changes a setting, and waits for the lock up to the busy timeout. SQLite waits on its own except for the change to
/// WAL: if several connections change to WAL at the same time, all but one fail immediately.
pub(crate) fn set(conn: &mut SqliteConnection, place: &StorePlace, setting: &str) -> Result<(), StoreError> {
    let started = Instant::now();
    loop {
        match conn.batch_execute(setting).map_err(|error| place.sql(&error)) {
            Err(StoreError::Locked { .. }) if started.elapsed() < place.busy_timeout => sleep(PAUSE),
            done => return done,
        }
    }
}

/// Runs `work` in one transaction without concurrent writers. The lock is taken first, so the state that `work` reads
/// is the state it changes.
pub(crate) fn in_transaction<T>(
    conn: &mut SqliteConnection,
    work: impl FnOnce(&mut SqliteConnection) -> Result<T, TransactionError>,
) -> Result<T, TransactionError> {
    // When the disk is full, SQLite rolls back on its own. Diesel then reports the failed rollback instead of the
    // cause.
    let mut why = None;
    let done = conn.immediate_transaction(|conn| {
        work(conn).map_err(|error| {
            why = Some(error);
            diesel::result::Error::RollbackTransaction
        })
    });
    done.map_err(|error| why.unwrap_or(TransactionError::Sql(error)))
}

/// A path as a URI of SQLite (<https://www.sqlite.org/uri.html>), with the mode, and with any byte that a file name can
/// have.
pub(crate) fn file_uri(path: &Path, mode: &str) -> Result<String, StoreError> {
    let whole = std::path::absolute(path).map_err(|source| StoreError::File {
        doing: "finding the folder of",
        path: path.to_path_buf(),
        source: source.into(),
    })?;
    let mut uri = String::from("file://");
    for byte in whole.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri.push_str("?mode=");
    uri.push_str(mode);
    Ok(uri)
}
