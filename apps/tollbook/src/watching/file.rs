//! One look at a watched file.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek};
use std::path::Path;
use std::sync::Mutex;

use cdr_intake::{FeedSettings, FileEnd, IntakeError, LoadReport, follow, is_packed};
use cdr_mediation::PortError;
use cdr_model::Timestamp;
use cdr_query::Cancel;
use cdr_store::Store;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::known::{KnownFile, Outcome, State};
use super::listed::inode_of;
use super::taking::Taking;
use crate::loading::Plan;

/// What a look needs.
pub(super) struct Look<'a> {
    pub(super) store: &'a Store,
    pub(super) plan: &'a Plan,
    pub(super) path: &'a Path,
    pub(super) now: Timestamp,
    pub(super) stop: &'a Cancel,
    /// The digests of the packed files that were loaded.
    pub(super) packed: Vec<String>,
}

/// What a look found.
pub(super) enum Looked {
    /// The file is gone, or another one has its name.
    Gone,
    /// It is packed and may still grow.
    Waits,
    /// It is left until it changes.
    Left(String),
    /// It is packed and was loaded before.
    Twice,
    /// What it had was loaded.
    Read(Box<LoadReport>),
}

/// Loads what a file has that is new, and notes it in `known`.
///
/// # Errors
/// If the records cannot be stored.
pub(super) fn look(at: &Look<'_>, known: &mut KnownFile) -> anyhow::Result<Looked> {
    let mut file = match File::open(at.path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Looked::Gone),
        Err(error) => {
            known.outcome = Outcome::Left;
            known.state = std::fs::metadata(at.path).map_or(known.state, |found| State::of(&found));
            return Ok(Looked::Left(error.to_string()));
        }
    };
    let found = file.metadata()?;
    if inode_of(&found) != known.inode {
        return Ok(Looked::Gone);
    }
    let had = std::mem::replace(&mut known.state, State::of(&found));
    match read(at, known, &mut file, found.len(), had == known.state) {
        Ok(Looked::Waits) => {
            known.outcome = Outcome::Open;
            Ok(Looked::Waits)
        }
        Ok(looked) => {
            known.outcome = Outcome::Read;
            Ok(looked)
        }
        Err(error) => match error.downcast_ref::<IntakeError>() {
            Some(refusal) if refusal.is_refusal() || is_unreadable(refusal) => {
                known.outcome = Outcome::Left;
                Ok(Looked::Left(format!("{error:#}")))
            }
            _ => Err(error),
        },
    }
}

/// Whether the file could not be read to its end, and the store is not to blame.
fn is_unreadable(error: &IntakeError) -> bool {
    match error {
        IntakeError::Input { .. } => true,
        IntakeError::Ended { source, .. } => is_unreadable(source),
        _ => false,
    }
}

fn read(
    at: &Look<'_>,
    known: &mut KnownFile,
    file: &mut File,
    size: u64,
    is_unchanged: bool,
) -> anyhow::Result<Looked> {
    let unread = |source: io::Error| IntakeError::Input { position: at.path.display().to_string(), source };
    let mut start = Vec::new();
    file.by_ref().take(4).read_to_end(&mut start).map_err(unread)?;
    file.rewind().map_err(unread)?;
    if is_packed(&start) {
        if !is_unchanged {
            return Ok(Looked::Waits);
        }
        let digest = HEXLOWER.encode(&digest(file).map_err(unread)?);
        file.rewind().map_err(unread)?;
        let is_known = at.packed.contains(&digest);
        let looked = if is_known { Looked::Twice } else { Looked::Read(Box::new(load_packed(at, known, file)?)) };
        known.packed = Some(digest);
        return Ok(looked);
    }
    let name = at.path.display().to_string();
    let taking = taking(at, known);
    let Plan { feed, settings, options } = at.plan;
    let mut input = BufReader::with_capacity(1 << 18, file);
    let followed = follow(*feed, &mut input, size, &name, settings, options, known.mark.as_ref(), &taking);
    let (read, mark) = match followed {
        Ok((report, mark)) => (Ok((report, mark.offset)), Some(mark)),
        Err(error) => (Err(error), None),
    };
    ended(&taking, known, &read)?;
    let (report, _) = read?;
    known.mark = mark;
    Ok(Looked::Read(Box::new(report)))
}

/// Loads a packed file, which is whole.
fn load_packed(at: &Look<'_>, known: &mut KnownFile, file: &File) -> anyhow::Result<LoadReport> {
    let Plan { feed, settings, options } = at.plan;
    let settings = FeedSettings { end: FileEnd::Complete, ..settings.clone() };
    let taking = taking(at, known);
    let input = BufReader::with_capacity(1 << 18, file);
    let name = at.path.display().to_string();
    let loaded = cdr_intake::load(*feed, input, &name, &settings, options, &taking, &mut |_| {});
    let read = loaded.map(|report| {
        let bytes = report.bytes;
        (report, bytes)
    });
    ended(&taking, known, &read)?;
    Ok(read?.0)
}

fn taking<'a>(at: &'a Look<'_>, known: &KnownFile) -> Taking<'a> {
    let Look { store, plan, path, now, stop, .. } = at;
    Taking { store, plan, path, now: *now, stop, last: known.load, load: Mutex::new(None) }
}

/// Notes the load that there was, and how it ended for now.
fn ended(
    taking: &Taking<'_>,
    known: &mut KnownFile,
    read: &Result<(LoadReport, u64), IntakeError>,
) -> Result<(), PortError> {
    known.load = taking.load().or(known.load);
    taking.end(read)
}

fn digest(file: &mut File) -> io::Result<[u8; 32]> {
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest.finalize().into()),
            length => digest.update(&buffer[..length]),
        }
    }
}
