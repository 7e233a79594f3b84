//! Errors of a store, with messages that name a remedy.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cdr_mediation::PortError;
use diesel::result::Error as DieselError;
use thiserror::Error;

use crate::rejection::Rejection;

/// The counter with the watermark of the source when a move into a store started. While it exists, there is no store yet.
pub(crate) const MOVING: &str = "moving-from";

/// The counter with the highest number of a call whose details may have an older form. Without it, no call has one.
#[cfg(feature = "sqlite")]
pub(crate) const OLDER_DETAILS: &str = "details";

/// Why a store cannot be opened, read, written, backed up, restored or moved.
#[derive(Clone, Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// There is no file of this name.
    #[error("there is no store at {}", .path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The folder of the file does not exist.
    #[error("the folder {} does not exist; create it first", .folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// A file of this name already exists.
    #[error("{} already exists and is never overwritten; choose another name", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The file or the database is not a Tollbook store.
    #[error("{} is not a Tollbook store: {why}", .path.display())]
    NotAStore {
        /// The file; of a database its address.
        path: PathBuf,
        /// The reason.
        why: String,
    },
    /// A newer program has migrated the tables.
    #[error(
        "{} was written by a newer Tollbook: this version does not know its migrations {}; \
         use the newer version, or a backup made by this one",
        .path.display(), .unknown.join(", ")
    )]
    Newer {
        /// The file; of a database its address.
        path: PathBuf,
        /// The names of the unknown migrations.
        unknown: Vec<String>,
    },
    /// The store is damaged.
    #[error("{} is damaged ({what}); restore a backup", .path.display())]
    Damaged {
        /// The file; of a database its address.
        path: PathBuf,
        /// The damage that was found.
        what: String,
    },
    /// Another process held the write lock for longer than the busy timeout.
    #[error(
        "{} was busy for more than {} s; let the other program finish, or wait longer (busy timeout)",
        .path.display(), .waited.as_secs_f32()
    )]
    Locked {
        /// The store.
        path: PathBuf,
        /// The busy timeout.
        waited: Duration,
    },
    /// The database cannot be reached, or the connection was lost. A later attempt may succeed.
    #[error(
        "the database {} does not answer ({what}); check that it is running and that the address is correct",
        .path.display()
    )]
    Unreachable {
        /// Its address.
        path: PathBuf,
        /// The message of libpq or of the server.
        what: String,
    },
    /// A node of a distributed database does not answer. A later attempt may succeed.
    #[error(
        "the node {node} of the database {} does not answer ({what}); check that it is running",
        .path.display()
    )]
    NodeDown {
        /// The address of the database.
        path: PathBuf,
        /// The node: host and port, as the coordinator knows it.
        node: String,
        /// The message of the coordinator.
        what: String,
    },
    /// A node of a distributed database has not settled a transaction that another one has committed. A later
    /// attempt may succeed.
    #[error(
        "the nodes of the database {} have not all settled what was loaded before ({what}); Citus does so within a \
         minute while all of them are running",
        .path.display()
    )]
    Unsettled {
        /// The address of the database.
        path: PathBuf,
        /// The prepared transaction and its node.
        what: String,
    },
    /// Other programs have the store open, so that its tables cannot be distributed.
    #[error(
        "the calls of {} cannot be distributed over the nodes of Citus while other programs have it open; stop \
         them, then run `tollbook migrate` again",
        .path.display()
    )]
    InUse {
        /// The address of the database.
        path: PathBuf,
    },
    /// A replica of a distributed database: its nodes follow at different paces, so that a read may miss calls.
    #[error(
        "the calls of {} are distributed over several nodes, whose replicas are not at the same point: remove \
         database_replica_url",
        .path.display()
    )]
    NoReplica {
        /// The address of the database.
        path: PathBuf,
    },
    /// The database denies the operation to this user.
    #[error("the database {} denied the operation ({what}); {help}", .path.display())]
    Denied {
        /// Its address.
        path: PathBuf,
        /// Its message.
        what: String,
        /// The remedy.
        help: &'static str,
    },
    /// The target of a move is not empty.
    #[error("{} is not empty; a store can only be moved into an empty database or a new file", .path.display())]
    NotEmpty {
        /// Its address.
        path: PathBuf,
    },
    /// A move into this store is in progress, or was interrupted.
    #[error(
        "a store is being moved to {}; let `tollbook move` finish, or run it again if it was interrupted",
        .path.display()
    )]
    HalfMoved {
        /// Its address.
        path: PathBuf,
    },
    /// The target of a move differs from its source.
    #[error("the store in {} differs from the one it is moved from: {what}", .path.display())]
    Differs {
        /// The address of the target.
        path: PathBuf,
        /// The difference.
        what: String,
    },
    /// An operation for which a database server has its own tools.
    #[error("{what} of a database server is done with other tools: {help}")]
    Elsewhere {
        /// The operation.
        what: &'static str,
        /// The tools to use instead.
        help: &'static str,
    },
    /// A kind of database that is not part of this build.
    #[error("this program was built without {what}; build it with `--features {feature}`")]
    NotBuiltIn {
        /// The database.
        what: &'static str,
        /// The cargo feature that builds it in.
        feature: &'static str,
    },
    /// The database is behind a proxy that may give every transaction another connection.
    #[error(
        "{} is behind a proxy that pools transactions (such as PgBouncer with pool_mode = transaction), which loses \
         the settings, prepared statements and notifications of a session; connect to the database directly, or set \
         the proxy to session pooling",
        .path.display()
    )]
    TransactionPooling {
        /// The address.
        path: PathBuf,
    },
    /// No space is left on the disk.
    #[error("no space is left for {}; the last change was not stored, those before it were; free some space and try again", .path.display())]
    Full {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// Write permission for the file or its folder is missing.
    #[error("{} cannot be written; the program needs write permission for this file and its folder", .path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be created, flushed or renamed.
    #[error("{doing} {} failed", .path.display())]
    File {
        /// The operation.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: Arc<io::Error>,
    },
    /// Any other error of the database.
    #[error("the store {} failed: {what}", .path.display())]
    Database {
        /// The store.
        path: PathBuf,
        /// Its message.
        what: String,
    },
}

impl StoreError {
    /// Whether the error is transient: a later attempt may succeed.
    pub fn is_temporary(&self) -> bool {
        use StoreError::{Full, Locked, NodeDown, Unreachable, Unsettled};
        matches!(self, Locked { .. } | Unreachable { .. } | Full { .. } | NodeDown { .. } | Unsettled { .. })
    }
}

/// An error that ends a transaction, or that excludes one record from it.
#[derive(Debug, Error)]
#[error(transparent)]
pub(crate) enum TransactionError {
    /// The database failed.
    Sql(#[from] DieselError),
    /// An error of the caller.
    Port(#[from] PortError),
    /// The store failed.
    Store(#[from] StoreError),
    /// The record is not valid. Nothing was written for it, so the transaction can continue without it.
    #[error("{}", .0.clone().reason_and_detail().1)]
    Rejected(Rejection),
    /// There is no partition for calls that start at these instants. It must be created before they are written.
    #[cfg(feature = "postgres")]
    #[error("a partition is missing")]
    NoRoom(Vec<cdr_model::Timestamp>),
}

impl From<Rejection> for TransactionError {
    fn from(rejection: Rejection) -> TransactionError {
        TransactionError::Rejected(rejection)
    }
}

impl From<io::Error> for TransactionError {
    fn from(error: io::Error) -> TransactionError {
        TransactionError::Port(PortError::PassedOn(error))
    }
}

impl TransactionError {
    /// Why a record was rejected.
    ///
    /// # Errors
    /// The error itself, if it ends the transaction.
    pub(crate) fn rejection(self) -> Result<Rejection, TransactionError> {
        match self {
            TransactionError::Rejected(rejection) => Ok(rejection),
            error => Err(error),
        }
    }

    /// The same error for the whole batch: a rejection ends the transaction too.
    pub(crate) fn of_whole_batch(self) -> TransactionError {
        self.rejection().map_or_else(|error| error, |rejection| TransactionError::Port(rejection.into()))
    }
}

/// The address of a store and its busy timeout, which its errors name.
#[derive(Clone, Debug)]
pub(crate) struct StorePlace {
    /// The file; of a database server its address, without the password.
    pub(crate) path: PathBuf,
    pub(crate) busy_timeout: Duration,
    /// Maps the errors of this kind of database.
    meaning: fn(&StorePlace, &DieselError) -> StoreError,
}

impl StorePlace {
    /// A store whose database errors `meaning` maps.
    pub(crate) fn new(
        path: &Path,
        busy_timeout: Duration,
        meaning: fn(&StorePlace, &DieselError) -> StoreError,
    ) -> StorePlace {
        StorePlace { path: path.to_path_buf(), busy_timeout, meaning }
    }

    /// Maps an error of Diesel.
    pub(crate) fn sql(&self, error: &DieselError) -> StoreError {
        (self.meaning)(self, error)
    }

    /// The error that ended a transaction, for callers outside the ports.
    pub(crate) fn error(&self, error: TransactionError) -> StoreError {
        match error {
            TransactionError::Store(error) => error,
            TransactionError::Sql(error) => self.sql(&error),
            TransactionError::Rejected(rejection) => self.error(TransactionError::Port(rejection.into())),
            TransactionError::Port(error) => StoreError::Database { path: self.path.clone(), what: error.to_string() },
            #[cfg(feature = "postgres")]
            TransactionError::NoRoom(_) => StoreError::Database {
                path: self.path.clone(),
                what: "partitions were dropped repeatedly while calls were written to them".to_owned(),
            },
        }
    }
}
