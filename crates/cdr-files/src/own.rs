//! Taking over a file whose name others may know.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::OFlags;
use rustix::io::Errno;
use thiserror::Error;

/// Flags with which opening a symbolic link fails, and opening a pipe does not wait for its other end.
pub const NO_LINK: i32 = OFlags::NOFOLLOW.union(OFlags::NONBLOCK).bits().cast_signed();

/// The locked file.
#[derive(Debug)]
pub enum Taken {
    /// It was created, or an existing file was taken over with its content.
    Ours(File),
    /// Another process has locked it.
    Busy,
}

/// Why a file was not taken over.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum NotOurs {
    /// The name is a symbolic link, which is never followed.
    #[error("it is a symbolic link")]
    Link,
    /// The name is a folder, a pipe or a device.
    #[error("it is not a regular file")]
    Kind,
    /// The file has other names as well.
    #[error("it has more than one name")]
    Names,
    /// The file belongs to another user.
    #[error("it belongs to another user")]
    Owner,
    /// The file could not be opened or locked.
    #[error(transparent)]
    File(#[from] io::Error),
}

/// Creates a file with these permissions, which the umask restricts, or opens the existing one for reading and writing,
/// and locks it. An existing file is taken only if it is a regular file of this user with one name. The lock is held
/// until the file is closed. The name refers to the locked file when this returns.
///
/// # Errors
/// [`NotOurs`], and nothing was changed.
pub fn take_over(path: &Path, mode: u32) -> Result<Taken, NotOurs> {
    loop {
        let file = match open(path, mode) {
            // It was removed or published in the meantime.
            Err(NotOurs::File(error)) if error.kind() == io::ErrorKind::NotFound && folder_exists(path) => continue,
            opened => opened?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Taken::Busy),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        if refers_to(path, &file)? {
            return Ok(Taken::Ours(file));
        }
    }
}

/// Whether a name refers to this file, and not to another one or to a link.
pub(crate) fn refers_to(path: &Path, file: &File) -> io::Result<bool> {
    let ours = file.metadata()?;
    let named = fs::symlink_metadata(path);
    Ok(named.is_ok_and(|named| named.ino() == ours.ino() && named.dev() == ours.dev()))
}

/// Opens an existing file of this user for reading and writing.
pub(crate) fn open_ours(path: &Path) -> Result<File, NotOurs> {
    let opened = OpenOptions::new().read(true).write(true).custom_flags(NO_LINK).open(path);
    let file = opened.map_err(|error| match Errno::from_io_error(&error) {
        Some(Errno::LOOP) => NotOurs::Link,
        Some(Errno::ISDIR | Errno::NXIO) => NotOurs::Kind,
        _ => NotOurs::File(error),
    })?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(NotOurs::Kind);
    }
    if found.nlink() > 1 {
        return Err(NotOurs::Names);
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(NotOurs::Owner);
    }
    Ok(file)
}

fn open(path: &Path, mode: u32) -> Result<File, NotOurs> {
    let created = OpenOptions::new().create_new(true).read(true).write(true).mode(mode).open(path);
    match created {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open_ours(path),
        created => Ok(created?),
    }
}

/// Whether the folder of a file exists. Without it, no later attempt finds the file.
fn folder_exists(path: &Path) -> bool {
    path.parent().is_some_and(|folder| folder.as_os_str().is_empty() || folder.is_dir())
}
