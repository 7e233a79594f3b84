//! The store: one file, and the connections to it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cdr_mediation::PortError;
use cdr_model::{Directory, Timestamp};
use diesel::SqliteConnection;

use crate::error::{Place, StoreError, Trouble};
use crate::sqlite::{Access, BackupReport, Connection, Connections, Identity, PoolState, RestoreReport};
use crate::{retention, sqlite};

/// Calls, conferences, the directory, the quarantine, the ledger of exports, operators, logins, licences and secrets in
/// one SQLite file. Any number of programs may have it open; they read side by side and write one after the other. Cheap
/// to clone.
#[derive(Clone, Debug)]
pub struct Store(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) place: Place,
    pub(crate) clock: fn() -> Timestamp,
    readers: Connections,
    writer: Connections,
    /// The directory as it was when its counter stood there.
    pub(crate) directory: Mutex<Option<(i64, Arc<Directory>)>>,
}

/// How a store is used.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// How long to wait for somebody else who is writing, and for a free connection.
    pub busy_timeout: Duration,
    /// How many may read at the same time through one [`Store`].
    pub readers: u32,
    /// Tells when records arrive in quarantine.
    pub clock: fn() -> Timestamp,
}

impl Default for StoreOptions {
    /// Ten seconds, eight readers, the system's clock.
    fn default() -> StoreOptions {
        StoreOptions { busy_timeout: Duration::from_secs(10), readers: 8, clock: || chrono::Utc::now().into() }
    }
}

/// What was found where a store was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Nothing; it was made.
    Created,
    /// A store of an older program; its tables were changed.
    Upgraded {
        /// How many changes of the tables it had seen.
        from: usize,
        /// How many it has seen now.
        to: usize,
    },
    /// A store as this program makes them.
    Current,
}

impl Store {
    /// Opens a store that is there. One of an older program is upgraded, all at once.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::NotAStore`] for the file of another program, [`StoreError::Newer`] for
    /// one that has seen changes this program does not know; and when it cannot be read or written.
    pub fn open(path: &Path, options: &StoreOptions) -> Result<Store, StoreError> {
        if !path.exists() {
            // The folder, if that is what is missing.
            return Err(Place::new(path, options.busy_timeout).explain("unable to open database file"));
        }
        open(path, Access::Write, options).map(|(store, _)| store)
    }

    /// The same, but a store that is not there is made.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn create_or_open(path: &Path, options: &StoreOptions) -> Result<(Store, Opened), StoreError> {
        open(path, Access::Create, options)
    }

    /// Saves what is committed now to another file, while others read and write. The file is checked, flushed to the
    /// disk, and gets its name when it is whole.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is a file of this name; and when the store cannot be read or the file written.
    pub fn backup(&self, to: &Path) -> Result<BackupReport, StoreError> {
        sqlite::back_up(&self.0.place, to)
    }

    /// Replaces everything in the store by a backup, in one transaction, while others have it open: they see the old
    /// state or the new one. A backup of an older program is upgraded first, as a copy. Numbers that were given since
    /// the backup are not given again, nor are the tags of exports. Operators, logins, licences, secrets and exports
    /// are those of the backup, too: the passwords, tokens and licences of then open again, a completed export may have
    /// lost its file, and who was told of one since may be told again.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::NotAStore`] and [`StoreError::Newer`] about the backup, which is checked
    /// before anything is changed; and when the store cannot be written. The store is then as it was.
    pub fn restore(&self, from: &Path) -> Result<RestoreReport, StoreError> {
        sqlite::restore(&self.0.place, from)
    }

    /// Removes the calls and conferences that started before an instant, with what was known of their keys, the settled
    /// quarantine entries that came before it, and the failed and withdrawn exports that were entered before it. It does
    /// so in short transactions, oldest first, so others may write in between; `progress` is told how many records are
    /// gone so far. Returns how many calls and conferences that were, all versions.
    ///
    /// # Errors
    /// When the store cannot be written; what was removed so far stays removed.
    pub fn remove_before(&self, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
        retention::remove_before(self, floor, progress)
    }

    /// How the connections that read stand.
    pub fn pool(&self) -> PoolState {
        self.0.readers.state()
    }

    /// A connection that reads.
    pub(crate) fn reader(&self) -> Result<Connection, StoreError> {
        self.0.readers.get()
    }

    /// Reads something, and gives the connection back.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&mut SqliteConnection) -> Result<T, Trouble>) -> Result<T, Trouble> {
        work(&mut *self.reader()?)
    }

    /// Does something in one transaction that nobody else writes beside.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        sqlite::in_transaction(&mut *self.0.writer.get()?, work)
    }

    /// What ended a transaction, for the one who asked through a port.
    pub(crate) fn failed(&self, doing: &str, trouble: impl Into<Trouble>) -> PortError {
        let error = match trouble.into() {
            Trouble::Port(error) => return error,
            Trouble::Sql(error) => self.0.place.sql(&error),
            Trouble::Store(error) => error,
        };
        match error {
            StoreError::Locked { .. } => PortError::unavailable(doing, error),
            _ => PortError::failed(doing, error),
        }
    }

    /// A record in the store that cannot be read.
    pub(crate) fn damaged(&self, what: impl Into<String>) -> StoreError {
        StoreError::Damaged { path: self.0.place.path.clone(), what: what.into() }
    }
}

fn open(path: &Path, access: Access, options: &StoreOptions) -> Result<(Store, Opened), StoreError> {
    let place = Place::new(path, options.busy_timeout);
    let looking = if access == Access::Create { Access::Create } else { Access::Look };
    let identity = {
        let mut conn = sqlite::connect(&place, looking)?;
        let identity = sqlite::identify(&mut conn, &place)?;
        if identity == Identity::Blank && access == Access::Create {
            sqlite::create(&mut conn, &place)?;
        }
        identity
    };
    let opened = match identity {
        Identity::Current => Opened::Current,
        Identity::Blank if access == Access::Create => Opened::Created,
        Identity::Blank => return Err(StoreError::NotAStore { path: place.path, why: "it is empty".to_owned() }),
        Identity::Older(from) => {
            sqlite::upgrade(&mut sqlite::connect(&place, Access::Write)?, &place)?;
            Opened::Upgraded { from, to: sqlite::known_changes() }
        }
    };
    let readers = Connections::new(&place, Access::Read, options.readers);
    let writer = Connections::new(&place, Access::Write, 1);
    let inner = Inner { place, clock: options.clock, readers, writer, directory: Mutex::new(None) };
    Ok((Store(Arc::new(inner)), opened))
}
