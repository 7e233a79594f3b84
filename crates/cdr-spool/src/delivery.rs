//! Atomic writing of files: a file is written under a temporary name, flushed to disk, and renamed.

use std::fs::{self, File, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use cdr_files::{NotOurs, Taken, take_over};
use cdr_mediation::UNFINISHED;

use crate::error::{DeliveryError, Doing};

/// Who may read a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whom the umask allows.
    Usual,
    /// Its owner alone, whatever the umask is.
    Owner,
}

/// A file that is being written under a temporary name. If it is dropped before it is published, the temporary file is
/// removed. If the process is killed, the temporary file remains, and the next delivery to the same target reuses it. A
/// file under the temporary name that another program or user has put there is neither followed nor written to.
#[derive(Debug)]
pub struct Delivery {
    target: PathBuf,
    passing: PathBuf,
    file: BufWriter<File>,
    access: Access,
    replace: bool,
    published: bool,
}

impl Delivery {
    /// Starts a file that will be named `target`. With `replace`, publishing it replaces an existing file.
    ///
    /// # Errors
    /// If the file exists and `replace` is false, if another delivery to it is in progress, if a file with the temporary
    /// name exists that is not a leftover of this user, or if the folder is not writable.
    pub fn begin(target: &Path, replace: bool) -> Result<Delivery, DeliveryError> {
        Delivery::begin_for(target, replace, Access::Usual)
    }

    /// Like [`Delivery::begin`], for a file that is published with a companion of this name.
    ///
    /// # Errors
    /// As for [`Delivery::begin`], also if the companion exists and `replace` is false.
    pub fn begin_beside(target: &Path, companion: &Path, replace: bool) -> Result<Delivery, DeliveryError> {
        if !replace {
            refuse_taken(target)?;
            refuse_taken(companion)?;
        }
        Delivery::begin(target, replace)
    }

    /// Like [`Delivery::begin`], for a file that the given users may read.
    ///
    /// # Errors
    /// As for [`Delivery::begin`].
    pub(crate) fn begin_for(target: &Path, replace: bool, access: Access) -> Result<Delivery, DeliveryError> {
        if !replace {
            refuse_taken(target)?;
        }
        let name = target.file_name().ok_or_else(|| DeliveryError::NoName { path: target.to_owned() })?;
        let passing = target.with_file_name(format!("{}{UNFINISHED}", name.to_string_lossy()));
        let file = open_alone(&passing, target, access)?;
        file.set_len(0).doing(|| format!("{} cannot be written", passing.display()))?;
        let file = BufWriter::with_capacity(1 << 18, file);
        Ok(Delivery { target: target.to_owned(), passing, file, access, replace, published: false })
    }

    /// The writer for the content of the file.
    pub fn writer(&mut self) -> &mut (impl Write + use<>) {
        &mut self.file
    }

    /// Flushes the file to disk and renames it to its final name, with a companion file (the receipt) beside it. The
    /// companion is published before the file, and an old file is removed before its companion is replaced. A reader of
    /// the file therefore always finds the matching companion.
    ///
    /// # Errors
    /// If the disk is full or the folder is not writable. The file does not have its final name then.
    pub fn publish(mut self, companion: Option<(&Path, &str)>) -> Result<(), DeliveryError> {
        let target = self.target.clone();
        let failed = || format!("{} could not be written completely", target.display());
        self.file.flush().doing(failed)?;
        self.file.get_ref().sync_all().doing(failed)?;
        if let Some((path, text)) = companion {
            let mut other = Delivery::begin_for(path, true, self.access)?;
            other.writer().write_all(text.as_bytes()).doing(failed)?;
            if self.replace {
                remove_if_there(&self.target).doing(|| format!("{} cannot be replaced", self.target.display()))?;
            }
            other.publish(None)?;
        }
        if !is_named(&self.passing, self.file.get_ref()) {
            return Err(DeliveryError::Replaced { path: self.passing.clone() });
        }
        fs::rename(&self.passing, &self.target).doing(failed)?;
        self.published = true;
        sync_folder(&self.target)
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        if !self.published && is_named(&self.passing, self.file.get_ref()) {
            // An error is ignored, because a temporary file that remains does not affect readers.
            let _ = fs::remove_file(&self.passing);
        }
    }
}

/// Refuses a name that is taken. A link to a missing file is one, too.
fn refuse_taken(path: &Path) -> Result<(), DeliveryError> {
    match fs::symlink_metadata(path) {
        Ok(_) => Err(DeliveryError::Exists { path: path.to_owned() }),
        Err(_) => Ok(()),
    }
}

/// Removes a file, if it exists.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Opens the temporary file and locks it, so that two deliveries never write to the same file.
fn open_alone(passing: &Path, target: &Path, access: Access) -> Result<File, DeliveryError> {
    let mode = match access {
        Access::Usual => 0o666,
        Access::Owner => cdr_files::FILE_MODE,
    };
    let unwritten = || format!("{} cannot be written", passing.display());
    let file = match take_over(passing, mode) {
        Ok(Taken::Ours(file)) => file,
        Ok(Taken::Busy) => return Err(DeliveryError::Busy { path: target.to_owned() }),
        Err(NotOurs::File(error)) => return Err(error).doing(unwritten),
        Err(why) => return Err(DeliveryError::Foreign { path: passing.to_owned(), why }),
    };
    if access == Access::Owner {
        file.set_permissions(Permissions::from_mode(mode)).doing(unwritten)?;
    }
    Ok(file)
}

/// Whether a name refers to this file.
fn is_named(name: &Path, file: &File) -> bool {
    let (named, ours) = (fs::symlink_metadata(name), file.metadata());
    matches!((named, ours), (Ok(named), Ok(ours)) if named.ino() == ours.ino() && named.dev() == ours.dev())
}

/// Flushes the folder of a file, which makes a rename durable.
fn sync_folder(file: &Path) -> Result<(), DeliveryError> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.doing(|| format!("the folder {} cannot be flushed to disk", folder.display()))
}
