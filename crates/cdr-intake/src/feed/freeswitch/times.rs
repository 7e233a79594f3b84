//! The times and lengths in the variables of a leg.

use cdr_model::{LocalZone, Timestamp};

use super::leg::Leg;
use crate::fault::Fault;
use crate::feed::times::{Written, WrittenTimes, written};

const SECOND_US: i64 = 1_000_000;

/// The times of a leg: exact ones, or else local ones.
pub(super) fn times(leg: &Leg, zone: LocalZone) -> Result<WrittenTimes, Fault> {
    let Some(start) = time(leg, ["start_uepoch", "start_epoch", "start_stamp"], zone)? else {
        let detail = "start_uepoch, start_epoch and start_stamp are empty or 0, expected the start of the call";
        return Err(Fault::new("time-unreadable", detail));
    };
    Ok(WrittenTimes {
        start,
        answer: time(leg, ["answer_uepoch", "answer_epoch", "answer_stamp"], zone)?,
        end: time(leg, ["end_uepoch", "end_epoch", "end_stamp"], zone)?,
        duration_us: length(leg, "duration", SECOND_US).ok().flatten(),
        stated: None,
    })
}

/// How long the parties talked, in microseconds.
pub(super) fn talk_us(leg: &Leg) -> Result<i64, Fault> {
    for (name, unit_us) in [("billusec", 1), ("billmsec", 1_000), ("billsec", SECOND_US)] {
        if let Some(talk_us) = length(leg, name, unit_us)? {
            return Ok(talk_us);
        }
    }
    Err(Fault::new(
        "billsec-unreadable",
        "billusec, billmsec and billsec are empty, expected how long the parties talked",
    ))
}

/// A time: microseconds or seconds since 1970, of which 0 is none, or a local time.
fn time(leg: &Leg, [micros, seconds, stamp]: [&str; 3], zone: LocalZone) -> Result<Option<Written>, Fault> {
    for (name, unit_us, expected) in
        [(micros, 1, "microseconds since 1970"), (seconds, SECOND_US, "seconds since 1970")]
    {
        let text = leg.variable(name);
        if !text.is_empty() {
            let at = whole(text).and_then(|number| number.checked_mul(unit_us));
            let at = at.ok_or_else(|| Fault::unreadable("time-unreadable", name, text, expected))?;
            return Ok(Some(Written::Exact(Timestamp::from_micros(at))).filter(|_| at != 0));
        }
    }
    written(leg.variable(stamp), stamp, zone)
}

fn length(leg: &Leg, name: &str, unit_us: i64) -> Result<Option<i64>, Fault> {
    let text = leg.variable(name);
    if text.is_empty() {
        return Ok(None);
    }
    let reason = if text.starts_with('-') { "billsec-negative" } else { "billsec-unreadable" };
    let length = whole(text).and_then(|number| number.checked_mul(unit_us));
    length.map(Some).ok_or_else(|| Fault::unreadable(reason, name, text, "a whole number, zero or more"))
}

/// A whole number of digits alone.
fn whole(text: &str) -> Option<i64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}
