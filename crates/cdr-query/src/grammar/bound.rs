//! Bounds of a window as people type them: an `xs:dateTime`, or just a date.
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

use super::cursor::Cursor;
use super::error::BoundError;
use super::productions;
use super::version::XsdVersion;
use super::xs_date_time::{Rounding, XsDateTime};

/// Reads `2026-11-21T10:00:00` with or without a zone, or `2026-11-21`, which is the midnight that the day begins with
/// where the clock hangs; if the clock was put forward over midnight, it is the first instant of the day. A date as an
/// upper bound is therefore the end of the day before it.
///
/// # Errors
/// [`BoundError`] with the first place at which the text is neither.
pub fn read_bound(
    text: &str,
    local: &LocalZone,
    version: XsdVersion,
    round: Rounding,
) -> Result<Timestamp, BoundError> {
    let mut cursor = Cursor::new(text);
    let day = productions::date(&mut cursor, version)?;
    if cursor.is_at_end() {
        let midnight = i128::from(day.since_1970()) * 86_400_000_000;
        return Ok(local.with_gap(GapPolicy::End).resolve_clock(midnight, 0).at);
    }
    Ok(XsDateTime::parse_after_date(day, &mut cursor)?.to_timestamp(local, round))
}
