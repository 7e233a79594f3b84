//! What is known about a watched file.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use cdr_intake::Mark;
use cdr_mediation::{PortError, WatchedFiles};
use cdr_model::Timestamp;
use cdr_store::Store;
use serde::{Deserialize, Serialize};

use super::listed::{Inode, inode_of};

/// A day, in microseconds.
pub(super) const DAY: i64 = 86_400_000_000;

/// A watched file.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Its number in the store.
    number: Option<i64>,
    pub(super) seen_at: Timestamp,
    pub(super) file: KnownFile,
}

/// What the store keeps about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct KnownFile {
    /// The name that it had last.
    pub(super) path: PathBuf,
    pub(super) inode: Inode,
    /// What it was when it was looked at last.
    pub(super) state: State,
    /// How far it was read.
    pub(super) mark: Option<Mark>,
    /// SHA-256 of a packed file that was loaded.
    pub(super) packed: Option<String>,
    /// Whether it was left as it is, or has to be looked at again although it has not changed.
    pub(super) outcome: Outcome,
    /// The load of a day, which has its number since 1970.
    pub(super) load: Option<(i64, i64)>,
}

/// What shows whether a file has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    size: u64,
    /// The time of the last change of content, name or permissions, in seconds and nanoseconds.
    changed: (i64, i64),
}

/// What became of a file when it was looked at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcome {
    /// It was not looked at to its end.
    Open,
    /// What it had was loaded.
    Read,
    /// It is left until it changes.
    Left,
}

impl Known {
    pub(super) fn new(path: PathBuf, found: &Metadata, seen_at: Timestamp) -> Known {
        let (mark, packed, load) = (None, None, None);
        let state = State::default();
        let file = KnownFile { path, inode: inode_of(found), state, mark, packed, outcome: Outcome::Open, load };
        Known { number: None, seen_at, file }
    }

    /// The files of a source. One that another program has written in a way that is not understood is left out.
    pub(super) fn all(store: &Store, source: &str) -> Result<Vec<Known>, PortError> {
        let kept = store.watched_files(source)?.into_iter();
        let known = kept.filter_map(|kept| {
            let file = serde_json::from_str(&kept.document).ok()?;
            Some(Known { number: Some(kept.number), seen_at: kept.seen_at, file })
        });
        Ok(known.collect())
    }

    /// Keeps it in the store.
    pub(super) fn keep(&mut self, store: &Store, source: &str) -> Result<(), PortError> {
        let document = serde_json::to_string(&self.file)
            .map_err(|error| PortError::failed("a position cannot be written as JSON", error))?;
        self.number = Some(store.keep_watched_file(source, self.number, self.seen_at, &document)?);
        Ok(())
    }

    pub(super) fn forget(&self, store: &Store) -> Result<(), PortError> {
        self.number.map_or(Ok(()), |number| store.forget_watched_file(number))
    }
}

impl State {
    pub(super) fn of(found: &Metadata) -> State {
        State { size: found.len(), changed: (found.ctime(), found.ctime_nsec()) }
    }
}
