//! The spool: where finished files wait to be collected.

use std::io::{Read, Seek, Write};

use crate::error::PortError;

/// Where finished files wait to be collected, by keys of letters, digits, `-` and `.`. A file is there whole or not at all.
pub trait Spool: Send + Sync {
    /// Begins a file. It is there once it is published; dropped before, it leaves nothing.
    ///
    /// # Errors
    /// When it cannot be written.
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError>;

    /// Opens a finished file. It can be read to its end even if it is removed meanwhile.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn open(&self, key: &str) -> Result<Box<dyn SpoolRead>, PortError>;

    /// Removes a finished file; one that is not there is removed already.
    ///
    /// # Errors
    /// When it cannot be.
    fn remove(&self, key: &str) -> Result<(), PortError>;

    /// The keys of all finished files.
    ///
    /// # Errors
    /// When they cannot be listed.
    fn keys(&self) -> Result<Vec<String>, PortError>;

    /// Removes what writers that died left half written. What is being written stays.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn clear(&self) -> Result<(), PortError>;
}

/// A file that is being written.
pub trait SpoolWrite: Write + Send {
    /// The file is whole: from now on, and after a power cut, it is there.
    ///
    /// # Errors
    /// When it could not be written to the end; it is not there, then.
    fn publish(self: Box<Self>) -> Result<(), PortError>;
}

/// A finished file.
pub trait SpoolRead: Read + Seek + Send {}

impl<T: Read + Seek + Send> SpoolRead for T {}
