//! Reading printed instants, in each style.

use cdr_model::Timestamp;

use crate::layout::TimeStyle;

/// How PostgreSQL marks a year before 1.
pub(crate) const BEFORE_CHRIST: &str = " BC";

/// Whether a style is one of PostgreSQL's.
pub(crate) const fn is_postgres(style: TimeStyle) -> bool {
    matches!(style, TimeStyle::PgZoned) || is_local(style)
}

/// Whether a style prints a local time without its offset.
pub(crate) const fn is_local(style: TimeStyle) -> bool {
    matches!(style, TimeStyle::PgLocal | TimeStyle::PgLocalSeconds)
}

/// The microseconds since 1970 that a text in a style denotes; a time without an offset counts as UTC. `None` if it is
/// not such a text. Texts are accepted that the style prints otherwise, such as other offsets for the same instant.
pub(crate) fn read_time(text: &str, style: TimeStyle) -> Option<i64> {
    let at = if is_postgres(style) { read_postgres(text, style)? } else { text.parse().ok()? };
    Some(Timestamp::micros(at))
}

fn read_postgres(text: &str, style: TimeStyle) -> Option<Timestamp> {
    if text.ends_with("infinity") {
        return text.parse().ok();
    }
    let (text, is_before_christ) = match text.strip_suffix(BEFORE_CHRIST) {
        Some(text) => (text, true),
        None => (text, false),
    };
    let (date, clock) = text.split_once(' ')?;
    let (clock, offset) = match style {
        TimeStyle::PgZoned => clock.split_at(clock.rfind(['+', '-'])?),
        _ => (clock, "+00"),
    };
    let (year, month_and_day) = date.split_once('-')?;
    let year: i64 = year.parse().ok()?;
    let year = if is_before_christ { 1 - year } else { year };
    let text = match year {
        0..=9999 => format!("{year:04}-{month_and_day}T{clock}Z"),
        _ => format!("{year:+05}-{month_and_day}T{clock}Z"),
    };
    let local: Timestamp = text.parse().ok()?;
    local.micros().checked_sub(read_short_offset(offset)? * 1_000_000).map(Timestamp::from_micros)
}

/// The seconds of an offset such as `+01`, `-03:30` or `+02:02:04`.
fn read_short_offset(text: &str) -> Option<i64> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(text) => (-1, text),
        None => (1, text.strip_prefix('+')?),
    };
    let mut seconds = 0;
    let mut unit = 3600;
    for part in text.splitn(3, ':') {
        seconds += part.parse::<u8>().ok().map(i64::from)? * unit;
        unit /= 60;
    }
    Some(sign * seconds)
}

/// The unit that a style of instants prints in microseconds: earlier digits are truncated.
pub(crate) fn time_unit(style: TimeStyle) -> i64 {
    match style {
        TimeStyle::Rfc3339Micros | TimeStyle::PgZoned | TimeStyle::PgLocal => 1,
        TimeStyle::OffsetMillis => 1000,
        TimeStyle::OffsetSeconds | TimeStyle::PgLocalSeconds => 1_000_000,
    }
}
