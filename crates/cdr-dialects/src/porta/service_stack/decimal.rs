//! Exact numbers, as a `System.Decimal` prints them: with their own scale and without an exponent.

use std::fmt;

use cdr_model::{Money, MoneySum};

/// The number of digits, and of decimals, that a `System.Decimal` always holds (.NET Framework, "Decimal structure").
const DIGITS: usize = 28;

/// An exact number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decimal {
    /// A whole number.
    Whole(i64),
    /// Any other number, as printed.
    Printed(String),
}

impl Default for Decimal {
    fn default() -> Decimal {
        Decimal::Whole(0)
    }
}

impl From<Money> for Decimal {
    fn from(amount: Money) -> Decimal {
        match amount.printed_units() {
            Some((units, 0)) => Decimal::Whole(units),
            _ => Decimal::printed(&amount.to_string()),
        }
    }
}

impl From<&MoneySum> for Decimal {
    fn from(sum: &MoneySum) -> Decimal {
        Decimal::printed(&sum.to_string())
    }
}

impl Decimal {
    /// A quotient rounded to two decimals, half to even, without trailing zeros; 0 if the divisor is 0.
    pub(crate) fn quotient(dividend: u64, divisor: u64) -> Decimal {
        if divisor == 0 {
            return Decimal::Whole(0);
        }
        let (dividend, divisor) = (u128::from(dividend) * 100, u128::from(divisor));
        let (mut hundredths, left) = (dividend / divisor, dividend % divisor);
        if left * 2 > divisor || (left * 2 == divisor && hundredths % 2 == 1) {
            hundredths += 1;
        }
        let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        let text = text.trim_end_matches('0').trim_end_matches('.');
        Decimal::Printed(text.to_owned())
    }

    /// A printed number, rounded half to even to the digits of a `System.Decimal`.
    pub(crate) fn printed(text: &str) -> Decimal {
        let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let room = DIGITS.saturating_sub(whole.trim_start_matches('0').len());
        if fraction.len() <= room {
            return Decimal::Printed(text.to_owned());
        }
        let (kept, cut) = fraction.split_at(room);
        let mut digits: Vec<u8> = [whole.as_bytes(), kept.as_bytes()].concat();
        let odd = digits.last().is_some_and(|last| last % 2 == 1);
        let half = cut.as_bytes().first().map_or(std::cmp::Ordering::Less, |first| first.cmp(&b'5'));
        let more = cut.bytes().skip(1).any(|digit| digit != b'0');
        let up = half.is_gt() || (half.is_eq() && (more || odd));
        if up {
            let nines = digits.iter().rev().take_while(|digit| **digit == b'9').count();
            let at = digits.len() - nines;
            digits[at..].fill(b'0');
            match at.checked_sub(1) {
                Some(before) => digits[before] += 1,
                None => digits.insert(0, b'1'),
            }
        }
        let point = digits.len() - room;
        let text: String = digits.into_iter().map(char::from).collect();
        let (whole, fraction) = text.split_at(point);
        let dot = if fraction.is_empty() { "" } else { "." };
        Decimal::Printed(format!("{sign}{whole}{dot}{fraction}"))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Decimal::Whole(whole) => write!(f, "{whole}"),
            Decimal::Printed(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use cdr_model::Money;

    use super::Decimal;

    #[test]
    fn amounts_keep_their_scale_up_to_the_digits_of_a_decimal() {
        for (amount, printed) in [
            ("0.01250", "0.01250"),
            ("300", "300"),
            ("-5.00", "-5.00"),
            ("0.0026045833333333333372500000000000000000", "0.0026045833333333333372500000"),
            ("0.00000000000000000000000000005", "0.0000000000000000000000000000"),
            ("0.00000000000000000000000000015", "0.0000000000000000000000000002"),
            ("12345678901.123456789012345678901", "12345678901.12345678901234568"),
            ("-9.9999999999999999999999999999", "-10.000000000000000000000000000"),
        ] {
            assert_eq!(Decimal::from(amount.parse::<Money>().unwrap()).to_string(), printed, "{amount}");
        }
    }

    #[test]
    fn quotients_have_two_decimals_at_most() {
        for (dividend, divisor, printed) in
            [(1, 2, "0.5"), (2, 3, "0.67"), (300, 2, "150"), (1, 0, "0"), (1, 200, "0"), (3, 200, "0.02"), (0, 5, "0")]
        {
            assert_eq!(Decimal::quotient(dividend, divisor).to_string(), printed, "{dividend}/{divisor}");
        }
    }
}
