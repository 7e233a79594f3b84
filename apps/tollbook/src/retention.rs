//! The instant before which calls are removed.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use cdr_model::Timestamp;

use crate::config::Config;

/// The instant before which calls are not kept; `None` if all are kept.
pub(crate) fn floor(config: &Config) -> anyhow::Result<Option<Timestamp>> {
    let Some(days) = config.store.retention_days else { return Ok(None) };
    // More days than the range of instants covers: nothing is that old, and everything is kept.
    Ok(Some(now()?.plus_micros(i64::from(days).saturating_mul(-86_400_000_000))))
}

/// The instant before which the lines of records are not kept.
pub(crate) fn lines_floor(config: &Config) -> anyhow::Result<Timestamp> {
    Ok(now()?.plus_micros(i64::from(config.store.keep_lines).saturating_mul(-86_400_000_000)))
}

/// The current time.
pub(crate) fn now() -> anyhow::Result<Timestamp> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).context("the system clock is set before 1970")?;
    Ok(Timestamp::from_micros(i64::try_from(now.as_micros()).unwrap_or(i64::MAX)))
}
