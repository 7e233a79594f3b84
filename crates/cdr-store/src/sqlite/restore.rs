//! Bringing a saved store back while others have it open.

use std::fmt;
use std::path::Path;

use tempfile::NamedTempFile;

use super::backup::{check, copy, passing_file};
use super::connect::{Access, connect, file_uri, in_transaction};
use super::identity::{Identity, identify, upgrade};
use super::statements;
use crate::error::{Place, StoreError};

/// What was brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreReport {
    /// Calls that are in the store now, all versions.
    pub calls: u64,
    /// Conferences that are in the store now, all versions.
    pub conferences: u64,
    /// Whether the backup was one of an older program, and was upgraded first, as a copy.
    pub upgraded: bool,
}

impl fmt::Display for RestoreReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let upgraded = if self.upgraded { ", upgraded from an older version" } else { "" };
        write!(f, "{} calls and {} conferences restored{upgraded}", self.calls, self.conferences)
    }
}

/// Checks a backup, then replaces everything in the store by it, in one transaction.
pub(crate) fn restore(store: &Place, from: &Path) -> Result<RestoreReport, StoreError> {
    let backup = Place::of_file(from, store.busy_timeout);
    let older = examine(&backup, &store.path)?;
    let upgraded = if older { Some(upgraded_copy(store, &backup)?) } else { None };
    let source = upgraded.as_ref().map_or(from, NamedTempFile::path);
    let sql = |error| store.sql(&error);
    // A connection of its own: it ends with the backup attached to it, whatever happens.
    let mut conn = connect(store, Access::Write)?;
    statements::attach(&mut conn, &file_uri(source, "ro")?).map_err(sql)?;
    let refilled = in_transaction(&mut conn, |conn| {
        statements::refill(conn)?;
        Ok(statements::rows(conn)?)
    });
    let (calls, conferences) = refilled.map_err(|trouble| store.trouble(trouble))?;
    // Best done now, as the log holds the whole store; but readers may delay it, and that does no harm.
    let _ = statements::settle_log(&mut conn);
    Ok(RestoreReport { calls, conferences, upgraded: older })
}

/// Whether a sound backup is one of an older program.
fn examine(backup: &Place, store: &Path) -> Result<bool, StoreError> {
    if !backup.path.exists() {
        return Err(StoreError::Missing { path: backup.path.clone() });
    }
    let not = |why: &str| StoreError::NotAStore { path: backup.path.clone(), why: why.to_owned() };
    if let (Ok(one), Ok(other)) = (backup.path.canonicalize(), store.canonicalize())
        && one == other
    {
        return Err(not("it is the one in use; restore from a backup"));
    }
    let mut conn = connect(backup, Access::Look)?;
    let identity = identify(&mut conn, backup)?;
    check(&mut conn, backup)?;
    match identity {
        Identity::Blank => Err(not("it is empty")),
        Identity::Current => Ok(false),
        Identity::Older(_) => Ok(true),
    }
}

/// A copy of the backup beside the store that has seen all changes.
fn upgraded_copy(store: &Place, backup: &Place) -> Result<NamedTempFile, StoreError> {
    let passing = passing_file(store)?;
    copy(backup, store, passing.path())?;
    let place = Place::of_file(passing.path(), store.busy_timeout);
    let mut conn = connect(&place, Access::Create)?;
    upgrade(&mut conn, &place)?;
    Ok(passing)
}
