//! Watched files: how far the files of a source were read.

use cdr_model::{PortError, Timestamp};

/// How far a file was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedFile {
    /// Its number, which tells it from other files.
    pub number: i64,
    /// When it was there; it may be there still.
    pub seen_at: Timestamp,
    /// What is known about it, in the form of the program that watches it.
    pub document: String,
}

/// Where it is kept how far watched files were read. A program that reads a file stores its records first.
pub trait WatchedFiles: Send + Sync {
    /// The files of a source, in the order of their numbers.
    ///
    /// # Errors
    /// If they cannot be read.
    fn watched_files(&self, source: &str) -> Result<Vec<WatchedFile>, PortError>;

    /// Keeps a file, in place of what was kept under its number. Returns the number; one without a number gets one.
    ///
    /// # Errors
    /// If it cannot be stored.
    fn keep_watched_file(
        &self,
        source: &str,
        number: Option<i64>,
        seen_at: Timestamp,
        document: &str,
    ) -> Result<i64, PortError>;

    /// Forgets a file.
    ///
    /// # Errors
    /// If it cannot be removed.
    fn forget_watched_file(&self, number: i64) -> Result<(), PortError>;
}
