//! What can go wrong with a store, said so that it helps.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cdr_mediation::PortError;
use diesel::result::Error as DieselError;
use thiserror::Error;

/// Why a store cannot be opened, read, written, saved or brought back.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// No file of this name.
    #[error("there is no store at {}", .path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// No folder to put the file in.
    #[error("the folder {} does not exist; create it first", .folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// A file of this name is there already.
    #[error("{} is there already; nothing is ever written over, choose another name", .path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// A file, but none of ours.
    #[error("{} is no Tollbook store: {why}", .path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
        /// What it is instead.
        why: String,
    },
    /// A newer program has changed its tables.
    #[error(
        "{} was written by a newer Tollbook: it has the changes {} that this one does not know; \
         use the newer program, or a backup that was made by this one",
        .path.display(), .unknown.join(", ")
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The names of the changes that are unknown here.
        unknown: Vec<String>,
    },
    /// The file is broken.
    #[error("{} is damaged ({what}); restore a backup", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found.
        what: String,
    },
    /// Somebody else was writing for too long.
    #[error(
        "{} was busy for more than {} s; let the other program finish, or wait longer (busy timeout)",
        .path.display(), .waited.as_secs_f32()
    )]
    Locked {
        /// The store.
        path: PathBuf,
        /// How long it was waited for.
        waited: Duration,
    },
    /// The database cannot be reached, or has broken off; it may well answer the next time.
    #[error("the database {} does not answer ({what}); is it running, and does the address name it?", .path.display())]
    Unreachable {
        /// Its address.
        path: PathBuf,
        /// What was said.
        what: String,
    },
    /// The database does not let this user do it.
    #[error("the database {} refuses it ({what}); {help}", .path.display())]
    Denied {
        /// Its address.
        path: PathBuf,
        /// What it said.
        what: String,
        /// What would help.
        help: &'static str,
    },
    /// A database into which nothing can be moved, since there is something in it.
    #[error("there is something in {} already; a store is moved into a database without any calls", .path.display())]
    NotEmpty {
        /// Its address.
        path: PathBuf,
    },
    /// A database into which a store is being moved, or was until that was cut short.
    #[error("a store is being moved to {}; let `tollbook move` finish, or run it again if it was cut short", .path.display())]
    HalfMoved {
        /// Its address.
        path: PathBuf,
    },
    /// A store that was moved is not what it was.
    #[error("what was moved to {} is not the same: {what}", .path.display())]
    Differs {
        /// Where to.
        path: PathBuf,
        /// In what it differs.
        what: String,
    },
    /// It is done with other programs there.
    #[error("{what} is not done by this program for a database server: {help}")]
    Elsewhere {
        /// What was asked for.
        what: &'static str,
        /// What to do instead.
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
    /// A proxy stands between, which hands every transaction to another connection.
    #[error(
        "{} is behind a proxy that pools transactions (such as PgBouncer with pool_mode = transaction): settings, prepared \
         statements and notices of a connection are lost there; name the database itself, or let the proxy pool sessions",
        .path.display()
    )]
    TransactionPooling {
        /// The address.
        path: PathBuf,
    },
    /// No space left.
    #[error("no space is left for {}; nothing of this was kept: make room and do it again", .path.display())]
    Full {
        /// The file that could not grow.
        path: PathBuf,
    },
    /// The file or its folder may not be written.
    #[error("{} cannot be written; the program needs the right to write this file and its folder", .path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// A file could not be made, flushed or renamed.
    #[error("{doing} {} failed", .path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The database said something else.
    #[error("the store {} failed: {what}", .path.display())]
    Database {
        /// The store.
        path: PathBuf,
        /// What it said.
        what: String,
    },
}

impl StoreError {
    /// Whether it may well go right the next time.
    pub fn is_passing(&self) -> bool {
        matches!(self, StoreError::Locked { .. } | StoreError::Unreachable { .. })
    }
}

/// Anything that ends a transaction.
#[derive(Debug)]
pub(crate) enum Trouble {
    Sql(DieselError),
    Port(PortError),
    Store(StoreError),
    /// Calls that start at these instants have no partition; it must be created before they are written.
    #[cfg(feature = "postgres")]
    NoRoom(Vec<cdr_model::Timestamp>),
}

impl From<DieselError> for Trouble {
    fn from(error: DieselError) -> Trouble {
        Trouble::Sql(error)
    }
}

impl From<PortError> for Trouble {
    fn from(error: PortError) -> Trouble {
        Trouble::Port(error)
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Trouble {
        Trouble::Store(error)
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble::Port(PortError::PassedOn(error))
    }
}

/// A file and how long it is waited for: what every error about it says.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The file; of a database server the address, without the password.
    pub(crate) path: PathBuf,
    pub(crate) busy_timeout: Duration,
    /// What the words of this kind of database mean.
    meaning: fn(&Place, &DieselError) -> StoreError,
}

impl Place {
    /// A place of a kind of database whose words mean this.
    pub(crate) fn new(path: &Path, busy_timeout: Duration, meaning: fn(&Place, &DieselError) -> StoreError) -> Place {
        Place { path: path.to_path_buf(), busy_timeout, meaning }
    }

    /// An error of Diesel about this file.
    pub(crate) fn sql(&self, error: &DieselError) -> StoreError {
        (self.meaning)(self, error)
    }

    /// What ended a transaction, for those who know no ports.
    pub(crate) fn trouble(&self, trouble: Trouble) -> StoreError {
        match trouble {
            Trouble::Store(error) => error,
            Trouble::Sql(error) => self.sql(&error),
            Trouble::Port(error) => StoreError::Database { path: self.path.clone(), what: error.to_string() },
            #[cfg(feature = "postgres")]
            Trouble::NoRoom(_) => StoreError::Database {
                path: self.path.clone(),
                what: "partitions were dropped again and again while calls were written to them".to_owned(),
            },
        }
    }
}
