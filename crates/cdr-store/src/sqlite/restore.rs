//! Restores a backup while other connections have the store open.

use std::fmt;
use std::path::Path;

use tempfile::NamedTempFile;

use super::backup::{check, copy, passing_file};
use super::connect::{Access, connect, file_uri, in_transaction};
use super::identity::{Identity, identify, upgrade};
use super::statements;
use crate::error::{StoreError, StorePlace};

/// The result of a restore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RestoreReport {
    /// The number of calls and charges in the store, counting all versions.
    pub calls: u64,
    /// The number of conferences in the store, counting all versions.
    pub conferences: u64,
    /// Whether the backup was from an older version, so that a copy of it was upgraded first.
    pub upgraded: bool,
}

impl fmt::Display for RestoreReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let upgraded = if self.upgraded { ", upgraded from an older version" } else { "" };
        write!(f, "{} calls and {} conferences restored{upgraded}", self.calls, self.conferences)
    }
}

/// Checks a backup, then replaces the whole content of the store with it in one transaction.
pub(crate) fn restore(store: &StorePlace, from: &Path) -> Result<RestoreReport, StoreError> {
    let backup = StorePlace::of_file(from, store.busy_timeout);
    let older = examine(&backup, &store.path)?;
    let upgraded = if older { Some(upgraded_copy(store, &backup)?) } else { None };
    let source = upgraded.as_ref().map_or(from, NamedTempFile::path);
    let sql = |error| store.sql(&error);
    // A separate connection, so that the backup is detached in any case when it closes.
    let mut conn = connect(store, Access::Write)?;
    statements::attach(&mut conn, &file_uri(source, "ro")?).map_err(sql)?;
    let refilled = in_transaction(&mut conn, |conn| {
        statements::refill(conn)?;
        Ok(statements::rows(conn)?)
    });
    let (calls, conferences) = refilled.map_err(|error| store.error(error))?;
    // The log contains the whole store now. Readers may prevent the checkpoint, which does no harm.
    let _ = statements::settle_log(&mut conn);
    Ok(RestoreReport { calls, conferences, upgraded: older })
}

/// Checks a backup, and returns whether it is from an older version.
fn examine(backup: &StorePlace, store: &Path) -> Result<bool, StoreError> {
    if !backup.path.exists() {
        return Err(StoreError::Missing { path: backup.path.clone() });
    }
    let not = |why: &str| StoreError::NotAStore { path: backup.path.clone(), why: why.to_owned() };
    if let (Ok(one), Ok(other)) = (backup.path.canonicalize(), store.canonicalize())
        && one == other
    {
        return Err(not("it is the store itself; restore from a backup"));
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

/// A copy of the backup with all migrations applied, in the folder of the store.
fn upgraded_copy(store: &StorePlace, backup: &StorePlace) -> Result<NamedTempFile, StoreError> {
    let passing = passing_file(store)?;
    copy(backup, store, passing.path())?;
    let place = StorePlace::of_file(passing.path(), store.busy_timeout);
    let mut conn = connect(&place, Access::Create)?;
    upgrade(&mut conn, &place)?;
    Ok(passing)
}
