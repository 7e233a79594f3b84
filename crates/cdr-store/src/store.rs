//! The store: one type for both kinds of database.

#[cfg(feature = "sqlite")]
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cdr_mediation::{Batch, PortError};
use cdr_model::Timestamp;

use crate::address::StoreAddress;
use crate::backend::Backend;
use crate::error::StoreError;
use crate::options::{Opened, StoreOptions};
#[cfg(feature = "postgres")]
use crate::postgres::{self, Maintainer, Notices};
#[cfg(feature = "sqlite")]
use crate::sqlite::{self, BackupReport, RestoreReport};
use crate::watching::Watching;
use crate::{CallChanges, CompactReport, PoolState, Rehearsal, RewriteReport};

/// Calls, conferences, the directory, the quarantine, the ledger of exports, walks, users, logins, licences and secrets:
/// in one SQLite file, or in a PostgreSQL database. Any number of processes may have it open. They read concurrently;
/// writes of records are serialised. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(pub(crate) Arc<dyn Backend>);

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

    /// Distributes the calls of a PostgreSQL database over the nodes of Citus, with all they hold, if the database has
    /// the extension and they are not distributed yet. Returns whether it did so. It blocks all access meanwhile. A
    /// database that has the extension before its tables are created needs no such step.
    ///
    /// # Errors
    /// [`StoreError::InUse`] if other programs have the store open; other variants if it cannot be changed. On an error
    /// the store is unchanged.
    pub fn spread(at: impl Into<StoreAddress>, options: &StoreOptions) -> Result<bool, StoreError> {
        match at.into() {
            StoreAddress::File(_) => Ok(false),
            #[cfg(feature = "postgres")]
            StoreAddress::Server(url) => postgres::spread(&url, options),
            #[cfg(not(feature = "postgres"))]
            StoreAddress::Server(_) => {
                let _ = options;
                Err(StoreError::NotBuiltIn { what: "PostgreSQL", feature: "postgres" })
            }
        }
    }

    /// Copies the committed state to another file while other connections read and write. The copy is checked, flushed
    /// to the disk, and renamed to `to` once it is complete.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if `to` exists; [`StoreError::Elsewhere`] for a database server; other variants if the
    /// store cannot be read or the file cannot be written.
    #[cfg(feature = "sqlite")]
    pub fn backup(&self, to: &Path) -> Result<BackupReport, StoreError> {
        self.0.back_up(to)
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
        self.0.restore(from)
    }

    /// What storing a batch would do: it is stored and rolled back, so that nobody sees it. Records of other batches that
    /// were only rehearsed are not known to it. In PostgreSQL, partitions for its calls are created and stay.
    ///
    /// # Errors
    /// As [`cdr_mediation::CdrSink::take`].
    pub fn rehearse(&self, batch: &Batch) -> Result<Rehearsal, PortError> {
        self.0.rehearse(batch)
    }

    /// The versions of calls and charges after a record number, at most so many, in the order of their commits. Versions
    /// that were replaced are left out: what replaced them has a higher number.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn changes(&self, after: i64, most: usize) -> Result<CallChanges, PortError> {
        self.0.changes(after, most)
    }

    /// How many calls of unknown accounts carry this account code.
    ///
    /// # Errors
    /// If they cannot be read.
    pub fn count_adoptable(&self, code: &str) -> Result<u64, PortError> {
        self.0.count_adoptable(code)
    }

    /// Books the calls of unknown accounts that carry the code of an account on it, as new versions with new record
    /// numbers: an export at an earlier watermark stays as it was. It works in short transactions; `progress` is called with
    /// the number of calls so far. If it is stopped, the next call continues. Returns the number of calls.
    ///
    /// # Errors
    /// [`PortError::NotFound`] if the account does not exist, or the error of the store.
    pub fn adopt(&self, account_id: i64, progress: &mut dyn FnMut(u64)) -> Result<u64, PortError> {
        self.0.adopt(account_id, progress)
    }

    /// Removes the calls and conferences that started before an instant, with their keys, the settled quarantine
    /// entries received before it, and the failed and withdrawn exports entered before it. It works in short
    /// transactions, oldest records first, so that other writers are not blocked for long. `progress` is called with
    /// the number of records removed so far. Returns the number of removed calls and conferences, counting all
    /// versions.
    ///
    /// Completed exports whose files hold records from more than a day before the instant are withdrawn. In a file, the space
    /// of removed records is overwritten and a part of it is given back to the disk. In PostgreSQL a partition that ends
    /// before the instant is dropped as a whole.
    ///
    /// # Errors
    /// When the store cannot be written. Records removed before the error stay removed.
    pub fn remove_before(&self, floor: Timestamp, progress: &mut dyn FnMut(u64)) -> Result<u64, StoreError> {
        self.0.remove_before(floor, progress)
    }

    /// Overwrites what removed records have left in unused parts of the file, which [`Store::remove_before`] does for a
    /// limited part of a large file. Returns `false` if a reader still needs the old content, which the next removal
    /// overwrites. In PostgreSQL it does nothing; use [`Store::compact`].
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn clear_removed(&self) -> Result<bool, StoreError> {
        self.0.clear_removed()
    }

    /// Rewrites the store without the space that removed records have used, and gives that space back. In a file, readers
    /// go on and writers wait; it takes about twice the size of the store on the disk meanwhile. In PostgreSQL each table is
    /// locked while it is rewritten, and only the owner of the tables may do it.
    ///
    /// # Errors
    /// When the store cannot be written, or the disk is full. The store is unchanged then.
    pub fn compact(&self) -> Result<CompactReport, StoreError> {
        self.0.compact()
    }

    /// Whether calls may have details in the form of an earlier version. They are read like all others, but more slowly.
    /// Never in PostgreSQL.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn has_older_details(&self) -> Result<bool, StoreError> {
        self.0.has_older_details()
    }

    /// Rewrites the details of these calls in the current form, newest first, in short transactions, while other programs
    /// of this version read and write. `progress` is called with the number of calls so far and in all, first with zero if
    /// there are any. [`Store::compact`] gives back the space that this saves. If it is stopped, the next call continues.
    /// Calls whose details are damaged stay as they are.
    ///
    /// # Errors
    /// When the store cannot be read or written. What was rewritten before stays so.
    pub fn rewrite_details(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<RewriteReport, StoreError> {
        self.0.rewrite_details(progress)
    }

    /// Whether an older program has written calls since this store was upgraded, without noting which hours and days they
    /// are in. Exports then keep no blocks, and calls are counted one by one, until [`Store::note_parts`] was called.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn has_unnoted_parts(&self) -> Result<bool, StoreError> {
        self.0.has_unnoted_parts()
    }

    /// Notes which hours and days all calls are in, if an older program has written some without noting it. It reads every
    /// call in one transaction. Returns whether it did.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    pub fn note_parts(&self) -> Result<bool, StoreError> {
        self.0.note_parts()
    }

    /// Checks that an export could be entered now, waiting at most for `patience` while another process writes. A store to
    /// which others commit in that time can be written. In a
    /// database that is distributed over several nodes, all of them have to answer.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::Unreachable`] with the nodes that do not answer, [`StoreError::Full`], or
    /// any other reason why the store cannot be written.
    pub fn check_writable(&self, patience: Duration) -> Result<(), StoreError> {
        self.0.check_writable(patience)
    }

    /// The instant up to which records can be removed cheaply, at most `floor`: in a file `floor` itself, in PostgreSQL
    /// the start of the partition that contains it.
    pub fn removable_before(&self, floor: Timestamp) -> Timestamp {
        self.0.removable_before(floor)
    }

    /// The state of the reading connections.
    pub fn pool(&self) -> PoolState {
        self.0.pool()
    }

    /// The maintainer of the partitions of a database server, or a candidate for that role. `None` for a file, which
    /// has no partitions.
    #[cfg(feature = "postgres")]
    pub fn maintainer(&self) -> Option<Maintainer> {
        self.0.maintainer()
    }

    /// Notifications of exports that other processes enter and finish. `None` for a file, where there are none.
    ///
    /// # Errors
    /// When the database does not answer.
    #[cfg(feature = "postgres")]
    pub fn notices(&self) -> Result<Option<Notices>, StoreError> {
        self.0.notices()
    }

    /// The right to watch the files of a source, which one process has at a time; `None` if another one has it. It is free
    /// again when it is dropped, and when the process or its connection ends.
    ///
    /// # Errors
    /// When the store cannot be reached, or the file of the lock cannot be created.
    pub fn watching(&self, source: &str) -> Result<Option<Watching>, StoreError> {
        self.0.watching(source)
    }

    /// Whether the store is in a database server, which several machines may share.
    pub fn is_shared(&self) -> bool {
        self.0.is_shared()
    }
}

fn open(at: &StoreAddress, may_create: bool, options: &StoreOptions) -> Result<(Store, Opened), StoreError> {
    match at {
        #[cfg(feature = "sqlite")]
        StoreAddress::File(path) => {
            let (store, opened) = sqlite::open(path, may_create, options)?;
            Ok((Store(Arc::new(store)), opened))
        }
        #[cfg(feature = "postgres")]
        StoreAddress::Server(url) => {
            let (store, opened) = postgres::open(url, may_create, options)?;
            Ok((Store(Arc::new(store)), opened))
        }
        #[cfg(not(feature = "sqlite"))]
        StoreAddress::File(_) => Err(StoreError::NotBuiltIn { what: "SQLite", feature: "sqlite" }),
        #[cfg(not(feature = "postgres"))]
        StoreAddress::Server(_) => Err(StoreError::NotBuiltIn { what: "PostgreSQL", feature: "postgres" }),
    }
}
