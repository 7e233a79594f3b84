//! Billing periods of customers.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::BillingPeriodError;

/// How often a customer is billed. A period starts at midnight in the customer's time zone.
///
/// Printed and read as `day`, `week:1` (the first weekday, 1 for Monday to 7 for Sunday), `half-month` (the 1st and the
/// 16th), `month:1` (the first day of the period, 1 to 28), `days:14:2026-01-01` (a number of days, counted from a
/// date).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BillingPeriod {
    /// Every day.
    Day,
    /// Every week, starting on this day: 1 for Monday to 7 for Sunday.
    Week(u8),
    /// Twice a month: on the 1st and on the 16th.
    HalfMonth,
    /// Every month, starting on this day of the month, 1 to 28.
    Month(u8),
    /// Every given number of days, counted from a date.
    Days(u16, NaiveDate),
}

impl Default for BillingPeriod {
    fn default() -> BillingPeriod {
        BillingPeriod::Month(1)
    }
}

impl BillingPeriod {
    /// The first day of the period that a day lies in.
    pub fn first_day(self, day: NaiveDate) -> NaiveDate {
        match self {
            BillingPeriod::Day => day,
            BillingPeriod::Week(first) => {
                let into = (day.weekday().number_from_monday() + 7 - u32::from(first)) % 7;
                day - Days::new(into.into())
            }
            BillingPeriod::HalfMonth => day.with_day(if day.day() < 16 { 1 } else { 16 }).unwrap_or(day),
            BillingPeriod::Month(first) => {
                let last_month = || day - Days::new(day.day().into());
                let month = if day.day() < first.into() { last_month() } else { day };
                month.with_day(first.into()).unwrap_or(day)
            }
            BillingPeriod::Days(length, first) => {
                let into = day.signed_duration_since(first).num_days().rem_euclid(i64::from(length.max(1)));
                day - Days::new(into.unsigned_abs())
            }
        }
    }
}

impl fmt::Display for BillingPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BillingPeriod::Day => f.write_str("day"),
            BillingPeriod::Week(first) => write!(f, "week:{first}"),
            BillingPeriod::HalfMonth => f.write_str("half-month"),
            BillingPeriod::Month(first) => write!(f, "month:{first}"),
            BillingPeriod::Days(length, first) => write!(f, "days:{length}:{first}"),
        }
    }
}

impl FromStr for BillingPeriod {
    type Err = BillingPeriodError;

    fn from_str(text: &str) -> Result<BillingPeriod, BillingPeriodError> {
        let day_of = |text: &str, last: u8| text.parse().ok().filter(|day| (1..=last).contains(day));
        let mut parts = text.splitn(3, ':');
        let period = match (parts.next(), parts.next(), parts.next()) {
            (Some("day"), None, None) => Some(BillingPeriod::Day),
            (Some("week"), None, None) => Some(BillingPeriod::Week(1)),
            (Some("week"), Some(first), None) => day_of(first, 7).map(BillingPeriod::Week),
            (Some("half-month"), None, None) => Some(BillingPeriod::HalfMonth),
            (Some("month"), None, None) => Some(BillingPeriod::Month(1)),
            (Some("month"), Some(first), None) => day_of(first, 28).map(BillingPeriod::Month),
            (Some("days"), Some(length), Some(first)) => {
                let length = length.parse::<u16>().ok().filter(|length| *length > 0);
                length.zip(first.parse().ok()).map(|(length, first)| BillingPeriod::Days(length, first))
            }
            _ => None,
        };
        period.ok_or_else(|| BillingPeriodError(text.to_owned()))
    }
}

impl Serialize for BillingPeriod {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BillingPeriod {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<BillingPeriod, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::BillingPeriod;

    #[test]
    fn first_day_is_the_start_of_the_period() {
        for (period, day, first) in [
            ("day", "2026-11-27", "2026-11-27"),
            // A Friday.
            ("week", "2026-11-27", "2026-11-23"),
            ("week:5", "2026-11-27", "2026-11-27"),
            ("week:6", "2026-11-27", "2026-11-21"),
            ("half-month", "2026-11-15", "2026-11-01"),
            ("half-month", "2026-11-16", "2026-11-16"),
            ("month", "2026-11-27", "2026-11-01"),
            ("month:27", "2026-11-27", "2026-11-27"),
            ("month:28", "2026-11-27", "2026-10-28"),
            ("month:28", "2026-01-05", "2025-12-28"),
            ("days:14:2026-11-01", "2026-11-14", "2026-11-01"),
            ("days:14:2026-11-01", "2026-11-15", "2026-11-15"),
            ("days:14:2026-11-01", "2026-10-31", "2026-10-18"),
        ] {
            let read: BillingPeriod = period.parse().unwrap();
            let date = |text: &str| text.parse::<NaiveDate>().unwrap();
            assert_eq!(read.first_day(date(day)), date(first), "{period} {day}");
            assert_eq!(read.to_string().parse::<BillingPeriod>().unwrap(), read);
        }
    }

    #[test]
    fn invalid_periods_are_refused() {
        for text in ["", "Month", "month:0", "month:29", "week:8", "days:0:2026-01-01", "days:14", "day:1", "days:1:x"]
        {
            let error = text.parse::<BillingPeriod>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{text}` is not a billing period")), "{error}");
        }
    }
}
