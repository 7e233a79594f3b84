//! Instants as people, mail programs, browsers and other systems write them.

use cdr_model::Timestamp;

use super::clock::SECOND;
use super::scan::Scan;
use super::{calendar, clock, zone};

/// Reads a date, or a date with a time of day, in UTC unless the text names a zone. Without a time it is midnight.
/// Digits of a second beyond the microsecond are rounded up.
pub(in crate::yeti) fn read(text: &str) -> Option<Timestamp> {
    let plain: String = text.chars().map(|it| if it.is_whitespace() { ' ' } else { it.to_ascii_lowercase() }).collect();
    let mut scan = Scan::of(without_comment(plain.trim()));
    calendar::weekday(&mut scan);
    [date_first, time_first, time_within].into_iter().find_map(|form| form(scan))
}

/// `2019/01/01`, `1 Jan 2019 09:00 EST`, `20190101T090000Z`.
fn date_first(start: Scan<'_>) -> Option<Timestamp> {
    let whole = |form: &calendar::Form| {
        let mut scan = start;
        let date = form(&mut scan)?;
        if scan.is_done() {
            return instant(date, 0, 0);
        }
        // `2019-01-01T9` has another hour in the original than in ISO 8601.
        let by_letter = scan.rest().starts_with('t');
        gap(&mut scan).then_some(())?;
        let hour = |scan: &mut Scan<'_>| if by_letter { None } else { clock::hour(scan) };
        let time = clock::read(&mut scan).or_else(|| hour(&mut scan))?;
        let offset = zone::lost_plus(&mut scan).or_else(|| zone::read(&mut scan)).unwrap_or(0);
        scan.is_done().then(|| instant(date, time, offset))?
    };
    calendar::FORMS.iter().find_map(whole).or_else(|| digits_only(start))
}

/// `09:00 EST 1 Jan 2019`.
fn time_first(start: Scan<'_>) -> Option<Timestamp> {
    let whole = |form: &calendar::Form| {
        let mut scan = start;
        let time = clock::read(&mut scan)?;
        let offset = zone::read(&mut scan).unwrap_or(0);
        gap(&mut scan).then_some(())?;
        let date = form(&mut scan)?;
        scan.is_done().then(|| instant(date, time, offset))?
    };
    calendar::FORMS.iter().find_map(whole)
}

/// `Jan 1 09:00:00 EST 2019`, as C's `asctime` and the command `date` print it.
fn time_within(mut scan: Scan<'_>) -> Option<Timestamp> {
    let (month, day) = calendar::month_and_day(&mut scan)?;
    gap(&mut scan).then_some(())?;
    let time = clock::read(&mut scan)?;
    let offset = zone::read(&mut scan).unwrap_or(0);
    gap(&mut scan).then_some(())?;
    let date = calendar::year(&mut scan)?.date(month, day)?;
    scan.is_done().then(|| instant(date, time, offset))?
}

/// A date and a time of digits only: `20190101T090000.5Z`, `201901010900`, `2019010109`.
fn digits_only(mut scan: Scan<'_>) -> Option<Timestamp> {
    let (date, mut digits) = calendar::compact(&mut scan)?;
    if digits.is_empty() {
        gap(&mut scan);
        digits = scan.digits(2..=6)?.text;
    }
    let time = clock::compact(digits)? + clock::fraction(&mut scan);
    let offset = zone::lost_plus(&mut scan).or_else(|| zone::read(&mut scan)).unwrap_or(0);
    scan.is_done().then(|| instant(date, time, offset))?
}

/// What separates a date from a time: spaces, a comma, `at`, `T`. Returns whether there is anything.
fn gap(scan: &mut Scan<'_>) -> bool {
    let before = scan.rest().len();
    scan.skip([' ', ',', ';', '_']);
    if scan.eat("at ") {
        scan.skip([' ']);
    }
    let mut after = *scan;
    if after.eat("t") && after.next_is_digit() {
        *scan = after;
    }
    scan.rest().len() < before
}

/// Removes what browsers and mail programs append in parentheses, and the zone in brackets after an offset.
fn without_comment(text: &str) -> &str {
    let before = |open: char, close: char| text.ends_with(close).then(|| text.rsplit_once(open)).flatten();
    if let Some((before, _)) = before('(', ')') {
        return before.trim_end();
    }
    // `2019-01-01T00:00+01:00[Europe/Berlin]`: the offset decides. Without an offset the zone would be ignored.
    match before('[', ']') {
        Some((before, _)) if has_offset(before) => before,
        _ => text,
    }
}

/// Whether a text ends in `z`, or has a sign after its date.
fn has_offset(text: &str) -> bool {
    text.ends_with('z') || text.get(11..).is_some_and(|time| time.contains(['+', '-']))
}

/// The instant at which a zone `offset` seconds east of Greenwich shows `time`, in microseconds since midnight.
fn instant(date: chrono::NaiveDate, time: i64, offset: i64) -> Option<Timestamp> {
    let midnight = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp();
    let seconds = midnight.checked_sub(offset)?;
    Some(Timestamp::from_micros(seconds.checked_mul(SECOND)?.checked_add(time)?))
}
