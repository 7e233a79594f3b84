//! The times of a call as switches write them: local times without an offset, of which some occurred twice.

use cdr_model::{Certainty, LocalZone, OverlapPolicy, Timestamp};
use chrono::{DateTime, FixedOffset, NaiveDateTime};

use super::checks;
use crate::fault::Fault;
use crate::notes::Note;

const SECOND_US: i64 = 1_000_000;
/// 10000-01-01T00:00:00Z in seconds since 1970.
const END_SECONDS: i64 = 253_402_300_800;
/// How long after the second of its identifier a call may start.
const LATE_US: i64 = 5 * SECOND_US;

/// A time as a row has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Written {
    /// Without an offset.
    Local(NaiveDateTime),
    Exact(Timestamp),
}

/// The times of a row as they are written.
#[derive(Clone, Copy, Debug)]
pub(super) struct WrittenTimes {
    pub(super) start: Written,
    pub(super) answer: Option<Written>,
    pub(super) end: Option<Written>,
    /// From the start to the end, in microseconds.
    pub(super) duration_us: Option<i64>,
    /// The second since 1970 that the identifier of the call states.
    pub(super) stated: Option<i64>,
}

/// The instants of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) start: Timestamp,
    pub(super) answer: Option<Timestamp>,
    pub(super) end: Option<Timestamp>,
    /// Whether one of them was decided by a rule alone.
    pub(super) is_assumed: bool,
    /// The first of them that the clocks skipped.
    pub(super) skipped: Option<Note>,
}

/// Reads a time, with a fraction and an offset if it has them. A zero time, which switches write for none, is absent.
pub(super) fn written(text: &str, name: &str, zone: LocalZone) -> Result<Option<Written>, Fault> {
    if text.is_empty() || is_zero(text) {
        return Ok(None);
    }
    let unreadable = || Fault::unreadable("time-unreadable", name, text, "a time such as 2026-11-21 10:00:00");
    let written = parsed(text).ok_or_else(unreadable)?;
    Ok(Some(written).filter(|written| !is_first(*written, zone)))
}

/// A time with a fraction and an offset if it has them; `None` if it is not one.
pub(super) fn parsed(text: &str) -> Option<Written> {
    let local = || ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"].into_iter().find_map(|form| local_time(text, form));
    let exact =
        || ["%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M:%S%.f%#z"].into_iter().find_map(|form| exact_time(text, form));
    let written = local().map(Written::Local).or_else(|| exact().map(Written::Exact));
    written.filter(|_| has_whole_date(text))
}

/// Reads whole seconds since 1970 in UTC, of years up to 9999. Zero, which switches write for none, is absent.
pub(super) fn epoch(text: &str, name: &str) -> Result<Option<Timestamp>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let seconds = text.parse().ok().filter(|seconds| (0..END_SECONDS).contains(seconds));
    let unreadable = || Fault::unreadable("time-unreadable", name, text, "seconds since 1970");
    let seconds = seconds.ok_or_else(unreadable)?;
    Ok((seconds != 0).then(|| Timestamp::from_seconds(seconds)))
}

/// Reads seconds since 1970, with a fraction if they have one, of the years 1973 to 2286; zero, which switches write for
/// none, is absent. `None` if the text is something else.
pub(super) fn since_1970(text: &str) -> Option<Option<Written>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !are_digits(whole) || !are_digits(fraction) {
        return None;
    }
    let micros: i64 = format!("{whole}{fraction:0<6.6}").parse().ok()?;
    let is_one = micros == 0 || matches!(whole.len(), 9 | 10);
    is_one.then(|| Some(Written::Exact(Timestamp::from_micros(micros))).filter(|_| micros != 0))
}

/// Whether a text is a time, zero or not.
pub(super) fn is_time(text: &str) -> bool {
    is_zero(text) || (!text.is_empty() && written(text, "", LocalZone::UTC).is_ok())
}

fn local_time(text: &str, form: &str) -> Option<NaiveDateTime> {
    NaiveDateTime::parse_from_str(text, form).ok()
}

fn exact_time(text: &str, form: &str) -> Option<Timestamp> {
    let time: DateTime<FixedOffset> = DateTime::parse_from_str(text, form).ok()?;
    Some(Timestamp::from_micros(time.timestamp_micros()))
}

/// Whether date and time have all their digits, which a parser does not demand.
fn has_whole_date(text: &str) -> bool {
    let is_digit_at = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18].into_iter().all(is_digit_at)
}

fn is_zero(text: &str) -> bool {
    checks::is_zero_text(text) || text.starts_with("0001-01-01")
}

/// Whether it is the beginning of 1970, by the clock of the switch or by UTC.
pub(super) fn is_first(written: Written, zone: LocalZone) -> bool {
    match written {
        Written::Local(local) => local.and_utc().timestamp_micros() == 0 || zone.resolve(local).at.micros() == 0,
        Written::Exact(at) => at.micros() == 0,
    }
}

impl WrittenTimes {
    /// The instants. Of a time that occurred twice, that one is chosen which agrees with the identifier of the call, else
    /// with its duration, else with the order of the times, and else the earlier one.
    pub(super) fn resolve(&self, zone: LocalZone) -> Times {
        let start = Instant::of(self.start, zone);
        let answer = self.answer.map(|written| Instant::of(written, zone));
        let end = self.end.map(|written| Instant::of(written, zone));
        let first = |instant: Option<Instant>| instant.map(|instant| instant.at);
        let mut times =
            Times { start: start.at, answer: first(answer), end: first(end), is_assumed: false, skipped: None };
        if [Some(start), answer, end].into_iter().flatten().any(|instant| instant.later.is_some()) {
            times = self.decide(start, answer, end);
        }
        let written = [("start", Some(start)), ("answer", answer), ("end", end)];
        times.skipped = written.into_iter().find_map(|(name, instant)| Some(skipped(name, instant?.skipped?, zone)));
        times.is_assumed |= times.skipped.is_some();
        times
    }

    /// Decides between the instants of times that occurred twice.
    fn decide(&self, start: Instant, answer: Option<Instant>, end: Option<Instant>) -> Times {
        let mut all = Vec::with_capacity(8);
        for start in [start].iter().flat_map(Instant::each) {
            for end in each_or_none(end) {
                for answer in each_or_none(answer) {
                    let times = Times { start, answer, end, is_assumed: false, skipped: None };
                    all.push((self.disagreements(&times), times));
                }
            }
        }
        let least = all.iter().map(|(disagreements, _)| *disagreements).min();
        let mut best =
            all.into_iter().filter(|(disagreements, _)| Some(*disagreements) == least).map(|(_, times)| times);
        let chosen =
            best.next().unwrap_or(Times { start: start.at, answer: None, end: None, is_assumed: true, skipped: None });
        Times { is_assumed: best.next().is_some(), ..chosen }
    }

    /// How much the identifier disagrees with the start, the duration with the end, and the times with their order. A call
    /// starts when its identifier is made, sometimes later, and never before.
    fn disagreements(&self, times: &Times) -> [u8; 3] {
        let is_far = |from: Timestamp, second: i64| {
            let late = from.micros().saturating_sub(second.saturating_mul(SECOND_US));
            if late < -SECOND_US { 2 } else { u8::from(late > LATE_US) }
        };
        let is_other = |(duration, end): (i64, Timestamp)| {
            end.micros_since(times.start).saturating_sub(duration).saturating_abs() > SECOND_US
        };
        let order = [Some(times.start), times.answer, times.end];
        [
            self.stated.map_or(0, |second| is_far(times.start, second)),
            self.duration_us.zip(times.end).is_some_and(is_other).into(),
            (!order.into_iter().flatten().is_sorted()).into(),
        ]
    }
}

/// The instant of a time.
#[derive(Clone, Copy, Debug)]
struct Instant {
    at: Timestamp,
    /// The later one of a time that occurred twice.
    later: Option<Timestamp>,
    /// The time, if the clocks skipped it.
    skipped: Option<NaiveDateTime>,
}

impl Instant {
    fn of(written: Written, zone: LocalZone) -> Instant {
        let local = match written {
            Written::Exact(at) => return Instant { at, later: None, skipped: None },
            Written::Local(local) => local,
        };
        let resolved = zone.with_overlap(OverlapPolicy::Earlier).resolve(local);
        let later = || zone.with_overlap(OverlapPolicy::Later).resolve(local).at;
        Instant {
            at: resolved.at,
            later: (resolved.certainty == Certainty::Overlap).then(later),
            skipped: (resolved.certainty == Certainty::Gap).then_some(local),
        }
    }

    /// The instants that it may be, the earlier one first.
    fn each(&self) -> impl Iterator<Item = Timestamp> + use<> {
        std::iter::once(self.at).chain(self.later)
    }
}

/// The possible instants of a time; one `None` if the time is absent.
fn each_or_none(instant: Option<Instant>) -> Vec<Option<Timestamp>> {
    instant.map_or_else(|| vec![None], |instant| instant.each().map(Some).collect())
}

/// The note about a time that the clocks skipped.
fn skipped(name: &str, local: NaiveDateTime, zone: LocalZone) -> Note {
    let at = zone.resolve(local).at;
    let detail = format!("{name} is {local}, which the clocks of {zone} skipped: it is read as {at}");
    Note { kind: "time-skipped", detail }
}

#[cfg(test)]
mod tests {
    use cdr_model::{LocalZone, Timestamp};

    use super::{Times, Written, WrittenTimes, epoch, since_1970, written};

    fn resolved(zone: &str, times: [&str; 3], duration: Option<i64>, stated: Option<i64>) -> Times {
        let zone: LocalZone = zone.parse().unwrap();
        let at = |at: usize| written(times[at], "start", zone).unwrap();
        let (start, answer, end) = (at(0).unwrap(), at(1), at(2));
        let duration_us = duration.map(|seconds| seconds * 1_000_000);
        WrittenTimes { start, answer, end, duration_us, stated }.resolve(zone)
    }

    /// Berlin, 25 October 2026: 02:00 to 03:00 occurred twice.
    #[test]
    fn of_a_time_that_occurred_twice_the_one_that_agrees_is_chosen() {
        let early = ["2026-10-25 02:10:00", "2026-10-25 02:10:10", "2026-10-25 02:50:00"];
        let crossing = ["2026-10-25 02:50:00", "2026-10-25 02:50:10", "2026-10-25 02:10:10"];
        let (first, second) = (1_792_887_000, 1_792_890_600);
        for (times, duration, stated, starts, ends, is_assumed) in [
            (early, Some(2400), Some(first), "00:10:00", Some("00:50:00"), false),
            (early, Some(2400), Some(second), "01:10:00", Some("01:50:00"), false),
            (early, Some(2400), None, "00:10:00", Some("00:50:00"), true),
            (early, Some(6000), None, "00:10:00", Some("01:50:00"), true),
            (early, None, None, "00:10:00", Some("00:50:00"), true),
            (crossing, Some(1210), None, "00:50:00", Some("01:10:10"), false),
            (crossing, None, None, "00:50:00", Some("01:10:10"), false),
            (["2026-10-25 02:10:00", "", ""], None, Some(second), "01:10:00", None, false),
            // A start that is late after its identifier, and not before it.
            (["2026-10-25 02:10:00", "", ""], None, Some(first + 1_800), "01:10:00", None, false),
            (["2026-10-25 02:10:00", "", ""], None, None, "00:10:00", None, true),
            (
                ["2026-10-25 01:59:00", "2026-10-25 02:00:00", "2026-10-25 03:00:00"],
                None,
                None,
                "23:59:00",
                Some("02:00:00"),
                true,
            ),
        ] {
            let found = resolved("Europe/Berlin", times, duration, stated);
            let clock = |text: String| text.get(11..19).unwrap().to_owned();
            let what = format!("{times:?}, {duration:?}, {stated:?}");
            assert_eq!(clock(found.start.to_string()), starts, "{what}");
            assert_eq!(found.end.map(|end| clock(end.to_string())).as_deref(), ends, "{what}");
            assert_eq!(found.is_assumed, is_assumed, "{what}");
            assert!(found.skipped.is_none());
        }
    }

    #[test]
    fn a_time_that_the_clocks_skipped_is_moved_forward_and_noted() {
        let found = resolved("Europe/Berlin", ["2026-03-29 02:30:00", "", "2026-03-29 03:30:10"], Some(10), None);
        assert_eq!(found.start.to_string(), "2026-03-29T01:30:00.000000Z");
        assert!(found.is_assumed);
        assert_eq!(
            found.skipped.unwrap().detail,
            "start is 2026-03-29 02:30:00, which the clocks of Europe/Berlin skipped: it is read as \
             2026-03-29T01:30:00.000000Z"
        );
    }

    #[test]
    fn zero_times_are_absent() {
        for (zone, text) in [
            ("UTC", ""),
            ("UTC", "0000-00-00 00:00:00"),
            ("Europe/Berlin", "1970-01-01 00:00:00"),
            ("Europe/Berlin", "1970-01-01 01:00:00"),
            ("America/New_York", "1970-01-01 00:00:00"),
            ("America/New_York", "1969-12-31 19:00:00"),
            ("UTC", "0001-01-01T00:00:00Z"),
            ("Europe/Berlin", "1970-01-01T00:00:00+0000"),
        ] {
            assert_eq!(written(text, "answer", zone.parse().unwrap()).unwrap(), None, "{zone} {text}");
        }
    }

    #[test]
    fn seconds_since_1970_are_read() {
        for (text, at) in [
            ("", None),
            ("0", None),
            ("1795255200", Some("2026-11-21T10:00:00.000000Z")),
            ("253402300799", Some("9999-12-31T23:59:59.000000Z")),
        ] {
            assert_eq!(epoch(text, "start").unwrap().map(|at| at.to_string()).as_deref(), at, "{text}");
        }
        for text in ["-1", "253402300800", "99999999999999999999", "1795255200.5", "x"] {
            let detail = epoch(text, "start").unwrap_err().detail;
            assert_eq!(detail, format!("start is `{text}`, expected seconds since 1970"));
        }
    }

    #[test]
    fn seconds_since_1970_are_not_mistaken_for_dates() {
        for (text, micros) in [
            ("1795255200", Some(Some(1_795_255_200_000_000))),
            ("1795255200.5", Some(Some(1_795_255_200_500_000))),
            ("999999999.1234567", Some(Some(999_999_999_123_456))),
            ("0", Some(None)),
            ("0.000000", Some(None)),
            ("20261121", None),
            ("20261121100000", None),
            ("2026-11-21 10:00:00", None),
            ("", None),
            ("-1795255200", None),
            ("1795255200.x", None),
        ] {
            let expected = micros.map(|micros| micros.map(|at| Written::Exact(Timestamp::from_micros(at))));
            assert_eq!(since_1970(text), expected, "{text}");
        }
    }

    #[test]
    fn times_may_have_a_fraction_and_an_offset() {
        for (text, at) in [
            ("2026-11-21 10:00:00", "2026-11-21T10:00:00.000000Z"),
            ("2026-11-21 10:00:00.25", "2026-11-21T10:00:00.250000Z"),
            ("2026-11-21T10:00:00.123456789", "2026-11-21T10:00:00.123456Z"),
            ("2026-11-21T10:00:00+0300", "2026-11-21T07:00:00.000000Z"),
            ("2026-11-21 10:00:00.5Z", "2026-11-21T10:00:00.500000Z"),
        ] {
            assert_eq!(resolved("UTC", [text, "", ""], None, None).start.to_string(), at, "{text}");
        }
        for text in
            ["2026-11-21", "2026-1-1 10:00:00", "21/11/2026 10:00", "2026-02-30 10:00:00", "2026-11-21 10:00:00 x", "x"]
        {
            let fault = written(text, "start", LocalZone::UTC).unwrap_err();
            assert_eq!(fault.detail, format!("start is `{text}`, expected a time such as 2026-11-21 10:00:00"));
        }
    }
}
