//! The store: one type for both kinds of database.

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
/// one SQLite file, or in a PostgreSQL database. Any number of processes may have it open. They read concurrently;
/// writes of records are serialised. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(pub(crate) Kind);

/// The kind of database.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    #[cfg(feature = "sqlite")]
    Sqlite(sqlite::tables::Store),
    #[cfg(feature = "postgres")]
    Postgres(postgres::tables::Store),
}

/// Evaluates the same expression for either kind of store.
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

/// Options of an open store.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// How long to wait for the write lock and for a free connection.
    pub busy_timeout: Duration,
    /// The maximum number of concurrent readers of one [`Store`].
    pub readers: u32,
    /// The clock that dates entries of the quarantine.
    pub clock: fn() -> Timestamp,
    /// PostgreSQL only: the address of a replica. Calls and conferences are read from it once it has reached the
    /// watermark of the query.
    pub replica: Option<StoreAddress>,
    /// PostgreSQL only: the period that one partition of the calls covers.
    pub partitions: Partitions,
}

/// The period that one partition of the calls covers, in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Partitions {
    /// A calendar month.
    #[default]
    Month,
    /// A day, for tens of millions of calls a month.
    Day,
}

impl Default for StoreOptions {
    /// A busy timeout of ten seconds, eight readers, the system clock, no replica, monthly partitions.
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

/// The state in which a store was found when it was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It did not exist and was created.
    Created,
    /// It was written by an older version, and its tables were migrated.
    Upgraded {
        /// The number of migrations applied before.
        from: usize,
        /// The number of migrations applied now.
        to: usize,
    },
    /// All migrations were applied already.
    Current,
}

impl Store {
    /// Opens an existing store: a file, or a database with the tables of this crate. A store of an older version is
    /// upgraded in one transaction.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; [`StoreError::NotAStore`] for the file of another program; [`StoreError::Newer`] for a
    /// store with migrations that this version does not know; [`StoreError::HalfMoved`] for a database into which a
    /// store is being moved; [`StoreError::TransactionPooling`] for a database behind a proxy that pools transactions;
    /// [`StoreError::NotBuiltIn`] for a kind of database whose feature is off. Other variants if the store cannot be
    /// read or written.
    pub fn open(at: impl Into<StoreAddress>, options: &StoreOptions) -> Result<Store, StoreError> {
        open(&at.into(), false, options).map(|(store, _)| store)
    }

    /// As [`Store::open`], but creates a missing store. In a database server it creates the tables, not the database.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn create_or_open(at: impl Into<StoreAddress>, options: &StoreOptions) -> Result<(Store, Opened), StoreError> {
        open(&at.into(), true, options)
    }

    /// Copies the committed state to another file while other connections read and write. The copy is checked, flushed
    /// to the disk, and renamed to `to` once it is complete.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if `to` exists; [`StoreError::Elsewhere`] for a database server; other variants if the
    /// store cannot be read or the file cannot be written.
    #[cfg(feature = "sqlite")]
    pub fn backup(&self, to: &Path) -> Result<BackupReport, StoreError> {
        match &self.0 {
            Kind::Sqlite(store) => sqlite::back_up(&store.0.place, to),
            #[cfg(feature = "postgres")]
            Kind::Postgres(_) => {
                let help = "use pg_dump, or pg_basebackup with WAL archiving for point-in-time recovery";
                Err(StoreError::Elsewhere { what: "the backup", help })
            }
        }
    }

    /// Replaces the whole content of the store with a backup, in one transaction, while other connections have it open:
    /// they see either the old state or the new one. A backup of an older version is copied and upgraded first. Record
    /// numbers and tags of exports that were assigned after the backup are not assigned again. Users, logins, licences,
    /// secrets and exports are restored too: old passwords, tokens and licences are valid again, the file of a
    /// completed export may be missing, and callbacks sent after the backup may be sent again.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], [`StoreError::NotAStore`] and [`StoreError::Newer`] for the backup, which is checked
    /// before anything is changed; [`StoreError::Elsewhere`] for a database server; other variants if the store cannot
    /// be written. On an error the store is unchanged.
    #[cfg(feature = "sqlite")]
    pub fn restore(&self, from: &Path) -> Result<RestoreReport, StoreError> {
        match &self.0 {
            Kind::Sqlite(store) => sqlite::restore(&store.0.place, from),
            #[cfg(feature = "postgres")]
            Kind::Postgres(_) => {
                let help = "use pg_restore to load a dump of pg_dump into an empty database";
                Err(StoreError::Elsewhere { what: "the restore", help })
            }
        }
    }

    /// Removes the calls and conferences that started before an instant, with their keys, the settled quarantine
    /// entries received before it, and the failed and withdrawn exports entered before it. It works in short
    /// transactions, oldest records first, so that other writers are not blocked for long. `progress` is called with
    /// the number of records removed so far. Returns the number of removed calls and conferences, counting all
    /// versions.
    ///
    /// In PostgreSQL a partition that ends before the instant is dropped as a whole.
    ///
    /// # Errors
    /// When the store cannot be written. Records removed before the error stay removed.
    pub fn remove_before(&self, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
        on_store!(self, |store| store.remove_before(floor, progress))
    }

    /// The instant up to which records can be removed cheaply, at most `floor`: in a file `floor` itself, in PostgreSQL
    /// the start of the partition that contains it.
    pub fn removable_before(&self, floor: Timestamp) -> Timestamp {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite(_) => floor,
            #[cfg(feature = "postgres")]
            Kind::Postgres(store) => postgres::partition_start(floor, store.0.engine.partitions),
        }
    }

    /// The state of the reading connections.
    pub fn pool(&self) -> PoolState {
        on_store!(self, |store| store.pool())
    }

    /// The maintainer of the partitions of a database server, or a candidate for that role. `None` for a file, which
    /// has no partitions.
    #[cfg(feature = "postgres")]
    pub fn maintainer(&self) -> Option<Maintainer> {
        match &self.0 {
            #[cfg(feature = "sqlite")]
            Kind::Sqlite(_) => None,
            Kind::Postgres(store) => Some(Maintainer::new(store)),
        }
    }

    /// Notifications of exports that other processes enter and finish. `None` for a file, where there are none.
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

    /// Whether the store is in a database server, which several machines may share.
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
