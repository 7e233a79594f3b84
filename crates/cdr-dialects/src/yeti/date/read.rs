//! Instants as people, mail programs, browsers and other systems write them.

use cdr_model::Timestamp;

use super::clock::SECOND;
use super::scan::Scan;
use super::{calendar, clock, comment, zone};

/// What a text says.
#[derive(Clone, Copy)]
struct Written {
    at: Timestamp,
    /// Whether an offset or a zone is part of it.
    zoned: bool,
}

/// Reads a date, or a date with a time of day, in UTC unless the text names a zone. Without a time it is midnight.
/// Digits of a second beyond the microsecond are rounded up.
pub(in crate::yeti) fn read(text: &str) -> Option<Timestamp> {
    let plain: String = text.chars().map(|it| if it.is_whitespace() { ' ' } else { it.to_ascii_lowercase() }).collect();
    let text = plain.trim();
    let written = match comment::last(text) {
        Some((before, comment)) => match whole(before) {
            Some(written) if written.zoned => comment.is_only_words().then_some(written),
            // Without a zone, what stands in parentheses is a part of the date: `09:00 (pst)`. After two spaces a number is no
            // offset whose plus was lost.
            _ => whole(&format!("{before}  {}", comment.as_text()?)),
        },
        None => whole(text),
    };
    written.map(|written| written.at)
}

/// Reads all of a text.
fn whole(text: &str) -> Option<Written> {
    let mut scan = Scan::of(text.trim());
    calendar::weekday(&mut scan);
    [date_first, time_first, time_within].into_iter().find_map(|form| form(scan))
}

/// `2019/01/01`, `1 Jan 2019 09:00 EST`, `20190101T090000Z`.
fn date_first(start: Scan<'_>) -> Option<Written> {
    let whole = |form: &calendar::Form| {
        let mut scan = start;
        let date = form(&mut scan)?;
        if scan.is_done() {
            return instant(date, 0, None);
        }
        let written = &start.rest()[..start.rest().len() - scan.rest().len()];
        let is_compact = written.bytes().all(|it| it.is_ascii_digit());
        let gap = gap(&mut scan)?;
        // The original takes the digits of a date before a comma for a time.
        (!is_compact || !gap.comma).then_some(())?;
        // `2019-01-01T9` has another hour in the original than in ISO 8601; `2019-01-01, 9` has none, and that of
        // `2019/01 9` is the day.
        let has_hour = gap.is_plain() && !gap.letter && (is_compact || calendar::has_day(written));
        let hour = |scan: &mut Scan<'_>| if has_hour { clock::hour(scan) } else { None };
        let time = clock::read(&mut scan).or_else(|| hour(&mut scan))?;
        let offset = zone::lost_plus(&mut scan).or_else(|| zone::read(&mut scan));
        scan.is_done().then(|| instant(date, time, offset))?
    };
    calendar::FORMS.iter().find_map(whole).or_else(|| digits_only(start))
}

/// `09:00 EST 1 Jan 2019`. Without a zone, the original takes the name of a month for one; after an offset and a comma,
/// a number for its fraction.
fn time_first(start: Scan<'_>) -> Option<Written> {
    let whole = |form: &calendar::Form| {
        let mut scan = start;
        let time = clock::read_closed(&mut scan)?;
        let offset = zone::read(&mut scan);
        let gap = gap(&mut scan)?;
        let is_taken = gap.letter || (gap.comma && offset.is_some());
        (!is_taken).then_some(())?;
        (offset.is_some() || scan.next_is_digit() || scan.rest().starts_with('\'')).then_some(())?;
        let date = form(&mut scan)?;
        scan.is_done().then(|| instant(date, time, offset))?
    };
    calendar::FORMS.iter().find_map(whole)
}

/// `Jan 1 09:00:00 EST 2019`, as C's `asctime` and the command `date` print it.
fn time_within(mut scan: Scan<'_>) -> Option<Written> {
    let (month, day) = calendar::month_and_day(&mut scan)?;
    gap(&mut scan)?;
    let time = clock::read_closed(&mut scan)?;
    let offset = zone::read(&mut scan);
    gap(&mut scan)?;
    let date = calendar::year(&mut scan)?.date(month, day)?;
    scan.is_done().then(|| instant(date, time, offset))?
}

/// A date and a time of digits only: `20190101T090000.5Z`, `201901010900`, `2019010109`.
fn digits_only(mut scan: Scan<'_>) -> Option<Written> {
    let (date, mut digits) = calendar::compact(&mut scan)?;
    if digits.is_empty() {
        gap(&mut scan)?.is_plain().then_some(())?;
        digits = scan.digits(2..=6)?.text;
    }
    let time = clock::compact(digits)? + clock::fraction(&mut scan);
    let offset = zone::lost_plus(&mut scan).or_else(|| zone::after_digits(&mut scan));
    scan.is_done().then(|| instant(date, time, offset))?
}

/// What separates a date from a time.
struct Gap {
    comma: bool,
    at: bool,
    /// Whether it ends in `T`.
    letter: bool,
}

impl Gap {
    /// Whether it is neither a comma nor `at`.
    fn is_plain(&self) -> bool {
        !self.comma && !self.at
    }
}

/// Reads what separates a date from a time: spaces, a comma, `at`, `T`. `None` if there is nothing.
fn gap(scan: &mut Scan<'_>) -> Option<Gap> {
    let before = scan.rest();
    scan.skip([' ', ',', ';', '_']);
    let comma = before[..before.len() - scan.rest().len()].contains(',');
    let at = scan.eat("at ");
    if at {
        scan.skip([' ']);
    }
    let mut after = *scan;
    let letter = after.eat("t") && after.next_is_digit();
    if letter {
        *scan = after;
    }
    (scan.rest().len() < before.len()).then_some(Gap { comma, at, letter })
}

/// The instant at which a zone `offset` seconds east of Greenwich shows `time`, in microseconds since midnight; without
/// a zone at Greenwich.
fn instant(date: chrono::NaiveDate, time: i64, offset: Option<i64>) -> Option<Written> {
    let midnight = date.and_hms_opt(0, 0, 0)?.and_utc().timestamp();
    let seconds = midnight.checked_sub(offset.unwrap_or(0))?;
    let at = Timestamp::from_micros(seconds.checked_mul(SECOND)?.checked_add(time)?);
    Some(Written { at, zoned: offset.is_some() })
}
