//! Local times: the zone they belong to, and how to resolve those that fall into a clock change.
//!
//! When clocks go forward, some local times do not exist (a gap). When clocks go back, some are ambiguous (an overlap).
//! Conventions differ on the meaning of such a time, so the caller chooses the policy.
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

/// A zone, and how its nonexistent and ambiguous local times are resolved.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LocalZone {
    /// The zone of the local times.
    pub zone: Zone,
    /// How a local time in a gap is resolved.
    pub gap: GapPolicy,
    /// How a local time in an overlap is resolved.
    pub overlap: OverlapPolicy,
}

/// How a local time is resolved that was skipped when the clock went forward.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapPolicy {
    /// With the offset before the gap, which moves it forward by the length of the gap: 02:30 means 03:30 where 02:00
    /// to 03:00 is skipped.
    #[default]
    Forward,
    /// To the instant of the clock change: 02:30 means 03:00.
    End,
}

/// How a local time is resolved that occurred twice because the clock went back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OverlapPolicy {
    /// To the first occurrence.
    #[default]
    Earlier,
    /// To the second occurrence.
    Later,
}

/// The instant of a local time, and whether it is unambiguous.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Resolved {
    /// The instant, saturating at [`Timestamp::MIN`] and [`Timestamp::MAX`].
    pub at: Timestamp,
    /// Whether a policy had to decide.
    pub certainty: Certainty,
}

/// Whether a local time denotes exactly one instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// It denotes one instant.
    Exact,
    /// It does not exist; [`GapPolicy`] decided.
    Gap,
    /// It denotes two instants; [`OverlapPolicy`] decided.
    Overlap,
}

impl LocalZone {
    /// UTC, which has no gaps and no overlaps.
    pub const UTC: LocalZone = LocalZone::new(Zone::UTC);

    /// A zone with [`GapPolicy::Forward`] and [`OverlapPolicy::Earlier`].
    pub const fn new(zone: Zone) -> LocalZone {
        LocalZone { zone, gap: GapPolicy::Forward, overlap: OverlapPolicy::Earlier }
    }

    /// The same zone with another policy for gaps.
    pub const fn with_gap(self, gap: GapPolicy) -> LocalZone {
        LocalZone { gap, ..self }
    }

    /// The same zone with another policy for overlaps.
    pub const fn with_overlap(self, overlap: OverlapPolicy) -> LocalZone {
        LocalZone { overlap, ..self }
    }

    /// The instant of a local time. Digits below microseconds are truncated (floor).
    pub fn resolve(&self, local: NaiveDateTime) -> Resolved {
        self.resolve_clock(local.and_utc().timestamp_micros().into(), 0)
    }

    /// Seconds east of UTC at an instant, to be added to print a local time. An instant outside the calendar's range
    /// has the offset of the nearest instant in it.
    pub fn offset_at(&self, at: Timestamp) -> i32 {
        self.zone.offset_at(at)
    }

    /// The instant at which the local clock shows `clock` microseconds after 1970-01-01T00:00:00, plus `up`
    /// microseconds. The local time may be out of the range of [`Timestamp`], as long as the instant is not.
    ///
    /// `up` is added after the offset is determined, so that rounding up does not move a time just before a clock
    /// change past it.
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
    /// The instant at which a clock that is `offset` seconds east of UTC shows `clock` microseconds after 1970, plus
    /// `up` microseconds.
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
