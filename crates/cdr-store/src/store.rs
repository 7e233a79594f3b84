//! The store: one place, whatever kind of database is there.

#[cfg(feature = "sqlite")]
use std::path::Path;
use std::time::Duration;

use cdr_model::Timestamp;

use crate::PoolState;
use crate::address::StoreAddress;
use crate::error::StoreError;
#[cfg(feature = "postgres")]
use crate::postgres::{self, Maintainer, Notices};
#[cfg(feature = "sqlite")]
use crate::sqlite::{self, BackupReport, RestoreReport};

/// Calls, conferences, the directory, the quarantine, the ledger of exports, users, logins, licences and secrets: in
/// one SQLite file, or in a PostgreSQL database. Any number of programs may have it open; they read side by side, and who
/// writes records does so one after the other. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(pub(crate) Kind);

/// Which kind of database it is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::tables::Store),
    #[cfg(feature = "postgres")]
    Postgres(postgres::tables::Store),
}

/// Does the same with either kind of store.
macro_rules! on_store {
    ($store:expr, |$it:ident| $work:expr) => {
        match &$store.0 {
            #[cfg(feature = "sqlite")]
            $crate::store::Kind::Sqlite($it) => $work,
            #[cfg(feature = "postgres")]
            $crate::store::Kind::Postgres($it) => $work,
        }
    };
}
pub(crate) use on_store;

/// How a store is used.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// How long to wait for somebody else who is writing, and for a free connection.
    pub busy_timeout: Duration,
    /// How many may read at the same time through one [`Store`].
    pub readers: u32,
    /// Tells when records arrive in quarantine.
    pub clock: fn() -> Timestamp,
    /// PostgreSQL only: the address of a replica from which calls and conferences are read, once it has what is asked for.
    pub replica: Option<StoreAddress>,
    /// PostgreSQL only: how much time one partition of the calls covers.
    pub partitions: Partitions,
}

/// How much time one partition of the calls covers, in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Partitions {
    /// A calendar month.
    #[default]
    Month,
    /// A day: for tens of millions of calls a month.
    Day,
}

impl Default for StoreOptions {
    /// Ten seconds, eight readers, the system's clock, no replica, a partition a month.
    fn default() -> StoreOptions {
        StoreOptions {
            busy_timeout: Duration::from_secs(10),
            readers: 8,
            clock: || chrono::Utc::now().into(),
            replica: None,
            partitions: Partitions::default(),
        }
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
    /// Opens a store that is there: a file, or a database with our tables. One of an older program is upgraded, all at once.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::NotAStore`] for the file of another program, [`StoreError::Newer`] for
    /// one that has seen changes this program does not know, [`StoreError::TransactionPooling`] for a database behind such
    /// a proxy, [`StoreError::NotBuiltIn`] for a kind of database whose feature is off; and when it cannot be read or written.
    pub fn open(at: impl Into<StoreAddress>, options: &StoreOptions) -> Result<Store, StoreError> {
        open(&at.into(), false, options).map(|(store, _)| store)
    }

    /// The same, but a store that is not there is made. A database is never made, but tables in it are.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn create_or_open(at: impl Into<StoreAddress>, options: &StoreOptions) -> Result<(Store, Opened), StoreError> {
        open(&at.into(), true, options)
    }

    /// Saves what is committed now to another file, while others read and write. The file is checked, flushed to the
    /// disk, and gets its name when it is whole.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is a file of this name; [`StoreError::Elsewhere`] for a database server; and when
    /// the store cannot be read or the file written.
    #[cfg(feature = "sqlite")]
    pub fn backup(&self, to: &Path) -> Result<BackupReport, StoreError> {
        match &self.0 {
            Kind::Sqlite(store) => sqlite::back_up(&store.0.place, to),
            #[cfg(feature = "postgres")]
            Kind::Postgres(_) => {
                let help = "pg_dump makes a backup, and pg_basebackup with archived logs one of every moment";
                Err(StoreError::Elsewhere { what: "a backup", help })
            }
        }
    }

    /// Replaces everything in the store by a backup, in one transaction, while others have it open: they see the old
    /// state or the new one. A backup of an older program is upgraded first, as a copy. Numbers that were given since
    /// the backup are not given again, nor are the tags of exports. Users, logins, licences, secrets and exports
    /// are those of the backup, too: the passwords, tokens and licences of then open again, a completed export may have
    /// lost its file, and who was told of one since may be told again.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::NotAStore`] and [`StoreError::Newer`] about the backup, which is checked
    /// before anything is changed; [`StoreError::Elsewhere`] for a database server; and when the store cannot be written.
    /// The store is then as it was.
    #[cfg(feature = "sqlite")]
    pub fn restore(&self, from: &Path) -> Result<RestoreReport, StoreError> {
        match &self.0 {
            Kind::Sqlite(store) => sqlite::restore(&store.0.place, from),
            #[cfg(feature = "postgres")]
            Kind::Postgres(_) => {
                let help = "pg_restore brings a backup of pg_dump back, into an empty database";
                Err(StoreError::Elsewhere { what: "restoring", help })
            }
        }
    }

    /// Removes the calls and conferences that started before an instant, with what was known of their keys, the settled
    /// quarantine entries that came before it, and the failed and withdrawn exports that were entered before it. It does
    /// so in short transactions, oldest first, so others may write in between; `progress` is told how many records are
    /// gone so far. Returns how many calls and conferences that were, all versions.
    ///
    /// In PostgreSQL whole partitions are dropped where all of a partition is older.
    ///
    /// # Errors
    /// When the store cannot be written; what was removed so far stays removed.
    pub fn remove_before(&self, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
        on_store!(self, |store| store.remove_before(floor, progress))
    }

    /// Up to where it is easy to remove records, of those that started before an instant: in a file all of them, in
    /// PostgreSQL those in partitions that end before it.
    pub fn removable_before(&self, floor: Timestamp) -> Timestamp {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite(_) => floor,
            #[cfg(feature = "postgres")]
            Kind::Postgres(store) => postgres::partition_start(floor, store.0.engine.partitions),
        }
    }

    /// How the connections that read stand.
    pub fn pool(&self) -> PoolState {
        on_store!(self, |store| store.pool())
    }

    /// The one who keeps the partitions of a database server, or a candidate for it; `None` for a file, which has none.
    #[cfg(feature = "postgres")]
    pub fn maintainer(&self) -> Option<Maintainer> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite(_) => None,
            Kind::Postgres(store) => Some(Maintainer::new(store)),
        }
    }

    /// What is heard of exports that other programs enter and end; `None` for a file, where nobody tells.
    ///
    /// # Errors
    /// When the database does not answer.
    #[cfg(feature = "postgres")]
    pub fn notices(&self) -> Result<Option<Notices>, StoreError> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite(_) => Ok(None),
            Kind::Postgres(store) => Notices::of(store).map(Some),
        }
    }

    /// Whether it is in a database server, which several machines may share.
    pub fn is_shared(&self) -> bool {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite(_) => false,
            #[cfg(feature = "postgres")]
            Kind::Postgres(_) => true,
        }
    }
}

fn open(at: &StoreAddress, may_create: bool, options: &StoreOptions) -> Result<(Store, Opened), StoreError> {
    match at {
        #[cfg(feature = "sqlite")]
        StoreAddress::File(path) => {
            let (store, opened) = sqlite::open(path, may_create, options)?;
            Ok((Store(Kind::Sqlite(store)), opened))
        }
        #[cfg(feature = "postgres")]
        StoreAddress::Server(url) => {
            let (store, opened) = postgres::open(url, may_create, options)?;
            Ok((Store(Kind::Postgres(store)), opened))
        }
        #[cfg(not(feature = "sqlite"))]
        StoreAddress::File(_) => Err(StoreError::NotBuiltIn { what: "SQLite", feature: "sqlite" }),
        #[cfg(not(feature = "postgres"))]
        StoreAddress::Server(_) => Err(StoreError::NotBuiltIn { what: "PostgreSQL", feature: "postgres" }),
    }
}
