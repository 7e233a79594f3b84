//! Temporary files, and what killed processes have left of them.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};
use tracing::{info, warn};

use crate::FILE_MODE;
use crate::own::{open_ours, refers_to};

const PREFIX: &str = ".tollbook-";
const SUFFIX: &str = ".part";
/// The random characters between prefix and suffix.
const RANDOM: usize = 6;
/// What SQLite appends to the name of a database for the files beside it.
const BESIDE: [&str; 3] = ["-journal", "-wal", "-shm"];

/// A temporary file with a random name in a folder, with the permissions 0600. It is locked for as long as it exists,
/// so [`remove_leftovers`] leaves it alone. It is removed when it is dropped, unless it is persisted.
///
/// # Errors
/// If the file cannot be created or locked.
pub fn begin_passing(folder: &Path) -> io::Result<NamedTempFile> {
    loop {
        let file = Builder::new().prefix(PREFIX).suffix(SUFFIX).rand_bytes(RANDOM).tempfile_in(folder)?;
        file.as_file().set_permissions(Permissions::from_mode(FILE_MODE))?;
        // Before it was locked, another process may have removed it as a leftover.
        file.as_file().lock()?;
        if refers_to(file.path(), file.as_file())? {
            return Ok(file);
        }
    }
}

/// Removes the temporary files of killed processes from a folder: those of [`begin_passing`] that belong to this user,
/// have one name and are not locked, and the files that SQLite has left beside them. What cannot be removed is logged.
/// Returns the number of removed temporary files.
pub fn remove_leftovers(folder: &Path) -> usize {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let (passing, beside): (Vec<String>, Vec<String>) =
        names.filter(|name| name.starts_with(PREFIX)).partition(|name| is_passing(name));
    let mut removed = 0;
    for name in passing {
        let path = folder.join(&name);
        match remove_unlocked(&path) {
            Ok(false) => {}
            Ok(true) => {
                info!(file = %path.display(), "removed the temporary file of a process that was killed");
                removed += 1;
            }
            Err(error) => warn!(file = %path.display(), %error, "a leftover could not be removed"),
        }
    }
    for name in beside {
        let of = BESIDE.iter().find_map(|end| name.strip_suffix(end)).filter(|of| is_passing(of));
        // The file itself was removed, by its process or here.
        if of.is_some_and(|of| fs::symlink_metadata(folder.join(of)).is_err()) && open_ours(&folder.join(&name)).is_ok()
        {
            let _ = fs::remove_file(folder.join(&name));
        }
    }
    removed
}

fn is_passing(name: &str) -> bool {
    let middle = name.strip_prefix(PREFIX).and_then(|rest| rest.strip_suffix(SUFFIX));
    middle.is_some_and(|middle| middle.len() == RANDOM && middle.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Removes a file of this user, unless a process holds its lock. Returns whether it did.
fn remove_unlocked(path: &Path) -> io::Result<bool> {
    // A file that is not ours was not made by this program.
    let Ok(file) = open_ours(path) else { return Ok(false) };
    if !is_free(&file) || !refers_to(path, &file)? {
        return Ok(false);
    }
    fs::remove_file(path).map(|()| true)
}

fn is_free(file: &File) -> bool {
    file.try_lock().is_ok()
}
