//! Bounds of a window on the command line: an `xs:dateTime`, or a date only.
//!
//! ```
//! use cdr_model::LocalZone;
//! use cdr_query::grammar::{Rounding, XsdVersion, read_bound};
//!
//! let berlin: LocalZone = "Europe/Berlin".parse()?;
//! let from = read_bound("2026-11-21", &berlin, XsdVersion::V1_0, Rounding::Up)?;
//! assert_eq!(from.to_string(), "2026-11-20T23:00:00.000000Z");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use cdr_model::{GapPolicy, LocalZone, Timestamp};

use super::calendar::Day;
use super::cursor::Cursor;
use super::error::BoundError;
use super::productions;
use super::version::XsdVersion;
use super::xs_date_time::{Rounding, XsDateTime};

/// Reads `2026-11-21T10:00:00` with or without a zone, or `2026-11-21`, which means the first instant of that day in
/// the local zone: midnight, or the end of the gap if the clock went forward over midnight. A date as an upper bound is
/// therefore the end of the previous day.
///
/// # Errors
/// [`BoundError`] with the first position at which the text is neither.
pub fn read_bound(
    text: &str,
    local: &LocalZone,
    version: XsdVersion,
    round: Rounding,
) -> Result<Timestamp, BoundError> {
    let mut cursor = Cursor::new(text);
    let day = productions::date(&mut cursor, version)?;
    if cursor.is_at_end() {
        return Ok(first_instant(day, local));
    }
    Ok(XsDateTime::parse_after_date(day, &mut cursor)?.to_timestamp(local, round))
}

/// Reads a date as the half-open interval of its instants: from its first instant, as [`read_bound`] reads it, to the
/// first one of the next day. `None` for a text that is not a date alone.
pub fn read_day(text: &str, local: &LocalZone, version: XsdVersion) -> Option<(Timestamp, Timestamp)> {
    let mut cursor = Cursor::new(text);
    let day = productions::date(&mut cursor, version).ok().filter(|_| cursor.is_at_end())?;
    Some((first_instant(day, local), first_instant(day.next(), local)))
}

fn first_instant(day: Day, local: &LocalZone) -> Timestamp {
    let midnight = i128::from(day.since_1970()) * 86_400_000_000;
    local.with_gap(GapPolicy::End).resolve_clock(midnight, 0).at
}
