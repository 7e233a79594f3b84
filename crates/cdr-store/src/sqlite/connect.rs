//! Opening a connection with the settings of its purpose.

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, SqliteConnection};

use crate::error::{Place, StoreError, Trouble};

/// How long a setting that somebody else stands in the way of is left before it is tried again.
const PAUSE: Duration = Duration::from_millis(10);

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reading beside others who write.
    Read,
    /// Writing, one at a time.
    Write,
    /// Writing to a file that may not be there yet, before it is known to be ours.
    Create,
    /// Looking at a file without changing a bit of it.
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

    /// The settings, a statement each; the busy timeout goes before them.
    fn settings(self) -> &'static [&'static str] {
        match self {
            // Sorting spills to a file beyond the cache, so that a reader's memory does not depend on the rows.
            Access::Read => &["PRAGMA cache_size = -4096", "PRAGMA temp_store = FILE", "PRAGMA query_only = ON"],
            Access::Write => &[
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                "PRAGMA cache_size = -16384",
            ],
            Access::Create | Access::Look => &[],
        }
    }
}

/// A connection to a file. Errors say what SQLite said, in words that help.
pub(crate) fn connect(place: &Place, access: Access) -> Result<SqliteConnection, StoreError> {
    let uri = file_uri(&place.path, access.mode())?;
    let mut conn = SqliteConnection::establish(&uri).map_err(|error| place.explain(&error.to_string()))?;
    let milliseconds = i32::try_from(place.busy_timeout.as_millis()).unwrap_or(i32::MAX);
    let timeout = format!("PRAGMA busy_timeout = {milliseconds}");
    for setting in std::iter::once(timeout.as_str()).chain(access.settings().iter().copied()) {
        set(&mut conn, place, setting)?;
    }
    Ok(conn)
}

/// Makes a setting, and waits for who is in the way as long as the busy timeout says. SQLite does so by itself for all but
/// the change to WAL: of several who make it at once it refuses all but one on the spot.
pub(crate) fn set(conn: &mut SqliteConnection, place: &Place, setting: &str) -> Result<(), StoreError> {
    let begun = Instant::now();
    loop {
        match conn.batch_execute(setting).map_err(|error| place.sql(&error)) {
            Err(StoreError::Locked { .. }) if begun.elapsed() < place.busy_timeout => sleep(PAUSE),
            done => return done,
        }
    }
}

/// Does something in one transaction that nobody else writes beside: the lock is taken first, so what it reads is what
/// it writes to.
pub(crate) fn in_transaction<T>(
    conn: &mut SqliteConnection,
    work: impl FnOnce(&mut SqliteConnection) -> Result<T, Trouble>,
) -> Result<T, Trouble> {
    // When the disk is full SQLite rolls back by itself, and Diesel tells that it could not, instead of why.
    let mut why = None;
    let done = conn.immediate_transaction(|conn| {
        work(conn).map_err(|trouble| {
            why = Some(trouble);
            diesel::result::Error::RollbackTransaction
        })
    });
    done.map_err(|error| why.unwrap_or(Trouble::Sql(error)))
}

/// A path as SQLite's URI (<https://www.sqlite.org/uri.html>), which carries the mode, and any byte a name can have.
pub(crate) fn file_uri(path: &Path, mode: &str) -> Result<String, StoreError> {
    let whole = std::path::absolute(path).map_err(|source| StoreError::File {
        doing: "finding the folder of",
        path: path.to_path_buf(),
        source,
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
