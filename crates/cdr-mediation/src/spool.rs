//! The spool, which stores finished files until they are collected.

use std::io::{Read, Seek, Write};

use cdr_model::PortError;
use uuid::Uuid;

/// The longest key in bytes. File names are limited to 255 bytes, including the suffix of an unfinished file.
const LONGEST_KEY: usize = 200;
/// The suffix of the names of unfinished files.
pub const UNFINISHED: &str = ".part";

/// Stores finished files until they are collected, by keys of letters, digits, `-` and `.`. A file exists completely or
/// not at all.
pub trait Spool: Send + Sync {
    /// Starts a file. The file exists once it is published. If it is dropped before, nothing is left.
    ///
    /// # Errors
    /// If the file cannot be written.
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError>;

    /// Opens a finished file. If it is removed while it is read, it can still be read to its end, or reading fails if
    /// the spool cannot retain the file. Reading never continues with other bytes.
    ///
    /// # Errors
    /// [`PortError::NotFound`].
    fn open(&self, key: &str) -> Result<Box<dyn SpoolRead>, PortError>;

    /// Removes a finished file. Removing a file that does not exist succeeds.
    ///
    /// # Errors
    /// If the file cannot be removed.
    fn remove(&self, key: &str) -> Result<(), PortError>;

    /// The keys of all finished files.
    ///
    /// # Errors
    /// If the files cannot be listed.
    fn keys(&self) -> Result<Vec<String>, PortError>;

    /// Removes unfinished files of writers that crashed. Files that are being written are not removed.
    ///
    /// # Errors
    /// If a file cannot be removed.
    fn clear(&self) -> Result<(), PortError>;

    /// Checks that a file could be written now. Called for every check of readiness, so it has to be cheap. It may take as
    /// long as the spool takes to answer.
    ///
    /// # Errors
    /// If the spool is full or cannot be reached.
    fn check(&self) -> Result<(), PortError> {
        Ok(())
    }

    /// A URL from which any holder of the URL can download the file directly for some minutes. `None` if the spool does
    /// not provide URLs. Whether the file exists is not checked.
    ///
    /// # Errors
    /// If the spool provides URLs but this one cannot be created.
    fn link(&self, key: &str, save_as: &SaveAs<'_>) -> Result<Option<String>, PortError> {
        let _ = (key, save_as);
        Ok(None)
    }
}

/// Returns the key if it denotes exactly one file of a spool: 1 to 200 ASCII letters, digits, `-` and `.`, without a
/// dot at the beginning and without [`UNFINISHED`] at the end.
///
/// # Errors
/// [`PortError::Refused`] with the rule that the key violates.
pub fn check_key(key: &str) -> Result<&str, PortError> {
    let refused = |what: &str| PortError::Refused(format!("the key `{}` {what}", key.escape_debug()));
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(PortError::Refused(format!("a key has 1 to {LONGEST_KEY} bytes, this one has {}", key.len())));
    }
    if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.') {
        return Err(refused("contains characters other than ASCII letters, digits, `-` and `.`"));
    }
    if key.starts_with('.') {
        return Err(refused("starts with a dot"));
    }
    if key.ends_with(UNFINISHED) {
        return Err(refused("ends in `.part`, which marks unfinished files"));
    }
    Ok(key)
}

/// The key of the file that a claim writes. It is unique to the claim.
pub(crate) fn key_of(export: Uuid, token: Uuid) -> String {
    format!("{export}.{token}")
}

/// The HTTP response headers for the download of a file from its URL.
#[derive(Clone, Copy, Debug)]
pub struct SaveAs<'a> {
    /// `Content-Type`.
    pub content_type: &'a str,
    /// `Content-Disposition`, with the file name to save under.
    pub disposition: &'a str,
}

/// A file that is being written.
pub trait SpoolWrite: Write + Send {
    /// Completes the file. It exists from now on, also after a power failure.
    ///
    /// # Errors
    /// If the file could not be written completely; it does not exist in that case.
    fn publish(self: Box<Self>) -> Result<(), PortError>;
}

/// A finished file.
pub trait SpoolRead: Read + Seek + Send {}

impl<T: Read + Seek + Send> SpoolRead for T {}
