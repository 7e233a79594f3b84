//! What the values of a column look like.

use std::net::IpAddr;

use chrono::{NaiveDate, NaiveTime};
use uuid::Uuid;

use super::super::length::{Marks, Unit};
use super::super::moment::TimeForm;

const POINT: Marks = Marks { decimal: '.', thousands: None };

/// Forms of times. Of two that fit, the first one is taken.
const TIMES: [&str; 16] = [
    "iso",
    "rfc3339",
    "%Y-%m-%d %H:%M",
    "%d.%m.%Y %H:%M:%S%.f",
    "%d.%m.%Y %H:%M",
    "%d/%m/%Y %H:%M:%S%.f",
    "%m/%d/%Y %H:%M:%S%.f",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y/%m/%d %H:%M:%S%.f",
    "%d-%m-%Y %H:%M:%S%.f",
    "%d-%b-%Y %H:%M:%S%.f",
    "%d/%b/%Y:%H:%M:%S %z",
    "%a %b %d %H:%M:%S %Y",
    "%a, %d %b %Y %H:%M:%S %z",
];
/// Forms of dates, and of times of the day.
const DATES: [&str; 7] = ["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d-%m-%Y", "%d-%b-%Y"];
const CLOCKS: [&str; 3] = ["%H:%M:%S%.f", "%H:%M", "%I:%M:%S %p"];
/// The marks before decimals and between thousands.
const MARKS: [(char, Option<char>); 5] =
    [('.', None), (',', None), ('.', Some(',')), (',', Some('.')), ('.', Some('\''))];
/// Seconds since 1970 from 2000 to 2100.
const EPOCHS: std::ops::Range<f64> = 946_684_800.0..4_102_444_800.0;

/// What all values of a column are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Likely {
    /// There are none.
    Nothing,
    /// Times of this form.
    Time(&'static str),
    /// Dates of this form.
    Date(&'static str),
    /// Times of the day of this form, or lengths of time.
    Clock(&'static str),
    Uuid,
    Address,
    /// Whole numbers of at most nine digits.
    Whole,
    /// Numbers with decimals, with this mark before them and this one between thousands.
    Decimal(char, Option<char>),
    /// Telephone numbers, and long whole numbers.
    Number,
    /// Yes and no.
    Truth,
    Text,
}

impl Likely {
    /// What these values are. An empty value is none. One value in four may be damaged; of two forms the one that fits more
    /// values is taken, and of two that fit as many the first.
    pub(super) fn of<'a>(values: impl Iterator<Item = &'a str>) -> Likely {
        let given: Vec<&str> = values.map(str::trim).filter(|value| !value.is_empty() && !is_null(value)).collect();
        if given.is_empty() {
            return Likely::Nothing;
        }
        let fitting = |fits: &dyn Fn(&str) -> bool| given.iter().filter(|value| fits(value)).count();
        let most = |fits: &dyn Fn(&str) -> bool| fitting(fits) * 4 >= given.len() * 3;
        let has_any = |fits: &dyn Fn(&str) -> bool| given.iter().any(|value| fits(value));
        for (digits, form) in [(10, "epoch"), (13, "epoch-ms"), (16, "epoch-us")] {
            let is_one = |value: &str| is_epoch(value, digits);
            if has_any(&is_one) && most(&|value| value == "0" || is_one(value)) {
                return Likely::Time(form);
            }
        }
        let timed =
            |form: &str, value: &str| form.parse::<TimeForm>().is_ok_and(|form| form.read(value, POINT).is_some());
        let time = best(&TIMES, |form| fitting(&|value| timed(form, value)));
        if has_any(&|value| timed(time, value)) && most(&|value| is_zero_time(value) || timed(time, value)) {
            return Likely::Time(time);
        }
        let dated = |form: &str, value: &str| NaiveDate::parse_from_str(value, form).is_ok();
        let date = best(&DATES, |form| fitting(&|value| dated(form, value)));
        if most(&|value| dated(date, value)) {
            return Likely::Date(date);
        }
        let clocked = |form: &str, value: &str| NaiveTime::parse_from_str(value, form).is_ok();
        let clock = best(&CLOCKS, |form| fitting(&|value| clocked(form, value)));
        if most(&|value| clocked(clock, value)) {
            return Likely::Clock(clock);
        }
        if most(&|value| Unit::Clock.micros(value, POINT).is_some()) {
            return Likely::Clock(CLOCKS[0]);
        }
        if most(&|value| value.parse::<Uuid>().is_ok()) {
            return Likely::Uuid;
        }
        if most(&|value| value.parse::<IpAddr>().is_ok()) {
            return Likely::Address;
        }
        if most(&is_digits) {
            let is_short = most(&|value| value.len() <= 9 && (value.len() == 1 || !value.starts_with('0')));
            return if is_short { Likely::Whole } else { Likely::Number };
        }
        let marks = best(&MARKS, |marks| fitting(&|value| is_decimal(value, *marks)));
        if most(&|value| is_decimal(value, marks)) {
            return Likely::Decimal(marks.0, marks.1);
        }
        if most(&is_number) {
            return Likely::Number;
        }
        if most(&|value| ["true", "false", "t", "f", "yes", "no"].contains(&value.to_lowercase().as_str())) {
            return Likely::Truth;
        }
        Likely::Text
    }
}

/// The first of those that have the most.
fn best<T: Copy>(all: &[T], count: impl Fn(&T) -> usize) -> T {
    all.iter().rev().copied().max_by_key(|one| count(one)).unwrap_or(all[0])
}

/// Whether a value is a word for none.
pub(super) fn is_null(value: &str) -> bool {
    NULLS.contains(&value)
}

/// The words for none that are looked for.
pub(super) const NULLS: [&str; 6] = ["\\N", "NULL", "null", "N/A", "n/a", "-"];

/// The other reading of a day and a month, of values that have no day above 12.
pub(super) fn other_order(form: &str) -> Option<String> {
    form.starts_with("%d/%m/").then(|| form.replacen("%d/%m/", "%m/%d/", 1))
}

/// Whether a value is a number with these marks. It may have no decimals; a telephone number begins with a plus.
fn is_decimal(value: &str, (decimal, thousands): (char, Option<char>)) -> bool {
    let plain = Marks { decimal, thousands }.plain(value).unwrap_or_default();
    let digits = plain.trim_start_matches('-');
    digits.matches('.').count() <= 1 && is_digits(&digits.replacen('.', "", 1)) && digits.len() <= 30
}

fn is_digits(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a value is a telephone number as people or switches write it.
fn is_number(value: &str) -> bool {
    let value = value.strip_prefix("sip:").map_or(value, |uri| uri.split('@').next().unwrap_or_default());
    value.chars().any(|c| c.is_ascii_digit()) && value.chars().all(|c| c.is_ascii_digit() || "+*# -()".contains(c))
}

fn is_zero_time(value: &str) -> bool {
    value.contains('0') && value.chars().all(|c| c == '0' || "-/.: T".contains(c))
}

fn is_epoch(value: &str, digits: usize) -> bool {
    let (whole, decimals) = value.split_once('.').unwrap_or((value, "0"));
    let scale = 10_f64.powi(i32::try_from(digits).unwrap_or(10) - 10);
    let is_number = whole.len() == digits && is_digits(whole) && is_digits(decimals);
    is_number && whole.parse::<f64>().is_ok_and(|number| EPOCHS.contains(&(number / scale)))
}

#[cfg(test)]
mod tests {
    use super::Likely;

    #[test]
    fn columns_are_recognised_by_their_values() {
        for (values, likely) in [
            (&["", "NULL"][..], Likely::Nothing),
            (&["2026-11-21 10:00:00", "0000-00-00 00:00:00"], Likely::Time("iso")),
            (&["21.11.2026 10:00:00"], Likely::Time("%d.%m.%Y %H:%M:%S%.f")),
            (&["11/21/2026 10:00:00"], Likely::Time("%m/%d/%Y %H:%M:%S%.f")),
            (&["1795255200", "0"], Likely::Time("epoch")),
            (&["1795255200.123"], Likely::Time("epoch")),
            (&["1795255200123"], Likely::Time("epoch-ms")),
            (&["2026-11-21"], Likely::Date("%Y-%m-%d")),
            (&["10:00:00"], Likely::Clock("%H:%M:%S%.f")),
            (&["27:00:00"], Likely::Clock("%H:%M:%S%.f")),
            (&["6f1b7a1c-2f2e-4a44-9d5c-0f6f6ad5b3c1"], Likely::Uuid),
            (&["192.0.2.1", "2001:db8::1"], Likely::Address),
            (&["0", "65"], Likely::Whole),
            (&["0305550100"], Likely::Number),
            (&["+493023125001"], Likely::Number),
            (&["+49 30 23125 001", "201"], Likely::Number),
            (&["0.0190", "1"], Likely::Decimal('.', None)),
            (&["0,0190"], Likely::Decimal(',', None)),
            (&["1.234,50"], Likely::Decimal(',', Some('.'))),
            (&["Yes", "no"], Likely::Truth),
            (&["ANSWERED"], Likely::Text),
        ] {
            assert_eq!(Likely::of(values.iter().copied()), likely, "{values:?}");
        }
    }
}
