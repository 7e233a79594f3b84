//! Numbers and lengths of time as tables write them: with a decimal comma, marks between thousands, in several units.

use serde::Deserialize;

/// The most digits of a number that are read.
const DIGITS: usize = 60;

/// The unit of a length of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) enum Unit {
    /// Seconds.
    #[default]
    #[serde(rename = "s")]
    Seconds,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Millis,
    /// Microseconds.
    #[serde(rename = "us")]
    Micros,
    /// Minutes.
    #[serde(rename = "min")]
    Minutes,
    /// Hours, minutes and seconds, or minutes and seconds, with colons.
    #[serde(rename = "hh:mm:ss")]
    Clock,
}

/// The marks in a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Marks {
    /// Before the decimals.
    pub(super) decimal: char,
    /// Between groups of three digits, if there are any.
    pub(super) thousands: Option<char>,
}

impl Unit {
    /// Its name in a mapping.
    pub(super) fn name(self) -> &'static str {
        match self {
            Unit::Seconds => "s",
            Unit::Millis => "ms",
            Unit::Micros => "us",
            Unit::Minutes => "min",
            Unit::Clock => "hh:mm:ss",
        }
    }

    /// What is expected of a text, for messages.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Unit::Seconds => "seconds, zero or more",
            Unit::Millis => "milliseconds, zero or more",
            Unit::Micros => "microseconds, zero or more",
            Unit::Minutes => "minutes, zero or more",
            Unit::Clock => "hours, minutes and seconds such as 0:01:30",
        }
    }

    /// A length of time in microseconds; what is shorter than one is cut off. `None` if the text is not one.
    pub(super) fn micros(self, text: &str, marks: Marks) -> Option<i64> {
        match self {
            Unit::Seconds => scaled(&marks.plain(text)?, 1_000_000),
            Unit::Millis => scaled(&marks.plain(text)?, 1_000),
            Unit::Micros => scaled(&marks.plain(text)?, 1),
            Unit::Minutes => scaled(&marks.plain(text)?, 60_000_000),
            Unit::Clock => clock(text, marks),
        }
    }
}

impl Marks {
    /// The number with a decimal point and without other marks; `None` if its marks are not where they have to be.
    pub(super) fn plain(self, text: &str) -> Option<String> {
        let (whole, decimals) = text.split_once(self.decimal).map_or((text, None), |(whole, rest)| (whole, Some(rest)));
        // A point is no mark of a number with a decimal comma, unless the mapping says so.
        if self.decimal != '.' && text.contains('.') && self.thousands != Some('.') {
            return None;
        }
        let whole = match self.thousands.filter(|mark| whole.contains(*mark)) {
            Some(mark) => without(whole, mark)?,
            None => whole.to_owned(),
        };
        match decimals {
            Some(decimals) if self.thousands.is_some_and(|mark| decimals.contains(mark)) => None,
            Some(decimals) => Some(format!("{whole}.{decimals}")),
            None => Some(whole),
        }
    }
}

/// Digits without the marks between groups of three.
fn without(whole: &str, mark: char) -> Option<String> {
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with(['-', '+'])));
    let mut groups = digits.split(mark);
    let first = groups.next()?;
    let are_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    // `0.019` is not nineteen.
    let is_first = (1..=3).contains(&first.len()) && are_digits(first) && !first.starts_with('0');
    let are_groups = groups.all(|group| group.len() == 3 && are_digits(group));
    (is_first && are_groups).then(|| format!("{sign}{}", digits.replace(mark, "")))
}

/// A plain decimal of zero or more times a factor, without what is left of the last whole one.
pub(super) fn scaled(text: &str, factor: i128) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{whole}{decimals}");
    if digits.is_empty() || digits.len() > DIGITS || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // More decimals than these are less than one, whatever the unit.
    let decimals = &decimals[..decimals.len().min(12)];
    let number: i128 = format!("{whole}{decimals}").parse().ok()?;
    let scale = 10_i128.checked_pow(u32::try_from(decimals.len()).ok()?)?;
    i64::try_from(number.checked_mul(factor)? / scale).ok()
}

/// `1:02:03`, `02:03` or `1:02:03.5` in microseconds.
fn clock(text: &str, marks: Marks) -> Option<i64> {
    let parts: Vec<&str> = text.split(':').collect();
    let (hours, minutes, seconds) = match parts[..] {
        [hours, minutes, seconds] => (hours, minutes, seconds),
        [minutes, seconds] => ("0", minutes, seconds),
        _ => return None,
    };
    let [hours, minutes] = [hours, minutes].map(|part| scaled(part, 1).filter(|_| !part.contains('.')));
    let seconds = scaled(&seconds.replacen(marks.decimal, ".", 1), 1_000_000).filter(|micros| *micros < 60_000_000)?;
    let minutes = minutes.filter(|minutes| parts.len() == 2 || *minutes < 60)?;
    hours?.checked_mul(60)?.checked_add(minutes)?.checked_mul(60_000_000)?.checked_add(seconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Marks, Unit};

    const POINT: Marks = Marks { decimal: '.', thousands: None };
    const GERMAN: Marks = Marks { decimal: ',', thousands: Some('.') };

    #[test]
    fn lengths_of_time_are_read_in_their_units() {
        for (unit, marks, text, micros) in [
            (Unit::Seconds, POINT, "60", Some(60_000_000)),
            (Unit::Seconds, POINT, "7.25", Some(7_250_000)),
            (Unit::Seconds, POINT, "0.0000019", Some(1)),
            (Unit::Seconds, GERMAN, "1.234,5", Some(1_234_500_000)),
            (Unit::Seconds, POINT, "7,25", None),
            (Unit::Seconds, POINT, "-1", None),
            (Unit::Seconds, POINT, "", None),
            (Unit::Seconds, POINT, "99999999999999999999", None),
            (Unit::Millis, POINT, "1500", Some(1_500_000)),
            (Unit::Micros, POINT, "1500", Some(1_500)),
            (Unit::Minutes, POINT, "1.5", Some(90_000_000)),
            (Unit::Minutes, POINT, "0.3333", Some(19_998_000)),
            (Unit::Clock, POINT, "1:02:03", Some(3_723_000_000)),
            (Unit::Clock, POINT, "25:00:00", Some(90_000_000_000)),
            (Unit::Clock, POINT, "90:30", Some(5_430_000_000)),
            (Unit::Clock, GERMAN, "0:00:01,5", Some(1_500_000)),
            (Unit::Clock, POINT, "0:61:00", None),
            (Unit::Clock, POINT, "0:00:60", None),
            (Unit::Clock, POINT, "60", None),
            (Unit::Clock, POINT, "1.5:00:00", None),
        ] {
            assert_eq!(unit.micros(text, marks), micros, "{text} {unit:?}");
        }
    }

    #[test]
    fn marks_of_thousands_stand_between_groups_of_three() {
        let quoted = Marks { decimal: '.', thousands: Some('\'') };
        for (marks, text, plain) in [
            (POINT, "1234.50", Some("1234.50")),
            (GERMAN, "1.234,50", Some("1234.50")),
            (GERMAN, "-1.234.567", Some("-1234567")),
            (GERMAN, "0,0190", Some("0.0190")),
            (GERMAN, "0.019", None),
            (GERMAN, "12.34", None),
            (GERMAN, "1234.567", None),
            (GERMAN, "1,234.567", None),
            (quoted, "1'234.5", Some("1234.5")),
            (Marks { decimal: ',', thousands: None }, "12.5", None),
        ] {
            assert_eq!(marks.plain(text).as_deref(), plain, "{text}");
        }
    }

    proptest! {
        #[test]
        fn amounts_with_marks_are_the_amounts_without(units in 0..i64::MAX, decimals in "[0-9]{0,6}", german in any::<bool>()) {
            let marks = if german { GERMAN } else { Marks { decimal: '.', thousands: Some(',') } };
            let digits = units.to_string();
            let mut grouped = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at) % 3 == 0 {
                    grouped.extend(marks.thousands);
                }
                grouped.push(digit);
            }
            let written = format!("{grouped}{}{decimals}", marks.decimal);
            prop_assert_eq!(marks.plain(&written), Some(format!("{digits}.{decimals}")));
        }

        #[test]
        fn a_length_is_the_same_in_every_unit(micros in 0..1_000_000_000_000_i64) {
            let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
            for (unit, written) in [
                (Unit::Micros, micros.to_string()),
                (Unit::Millis, format!("{}.{:03}", micros / 1_000, micros % 1_000)),
                (Unit::Seconds, format!("{seconds}.{rest:06}")),
                (Unit::Clock, format!("{}:{:02}:{:02}.{rest:06}", seconds / 3600, seconds / 60 % 60, seconds % 60)),
            ] {
                prop_assert_eq!(unit.micros(&written, POINT), Some(micros), "{} {:?}", written, unit);
            }
        }

        #[test]
        fn any_text_is_read_or_not(text in "[-+0-9.,:' ]{0,70}") {
            for unit in [Unit::Seconds, Unit::Millis, Unit::Micros, Unit::Minutes, Unit::Clock] {
                prop_assert!(unit.micros(&text, GERMAN).is_none_or(|micros| micros >= 0));
            }
        }
    }
}
