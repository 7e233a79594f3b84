//! The right to watch the files of a source.

use std::fmt;
#[cfg(feature = "sqlite")]
use std::fs::File;

#[cfg(feature = "postgres")]
use crate::postgres::HeldLock;

/// The right of this process to watch the files of a source.
pub struct Watching(Held);

/// What holds the right.
enum Held {
    /// The lock on a file beside the store.
    #[cfg(feature = "sqlite")]
    File(#[expect(dead_code, reason = "the lock ends when the file is closed")] File),
    /// The connection with a lock in the database.
    #[cfg(feature = "postgres")]
    Connection(HeldLock),
}

impl Watching {
    #[cfg(feature = "sqlite")]
    pub(crate) fn by_file(file: File) -> Watching {
        Watching(Held::File(file))
    }

    #[cfg(feature = "postgres")]
    pub(crate) fn by_connection(lock: HeldLock) -> Watching {
        Watching(Held::Connection(lock))
    }

    /// Whether it still holds: it ends with its connection.
    pub fn holds(&mut self) -> bool {
        match &mut self.0 {
            #[cfg(feature = "sqlite")]
            Held::File(_) => true,
            #[cfg(feature = "postgres")]
            Held::Connection(lock) => lock.holds(),
        }
    }
}

impl fmt::Debug for Watching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watching")
    }
}
