//! Instants and zones as clients of the original write them.
//!
//! Source: the routes of `PortaCDR` declare these members as texts. Its clients send `2015-09-21 00:00:00` and
//! `2015-09-21`, and zones as IANA or Windows names.

use cdr_model::{LocalZone, Timestamp, Zone};
use chrono::{NaiveDate, NaiveDateTime};
use windows_timezones::WindowsTimezone;

/// Reads an instant: a date such as `2015-06-01`, with an optional time `10:20`, `10:20:30` or `10:20:30.5` after a
/// space or a `T`. The time may have dashes (`10-20-30`), for servers that do not accept colons in a path. Both may
/// have no separators (`20150601`, `20150601102030`). The offset is `Z`, `+01`, `+0100` or `+01:00`; its `+` may have
/// been decoded to a space. Without an offset the instant is in `zone`. Digits beyond the microsecond are rounded up,
/// which is equivalent for a bound.
pub(super) fn instant(text: &str, zone: &LocalZone) -> Option<Timestamp> {
    let text = text.trim();
    let (day, rest) = day(text)?;
    let (clock, rest) = clock(rest)?;
    let local = day.and_hms_micro_opt(clock.hour, clock.minute, clock.second, clock.micros)?;
    let at = match offset(rest)? {
        None => zone.resolve(local).at,
        Some(minutes) => fixed(local, minutes),
    };
    Some(at.plus_micros(i64::from(clock.finer)))
}

/// Reads a zone: an IANA name, also with `-` or `_` for its slashes; a Windows name; `+01:00`, `+0100`, `01:00`; hours
/// such as `5.5`.
pub(super) fn zone(text: &str) -> Option<Zone> {
    let text = text.trim();
    named(text).or_else(|| windows(text)).or_else(|| Zone::fixed(minutes(text)?))
}

#[derive(Default)]
struct TimeOfDay {
    hour: u32,
    minute: u32,
    second: u32,
    micros: u32,
    /// Whether there are further digits other than 0.
    finer: bool,
}

fn day(text: &str) -> Option<(NaiveDate, &str)> {
    let (year, rest) = number(text, 4, 4)?;
    let (month, day, rest) = match rest.strip_prefix('-') {
        None => {
            let (month, rest) = number(rest, 2, 2)?;
            let (day, rest) = number(rest, 2, 2)?;
            (month, day, rest)
        }
        Some(rest) => {
            let (month, rest) = number(rest, 1, 2)?;
            let (day, rest) = number(rest.strip_prefix('-')?, 1, 2)?;
            (month, day, rest)
        }
    };
    Some((NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?, rest))
}

/// The time of day; midnight if it is missing.
fn clock(text: &str) -> Option<(TimeOfDay, &str)> {
    let all_digits = text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    if all_digits {
        let (hour, rest) = number(text, 2, 2)?;
        let (minute, rest) = number(rest, 2, 2)?;
        let (second, rest) = number(rest, 2, 2)?;
        return Some((TimeOfDay { hour, minute, second, ..TimeOfDay::default() }, rest));
    }
    let Some(rest) = text.strip_prefix([' ', 'T', 't']).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    else {
        return Some((TimeOfDay::default(), text));
    };
    let (hour, rest) = number(rest, 1, 2)?;
    let separator = rest.chars().next().filter(|c| matches!(c, ':' | '-'))?;
    let (minute, rest) = number(&rest[1..], 2, 2)?;
    let mut clock = TimeOfDay { hour, minute, ..TimeOfDay::default() };
    let Some(rest) = rest.strip_prefix(separator) else { return Some((clock, rest)) };
    let (second, rest) = number(rest, 2, 2)?;
    clock.second = second;
    let Some(rest) = rest.strip_prefix('.') else { return Some((clock, rest)) };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, rest) = rest.split_at_checked(digits).filter(|(fraction, _)| !fraction.is_empty())?;
    let kept: String = fraction.chars().chain("000000".chars()).take(6).collect();
    clock.micros = kept.parse().ok()?;
    clock.finer = fraction.bytes().skip(6).any(|digit| digit != b'0');
    Some((clock, rest))
}

/// The offset in minutes; `Some(None)` if it is missing.
fn offset(text: &str) -> Option<Option<i16>> {
    match text {
        "" => Some(None),
        "Z" | "z" => Some(Some(0)),
        _ => signed_minutes(text).map(Some),
    }
}

/// `+01`, `+0100`, `+01:00`; a space is read as the plus.
fn signed_minutes(text: &str) -> Option<i16> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' | b' ' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let (hours, rest) = number(digits, 2, 2)?;
    let rest = rest.strip_prefix(':').unwrap_or(rest);
    let (minutes, rest) = if rest.is_empty() { (0, rest) } else { number(rest, 2, 2)? };
    let fits = rest.is_empty() && minutes < 60 && hours * 60 + minutes <= 840;
    fits.then(|| i16::try_from(hours * 60 + minutes).ok().map(|minutes| sign * minutes))?
}

fn fixed(local: NaiveDateTime, minutes: i16) -> Timestamp {
    Timestamp::from_micros(local.and_utc().timestamp_micros()).plus_micros(i64::from(minutes) * -60_000_000)
}

/// A number of `least` to `most` digits, and the rest of the text.
fn number(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let digits = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    let (digits, rest) = text.split_at_checked(digits).filter(|(digits, _)| digits.len() >= least)?;
    Some((digits.parse().ok()?, rest))
}

/// An IANA name. In a path its slashes may be replaced by dashes or underscores, which also occur in names.
fn named(text: &str) -> Option<Zone> {
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic());
    let joints: Vec<usize> = text.match_indices(['-', '_']).map(|(at, _)| at).collect();
    let with_slashes = |at: &[usize]| {
        let mut name = text.to_owned();
        at.iter().for_each(|at| name.replace_range(at..&(at + 1), "/"));
        name.parse::<Zone>().ok()
    };
    let one = || joints.iter().find_map(|at| with_slashes(&[*at]));
    let two = || joints.windows(2).find_map(with_slashes);
    is_name.then(|| with_slashes(&[]).or_else(one).or_else(two))?
}

fn windows(text: &str) -> Option<Zone> {
    text.parse::<WindowsTimezone>().ok()?.tzdb_id().parse().ok()
}

fn minutes(text: &str) -> Option<i16> {
    // A plus that was decoded to a space has been trimmed.
    let with_sign = || signed_minutes(&format!("+{text}")).filter(|_| text.contains(':') || text.len() == 4);
    signed_minutes(text).filter(|_| text.len() > 3).or_else(with_sign).or_else(|| {
        let hours: f64 = text.parse().ok()?;
        let minutes = (hours * 60.0).round();
        ((-840.0..=840.0).contains(&minutes) && !text.contains(['e', 'E', 'n', 'N'])).then_some(minutes as i16)
    })
}

#[cfg(test)]
mod tests {
    use cdr_model::{LocalZone, Timestamp};
    use proptest::prelude::*;

    use super::{instant, zone};

    proptest! {
        #[test]
        fn arbitrary_texts_do_not_panic(text in "(\\PC{0,24}|[0-9TZ:. +-]{0,24}|[A-Za-z/_-]{0,24})") {
            let _ = (instant(&text, &LocalZone::UTC), zone(&text));
        }

        #[test]
        fn printed_instants_are_read_in_any_form(micros in 0_i64..253_402_300_800_000_000) {
            let at = Timestamp::from_micros(micros);
            let printed = at.to_string();
            let (day, clock) = printed.trim_end_matches('Z').split_once('T').unwrap();
            for text in [
                printed.clone(),
                format!("{day} {clock}"),
                format!("{day} {}", clock.replace(':', "-")),
                format!("{day}T{clock}+00:00"),
                format!("{day}T{clock} 00:00"),
            ] {
                prop_assert_eq!(instant(&text, &LocalZone::UTC), Some(at), "{}", text);
            }
        }
    }

    #[test]
    fn instants_are_read_in_every_form() {
        let london = LocalZone::new("Europe/London".parse().unwrap());
        for (text, at) in [
            ("2015-06-01", "2015-05-31T23:00:00Z"),
            ("2015-12-01", "2015-12-01T00:00:00Z"),
            ("2015-6-1", "2015-05-31T23:00:00Z"),
            ("20150601", "2015-05-31T23:00:00Z"),
            ("20150601102030", "2015-06-01T09:20:30Z"),
            ("2015-06-01 10:20", "2015-06-01T09:20:00Z"),
            ("2015-06-01 10:20:30", "2015-06-01T09:20:30Z"),
            ("2015-06-01 10-20-30", "2015-06-01T09:20:30Z"),
            ("2015-06-01T10:20:30.5", "2015-06-01T09:20:30.5Z"),
            ("2015-06-01T10:20:30.0000001", "2015-06-01T09:20:30.000001Z"),
            ("2015-06-01T10:20:30Z", "2015-06-01T10:20:30Z"),
            ("2015-06-01T10:20:30+02:00", "2015-06-01T08:20:30Z"),
            ("2015-06-01T10:20:30 02:00", "2015-06-01T08:20:30Z"),
            ("2015-06-01 10:20:30-0530", "2015-06-01T15:50:30Z"),
            ("2015-06-01 10-20-30+02", "2015-06-01T08:20:30Z"),
            ("2015-06-01Z", "2015-06-01T00:00:00Z"),
            // Clocks went forward from 1 to 2, and back from 2 to 1.
            ("2015-03-29 01:30", "2015-03-29T01:30:00Z"),
            ("2015-10-25 01:30", "2015-10-25T00:30:00Z"),
        ] {
            assert_eq!(instant(text, &london), Some(at.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn invalid_instants_are_rejected() {
        for text in [
            "",
            "x",
            "2015",
            "2015-13-01",
            "2015-02-30",
            "2015-06-01 24:00",
            "2015-06-01 10",
            "2015-06-01 10:2",
            "2015-06-01x",
            "2015-06-01 10:20:30.",
            "2015-06-01T10:20:30+25:00",
            "01/06/2015",
            "2015-06-01 10:20-30",
            "201506011020",
            "９015-06-01",
        ] {
            assert_eq!(instant(text, &LocalZone::UTC), None, "{text}");
        }
    }

    #[test]
    fn zones_are_read_by_any_of_their_names() {
        for (text, name) in [
            ("UTC", "UTC"),
            ("GMT", "GMT"),
            ("Europe/London", "Europe/London"),
            ("Europe-London", "Europe/London"),
            ("Europe_London", "Europe/London"),
            ("America_New_York", "America/New_York"),
            ("America-Argentina-Buenos_Aires", "America/Argentina/Buenos_Aires"),
            ("GMT Standard Time", "Europe/London"),
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("+01:00", "+01:00"),
            (" 01:00", "+01:00"),
            ("-0530", "-05:30"),
            ("0100", "+01:00"),
            ("5.5", "+05:30"),
            ("-5", "-05:00"),
        ] {
            assert_eq!(zone(text).map(|zone| zone.to_string()).as_deref(), Some(name), "{text}");
        }
        for text in ["", "Nowhere", "Europe", "15", "+15:00", "1e1", "nan", "five"] {
            assert_eq!(zone(text).map(|zone| zone.to_string()), None, "{text}");
        }
    }
}
