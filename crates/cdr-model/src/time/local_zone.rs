//! What a time on a wall clock means: the zone it hangs in, and what to do when the clock was changed.
//!
//! When clocks go forward some local times never happen (a gap); when they go back some happen twice (an overlap).
//! People disagree on what such a time means, so it is said by the caller.
//!
//! ```
//! use cdr_model::{Certainty, LocalZone, OverlapPolicy};
//! use chrono::NaiveDate;
//!
//! let berlin = "Europe/Berlin".parse::<LocalZone>()?;
//! let time = NaiveDate::from_ymd_opt(2026, 10, 25).and_then(|day| day.and_hms_opt(2, 30, 0)).unwrap();
//! let first = berlin.resolve(time);
//! assert_eq!(first.at.to_string(), "2026-10-25T00:30:00.000000Z");
//! assert_eq!(first.certainty, Certainty::Overlap);
//! let second = berlin.with_overlap(OverlapPolicy::Later).resolve(time);
//! assert_eq!(second.at.to_string(), "2026-10-25T01:30:00.000000Z");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::timestamp::Timestamp;
use super::zone::{Offsets, Zone};
use crate::error::ZoneError;

/// A zone, and what its doubtful local times mean.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocalZone {
    /// Where the clock hangs.
    pub zone: Zone,
    /// What a time means that the clock never showed.
    pub gap: GapPolicy,
    /// What a time means that the clock showed twice.
    pub overlap: OverlapPolicy,
}

/// What a local time means that was skipped when the clock was put forward.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapPolicy {
    /// As if the clock had not been changed yet, which moves it forward by the length of the gap: 02:30 means 03:30
    /// where 02:00 to 03:00 is missing.
    #[default]
    Forward,
    /// The instant at which the clock was changed: 02:30 means 03:00.
    End,
}

/// What a local time means that came twice because the clock was put back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverlapPolicy {
    /// The first time.
    #[default]
    Earlier,
    /// The second time.
    Later,
}

/// An instant, and how surely it is the one that was meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Resolved {
    /// The instant, saturating at [`Timestamp::MIN`] and [`Timestamp::MAX`].
    pub at: Timestamp,
    /// Whether a policy had to decide.
    pub certainty: Certainty,
}

/// Whether a local time names one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// It does.
    Exact,
    /// It names none; [`GapPolicy`] decided.
    Gap,
    /// It names two; [`OverlapPolicy`] decided.
    Overlap,
}

impl LocalZone {
    /// UTC, where no time is doubtful.
    pub const UTC: LocalZone = LocalZone::new(Zone::UTC);

    /// Gap forward, the earlier instant of an overlap.
    pub const fn new(zone: Zone) -> LocalZone {
        LocalZone { zone, gap: GapPolicy::Forward, overlap: OverlapPolicy::Earlier }
    }

    /// The same with another meaning of times in a gap.
    pub const fn with_gap(self, gap: GapPolicy) -> LocalZone {
        LocalZone { gap, ..self }
    }

    /// The same with another meaning of times in an overlap.
    pub const fn with_overlap(self, overlap: OverlapPolicy) -> LocalZone {
        LocalZone { overlap, ..self }
    }

    /// The instant of a local time. Finer digits than microseconds are cut (floor).
    pub fn resolve(&self, local: NaiveDateTime) -> Resolved {
        self.resolve_clock(local.and_utc().timestamp_micros().into(), 0)
    }

    /// Seconds east of UTC at an instant: add them to print local times. Instants further away than the calendar
    /// reaches have the offset of the nearest that it knows.
    pub fn offset_at(&self, at: Timestamp) -> i32 {
        self.zone.offset_at(at)
    }

    /// The instant at which the clock shows so many microseconds after 1970-01-01T00:00:00, and `up` microseconds more.
    /// What the clock shows may lie beyond every [`Timestamp`] as long as the instant does not.
    ///
    /// `up` is added once the zone is settled, lest a time just before a change of the clock be rounded past it.
    pub fn resolve_clock(&self, clock: i128, up: i64) -> Resolved {
        match self.zone.offsets_of_clock(clock) {
            Offsets::One(offset) => Resolved::exact(clock, offset, up),
            Offsets::Two(first, second) => {
                let offset = match self.overlap {
                    OverlapPolicy::Earlier => first,
                    OverlapPolicy::Later => second,
                };
                Resolved { certainty: Certainty::Overlap, ..Resolved::exact(clock, offset, up) }
            }
            Offsets::Gap { before, since_1970 } => {
                let at = match self.gap {
                    GapPolicy::Forward => Resolved::exact(clock, before, up).at,
                    GapPolicy::End => Timestamp::from_seconds(since_1970),
                };
                Resolved { at, certainty: Certainty::Gap }
            }
        }
    }
}

impl Resolved {
    /// The instant at which a clock that is `offset` seconds east of UTC shows `clock` microseconds after 1970, and
    /// `up` microseconds more.
    pub fn exact(clock: i128, offset: i32, up: i64) -> Resolved {
        let micros = clock - i128::from(offset) * 1_000_000 + i128::from(up);
        let saturated = if micros < 0 { i64::MIN } else { i64::MAX };
        let at = Timestamp::from_micros(i64::try_from(micros).unwrap_or(saturated));
        Resolved { at, certainty: Certainty::Exact }
    }
}

impl Display for LocalZone {
    /// The zone's name.
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.zone.fmt(f)
    }
}

impl FromStr for LocalZone {
    type Err = ZoneError;

    /// The zone of this name, as [`LocalZone::new`].
    fn from_str(text: &str) -> Result<LocalZone, ZoneError> {
        text.parse().map(LocalZone::new)
    }
}
