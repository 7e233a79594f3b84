//! One look at the watched files of a source.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::SystemTime;

use cdr_query::Cancel;
use cdr_store::{Store, Watching};
use tracing::{info, warn};

use super::file::{Look, Looked, look};
use super::known::{DAY, Known, Outcome, State};
use super::listed::{files, inode_of, named};
use crate::loading::Plan;
use crate::retention::now;

/// How long a file that is gone is remembered.
const REMEMBERED: i64 = 7 * DAY;

/// The files of a source that this process watches.
pub(super) struct WatchedSource {
    name: String,
    watching: Watching,
    known: Vec<Known>,
    /// What was said about files, which is not said again.
    said: BTreeSet<String>,
}

impl WatchedSource {
    pub(super) fn new(name: &str, watching: Watching, store: &Store) -> anyhow::Result<WatchedSource> {
        let known = Known::all(store, name)?;
        Ok(WatchedSource { name: name.to_owned(), watching, known, said: BTreeSet::new() })
    }

    /// Whether this process may still watch.
    pub(super) fn holds(&mut self) -> bool {
        self.watching.holds()
    }

    /// Loads what is new. Returns whether a packed file waits for a second look.
    ///
    /// # Errors
    /// If the store or a folder cannot be used. Files that cannot be read are no errors.
    pub(super) fn look(&mut self, store: &Store, plan: &Plan, paths: &[String], stop: &Cancel) -> anyhow::Result<bool> {
        let now = now()?;
        let mut found = files(paths)?;
        // A file that was renamed is read to its end, whatever its name is now.
        let listed: BTreeSet<_> = found.values().map(inode_of).collect();
        for known in self.known.iter().filter(|known| !listed.contains(&known.file.inode)) {
            let is_recent = known.seen_at.plus_micros(2 * DAY) > now && known.file.packed.is_none();
            let folder = known.file.path.parent().filter(|_| is_recent);
            found.extend(folder.and_then(|folder| named(folder, known.file.inode)));
        }
        let mut all: Vec<(PathBuf, std::fs::Metadata)> = found.into_iter().collect();
        // What was written first is read first: the old file of a rotation before the new one.
        all.sort_by_key(|(path, found)| (found.modified().unwrap_or(SystemTime::UNIX_EPOCH), path.clone()));
        let mut waits = false;
        for (path, found) in all {
            if stop.is_cancelled() {
                return Ok(false);
            }
            let place = self.known.iter().position(|known| known.file.inode == inode_of(&found));
            let before = place.and_then(|place| self.known.get(place).cloned());
            let mut known = before.clone().unwrap_or_else(|| Known::new(path.clone(), &found, now));
            let is_same = known.file.state == State::of(&found) && known.file.outcome != Outcome::Open;
            known.file.path.clone_from(&path);
            if !is_same {
                let packed = self.known.iter().filter_map(|known| known.file.packed.clone()).collect();
                let look = Look { store, plan, path: &path, now, stop, packed };
                match look_and_say(&self.name, &mut self.said, &look, &mut known)? {
                    Some(waiting) => waits |= waiting,
                    None => continue,
                }
            }
            if known.seen_at.plus_micros(DAY) <= now {
                known.seen_at = now;
            }
            let has_changed =
                before.as_ref().is_none_or(|before| before.file != known.file || before.seen_at != known.seen_at);
            if has_changed {
                known.keep(store, &self.name)?;
            }
            match place {
                Some(place) => self.known[place] = known,
                None => self.known.push(known),
            }
        }
        self.forget(store, now.plus_micros(-REMEMBERED))?;
        Ok(waits)
    }

    /// Forgets files that were not there any more for some days.
    fn forget(&mut self, store: &Store, before: cdr_model::Timestamp) -> anyhow::Result<()> {
        for known in self.known.iter().filter(|known| known.seen_at < before) {
            known.forget(store)?;
        }
        self.known.retain(|known| known.seen_at >= before);
        Ok(())
    }
}

/// Looks at a file, and says what it found. Returns whether the file waits for a second look; `None` if it is gone.
fn look_and_say(
    source: &str,
    said: &mut BTreeSet<String>,
    at: &Look<'_>,
    known: &mut Known,
) -> anyhow::Result<Option<bool>> {
    let file = at.path.display().to_string();
    match look(at, &mut known.file)? {
        Looked::Gone => return Ok(None),
        Looked::Waits => return Ok(Some(true)),
        Looked::Left(why) => warn!(source, file, why, "a watched file is left until it changes"),
        Looked::Twice => info!(source, file, "this packed file was loaded before"),
        Looked::Read(report) => {
            let (loaded, quarantined) = (report.loaded, report.quarantined);
            if loaded + quarantined > 0 {
                info!(source, file, loaded, quarantined, "loaded what is new");
            }
            for warning in &report.warnings {
                // Numbers change while a file grows.
                let kind: String = warning.chars().filter(|c| !c.is_ascii_digit()).collect();
                if said.insert(format!("{file} {kind}")) {
                    warn!(source, file, warning);
                }
            }
        }
    }
    Ok(Some(false))
}
