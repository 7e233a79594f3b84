//! Lengths of time as 3CX writes them.

const SECOND_US: i64 = 1_000_000;

/// Hours, minutes and seconds in microseconds. There may be more than 24 hours.
pub(super) fn length(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let [hours, minutes, seconds] = [parts.next()?, parts.next()?, parts.next()?];
    let are_digits =
        |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_one = parts.next().is_none() && are_digits(hours, 6) && are_digits(minutes, 2) && are_digits(seconds, 2);
    let number = |text: &str| text.parse::<i64>().ok();
    let (hours, minutes, seconds) = is_one.then_some((number(hours)?, number(minutes)?, number(seconds)?))?;
    (minutes < 60 && seconds < 60).then_some((hours * 3600 + minutes * 60 + seconds) * SECOND_US)
}
