//! Permissions: files and folders that only their owner may use, whatever the umask is.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use tracing::warn;

/// The permissions of a file: its owner may read and write it.
pub const FILE_MODE: u32 = 0o600;
/// The permissions of a folder: its owner may read and change it.
pub const FOLDER_MODE: u32 = 0o700;

/// The permissions of the owner, and those of all others.
const OWNER: u32 = 0o700;
const OTHERS: u32 = 0o077;

/// Creates a folder and the missing folders above it, each with the permissions 0700. A folder that exists is not
/// changed.
///
/// # Errors
/// If a folder cannot be created, or the path is not a folder.
pub fn create_private_folder(folder: &Path) -> io::Result<()> {
    if folder.is_dir() || folder.as_os_str().is_empty() {
        return Ok(());
    }
    if let Some(above) = folder.parent() {
        create_private_folder(above)?;
    }
    match DirBuilder::new().mode(FOLDER_MODE).create(folder) {
        // The umask may have removed permissions of the owner.
        Ok(()) => fs::set_permissions(folder, Permissions::from_mode(FOLDER_MODE)),
        // Another process has created it in the meantime.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Creates a file with the permissions 0600.
///
/// # Errors
/// If the name exists, also as a symbolic link, or the file cannot be created.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    let file = OpenOptions::new().create_new(true).read(true).write(true).mode(FILE_MODE).open(path)?;
    file.set_permissions(Permissions::from_mode(FILE_MODE))?;
    Ok(file)
}

/// Takes the permissions of all users but the owner from a file or a folder. Returns the permissions it had if they
/// were more, and `None` if it was closed or does not exist. A symbolic link is followed. The file is not opened, so
/// locks that this process holds on it stay.
///
/// # Errors
/// If it belongs to another user, or its file system has no permissions.
pub fn close_to_others(path: &Path) -> io::Result<Option<u32>> {
    let mode = match fs::metadata(path) {
        Ok(metadata) => metadata.permissions().mode() & 0o777,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if mode & OTHERS == 0 {
        return Ok(None);
    }
    fs::set_permissions(path, Permissions::from_mode(mode & OWNER))?;
    Ok(Some(mode))
}

/// As [`close_to_others`], with a line in the log if the file was open, or could not be closed.
pub fn close_with_warning(path: &Path) {
    let file = path.display();
    match close_to_others(path) {
        Ok(None) => {}
        Ok(Some(mode)) => {
            warn!(%file, mode = %format_args!("{mode:03o}"), "was open to other users; their access was removed")
        }
        Err(error) => warn!(%file, %error, "could not be closed to other users"),
    }
}
