//! Checks and default values for the records of all feeds.

use cdr_model::{Assumed, Cdr, ConferenceRecord, Timestamp};

use crate::error::IntakeError;
use crate::fault::Fault;

/// 1970-01-01T00:00:00Z.
const FIRST: Timestamp = Timestamp::from_micros(0);
/// 0001-01-01T00:00:00Z.
const YEAR_1: Timestamp = Timestamp::from_seconds(-62_135_596_800);
/// 10000-01-01T00:00:00Z.
const END: Timestamp = Timestamp::from_seconds(253_402_300_800);
/// The maximum size of `extra` in bytes, names and values together.
const EXTRA_BYTES: usize = 2048;

/// Sets the bill instant to the end of the call, else the connect, else the start, and marks it as assumed.
pub(super) fn assume_billed(call: &mut Cdr) {
    call.billed_at = call.ended_at.or(call.connected_at).unwrap_or(call.started_at);
    call.assumed.insert(Assumed::BILL);
}

/// Whether an instant stands for none, as switches write it: the beginning of 1970, or of the year 1.
pub(super) fn is_zero(at: Timestamp) -> bool {
    [FIRST, YEAR_1].contains(&at)
}

/// Whether a text is a date of zeros, which switches write for none and no calendar has.
pub(super) fn is_zero_text(text: &str) -> bool {
    text.starts_with("0000-00-00")
}

/// Rejects a call that cannot be stored.
pub(super) fn call(call: &Cdr) -> Result<(), Fault> {
    let instants = [("start", Some(call.started_at)), ("connect", call.connected_at), ("end", call.ended_at)];
    instants.into_iter().chain([("bill", Some(call.billed_at))]).try_for_each(|(name, at)| in_range(name, at))?;
    let extra: usize = call.details.extra.iter().map(|(name, value)| name.len() + value.len()).sum();
    if extra > EXTRA_BYTES {
        let detail = format!("the fields in `extra` have {extra} bytes in total, expected at most {EXTRA_BYTES}");
        return Err(Fault::new("extra-too-long", detail));
    }
    Ok(())
}

/// Rejects a conference that cannot be stored.
pub(super) fn conference(conference: &ConferenceRecord) -> Result<(), Fault> {
    in_range("start", Some(conference.started_at))?;
    in_range("end", conference.ended_at)
}

/// Rejects settings that name a field for `extra` that the feed does not have.
pub(super) fn extra(feed: &'static str, wanted: &[String], known: &[&str]) -> Result<(), IntakeError> {
    match wanted.iter().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(IntakeError::NoExtra { feed, name: name.clone(), known: known.join(", ") }),
    }
}

fn in_range(name: &str, at: Option<Timestamp>) -> Result<(), Fault> {
    match at {
        Some(at) if !(FIRST..END).contains(&at) || (name == "start" && is_zero(at)) => {
            let reason = if name == "start" { "start-out-of-range" } else { "time-out-of-range" };
            Err(Fault::new(reason, format!("its {name} is {at}, expected a time in the years 1970 to 9999")))
        }
        _ => Ok(()),
    }
}
