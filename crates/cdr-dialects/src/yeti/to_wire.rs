//! Values as the original prints them.

use cdr_model::{Money, Timestamp};
use chrono::SecondsFormat;

/// An instant in UTC to the millisecond, finer digits cut off: `2024-11-14T09:56:05.767Z`.
pub(crate) fn time(at: Timestamp) -> String {
    match at.to_utc() {
        Some(time) => time.to_rfc3339_opts(SecondsFormat::Millis, true),
        None => at.to_string(),
    }
}

/// An amount without trailing zeros, but with at least one decimal: `0.019` for 0.0190, `12.0` for 12.
pub(crate) fn decimal(amount: Money) -> String {
    let text = amount.to_string();
    match text.split_once('.') {
        None => format!("{text}.0"),
        Some((whole, decimals)) => match decimals.trim_end_matches('0') {
            "" => format!("{whole}.0"),
            decimals => format!("{whole}.{decimals}"),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{decimal, time};

    #[test]
    fn instants_are_printed_to_the_millisecond() {
        for (at, printed) in [
            ("2024-11-14T09:56:05.767999Z", "2024-11-14T09:56:05.767Z"),
            ("2019-01-01T00:00:00Z", "2019-01-01T00:00:00.000Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999Z"),
            ("0044-03-15T12:00:00.0001Z", "0044-03-15T12:00:00.000Z"),
        ] {
            assert_eq!(time(at.parse().unwrap()), printed);
        }
    }

    #[test]
    fn amounts_have_a_decimal_and_no_trailing_zeros() {
        for (amount, printed) in
            [("0.0190", "0.019"), ("12", "12.0"), ("0", "0.0"), ("0.000", "0.0"), ("-1.50", "-1.5"), ("100", "100.0")]
        {
            assert_eq!(decimal(amount.parse().unwrap()), printed);
        }
    }
}
