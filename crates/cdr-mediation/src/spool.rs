//! The spool: where finished files wait to be collected.

use std::io::{Read, Seek, Write};

use cdr_model::PortError;
use uuid::Uuid;

/// The longest key, in bytes: with the ending of a file that is being written, a file name may have 255.
const LONGEST_KEY: usize = 200;
/// How the names of files end that are being written.
pub const UNFINISHED: &str = ".part";

/// Where finished files wait to be collected, by keys of letters, digits, `-` and `.`. A file is there whole or not at all.
pub trait Spool: Send + Sync {
    /// Begins a file. It is there once it is published; dropped before, it leaves nothing.
    ///
    /// # Errors
    /// When it cannot be written.
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError>;

    /// Opens a finished file. If it is removed meanwhile it can be read to its end, or breaks off where the spool cannot
    /// hold on to it; it never goes on with other bytes.
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

    /// An address where anybody who is told of it can fetch the file for some minutes, without the spool. `None` for a
    /// spool that gives out none; whether the file is there is not looked at.
    ///
    /// # Errors
    /// When there should be one, and it cannot be made.
    fn link(&self, key: &str, save_as: &SaveAs<'_>) -> Result<Option<String>, PortError> {
        let _ = (key, save_as);
        Ok(None)
    }
}

/// The key, if it means one file of a spool and nothing else: 1 to 200 ASCII letters, digits, `-` and `.`, with no dot at its
/// beginning and no [`UNFINISHED`] at its end.
///
/// # Errors
/// [`PortError::Refused`], saying what keys are made of.
pub fn check_key(key: &str) -> Result<&str, PortError> {
    let said = |what: &str| PortError::Refused(format!("the key `{}` {what}", key.escape_debug()));
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(PortError::Refused(format!("a key has 1 to {LONGEST_KEY} letters, this one {}", key.len())));
    }
    if !key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.') {
        return Err(said("holds something else than the letters a to z, digits, `-` and `.`"));
    }
    if key.starts_with('.') {
        return Err(said("begins with a dot"));
    }
    if key.ends_with(UNFINISHED) {
        return Err(said("ends in `.part`, as files do that are not finished"));
    }
    Ok(key)
}

/// The key of what a claim writes: nobody else writes there.
pub(crate) fn key_of(export: Uuid, token: Uuid) -> String {
    format!("{export}.{token}")
}

/// What whoever fetches a file from its address is told of it, as the headers of HTTP say it.
#[derive(Clone, Copy, Debug)]
pub struct SaveAs<'a> {
    /// `Content-Type`.
    pub content_type: &'a str,
    /// `Content-Disposition`, with the name it is saved under.
    pub disposition: &'a str,
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
