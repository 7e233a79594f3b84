//! Times of day, in microseconds since midnight.

use super::scan::Scan;

pub(super) const SECOND: i64 = 1_000_000;

/// `9:00`, `09:00:00.5`, `9:00 pm`, `9 am`, `9h30`, `9h30m20s`.
pub(super) fn read(scan: &mut Scan<'_>) -> Option<i64> {
    let mut after = *scan;
    let hour = after.digits(1..=2)?.value;
    let (mut minute, mut second, mut fraction) = (0, 0, 0);
    let mut spaced = after;
    spaced.skip([' ']);
    let is_plain = if after.eat(":") {
        minute = after.digits(1..=2)?.value;
        if after.eat(":") {
            second = after.digits(1..=2)?.value;
            fraction = self::fraction(&mut after);
        }
        true
    } else if spaced.eat("h") {
        after = spaced;
        if let Some(digits) = after.digits(1..=2) {
            minute = digits.value;
            after.eat("m");
            if let Some(digits) = after.digits(1..=2) {
                second = digits.value;
                after.eat("s");
            }
        }
        true
    } else {
        false
    };
    let half = half_of_day(&mut after);
    (is_plain || half.is_some()).then_some(())?;
    let time = since_midnight(half.map_or(hour, |half| hour % 12 + half), minute, second, fraction)?;
    *scan = after;
    Some(time)
}

/// The same, but not `9h30` before a number: the original takes that for the seconds.
pub(super) fn read_closed(scan: &mut Scan<'_>) -> Option<i64> {
    let start = *scan;
    let time = read(scan)?;
    let written = &start.rest()[..start.rest().len() - scan.rest().len()];
    let numbers = written.split(|it: char| !it.is_ascii_digit()).filter(|it| !it.is_empty()).count();
    let mut after = *scan;
    after.skip([' ', ',', ';', '_']);
    let is_open = written.contains('h') && numbers < 3 && after.next_is_digit();
    (!is_open).then_some(time)
}

/// The hour alone, at the end of a text, after a space: `2019-01-01 9`.
pub(super) fn hour(scan: &mut Scan<'_>) -> Option<i64> {
    let hour = scan.digits(1..=2)?.value;
    scan.is_done().then(|| since_midnight(hour, 0, 0, 0))?
}

/// Two, four or six digits: hours, minutes, seconds.
pub(super) fn compact(digits: &str) -> Option<i64> {
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |text| text.parse::<u32>().ok());
    digits.len().is_multiple_of(2).then(|| since_midnight(part(0)?, part(2)?, part(4)?, 0))?
}

/// The fraction of a second, if one follows, rounded up to whole microseconds.
pub(super) fn fraction(scan: &mut Scan<'_>) -> i64 {
    let mut after = *scan;
    if after.eat_one(['.', ',']).is_none() || !after.next_is_digit() {
        return 0;
    }
    let digits = after.all_digits();
    *scan = after;
    let (kept, cut) = digits.split_at(digits.len().min(6));
    let micros: i64 = format!("{kept:0<6}").parse().unwrap_or_default();
    micros + i64::from(cut.bytes().any(|digit| digit != b'0'))
}

/// `am`, `p.m.`: the hours to add.
fn half_of_day(scan: &mut Scan<'_>) -> Option<u32> {
    let mut after = *scan;
    after.skip([' ']);
    let half = after.eat_one(['a', 'p'])?;
    let is_word = |scan: &Scan<'_>| !scan.rest().starts_with(|it: char| it.is_ascii_alphanumeric());
    let is_half = after.eat(".m.") || (after.eat("m") && is_word(&after));
    is_half.then(|| {
        *scan = after;
        if half == 'p' { 12 } else { 0 }
    })
}

/// The end of a day is 24:00. A leap second counts as the next second.
fn since_midnight(hour: u32, minute: u32, second: u32, fraction: i64) -> Option<i64> {
    let is_end = hour == 24 && minute == 0 && second == 0 && fraction == 0;
    let fits = (hour < 24 && minute < 60 && second <= 60) || is_end;
    fits.then(|| i64::from(hour * 3600 + minute * 60 + second) * SECOND + fraction)
}
