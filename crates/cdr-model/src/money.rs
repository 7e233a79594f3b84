//! Money: exact decimals that keep their printed digits.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use num_bigint::BigInt;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// The maximum number of significant digits of an amount: as many as fit every 128-bit integer.
const DIGITS: usize = 38;
/// The maximum number of decimals that are stored and printed.
const DECIMALS: i64 = 127;
/// Decimals of the amount stored for comparison: [`Money::hundred_millionths`].
const KEPT: u32 = 8;

/// Why a text is not an amount that can be stored exactly.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// Not a decimal number.
    #[error("`{0}` is not a decimal amount such as 0.0190")]
    Unreadable(String),
    /// More significant digits, or more decimals, than can be stored.
    #[error("`{0}` has more than the 38 digits that can be kept exactly")]
    TooFine(String),
    /// Beyond ±92 233 720 368.54775807.
    #[error("`{0}` lies outside ±92233720368.54775807")]
    OutOfRange(String),
}

impl MoneyError {
    /// The reason's name in the quarantine.
    pub fn reason(&self) -> &'static str {
        match self {
            MoneyError::Unreadable(_) => "amount-unreadable",
            MoneyError::TooFine(_) => "amount-too-fine",
            MoneyError::OutOfRange(_) => "amount-out-of-range",
        }
    }
}

/// An exact amount of some currency, with the scale it was printed with: `0.0190` stays `0.0190`, and equals `0.019`.
///
/// Range ±92,233,720,368.54775807 with at most 38 significant digits; nothing is rounded. `Add` is not implemented,
/// since a sum may need more digits than an amount; see [`MoneySum`].
#[derive(Clone, Copy, Debug)]
pub struct Money {
    /// The amount without its trailing zeros, times ten to the power of `scale`.
    mantissa: i128,
    /// Decimals of the mantissa.
    scale: u8,
    /// Decimals to print, at least `scale`.
    printed_scale: u8,
}

impl Money {
    /// The amount in units of 10⁻⁸, rounded towards minus infinity. The store compares and sorts by this value.
    pub fn hundred_millionths(self) -> i64 {
        let scale = u32::from(self.scale);
        let units = if scale <= KEPT {
            self.mantissa.saturating_mul(10i128.pow(KEPT - scale))
        } else {
            10i128
                .checked_pow(scale - KEPT)
                .map_or(if self.mantissa < 0 { -1 } else { 0 }, |ten| self.mantissa.div_euclid(ten))
        };
        i64::try_from(units).unwrap_or(if units < 0 { i64::MIN } else { i64::MAX })
    }

    /// The printed amount as a whole number, and how many of its last digits are decimals; `None` if the number has too
    /// many digits.
    pub fn printed_units(self) -> Option<(i64, u8)> {
        let zeros = 10i64.checked_pow(u32::from(self.printed_scale - self.scale))?;
        Some((i64::try_from(self.mantissa).ok()?.checked_mul(zeros)?, self.printed_scale))
    }

    /// Whether [`Money::hundred_millionths`] is exact.
    pub fn fits_hundred_millionths(self) -> bool {
        u32::from(self.scale) <= KEPT
    }

    /// The amount that prints this whole number with its last `decimals` digits after the point: 190 with four decimals
    /// is `0.0190`. `None` if it is out of range or has more than 127 decimals.
    pub fn from_printed_units(units: i64, decimals: u8) -> Option<Money> {
        if i64::from(decimals) > DECIMALS {
            return None;
        }
        let (mut mantissa, mut scale) = (i128::from(units), if units == 0 { 0 } else { decimals });
        while scale > 0 && mantissa % 10 == 0 {
            mantissa /= 10;
            scale -= 1;
        }
        Money { mantissa, scale, printed_scale: decimals }.in_range()
    }

    /// Reads a decimal such as `-12.50` or `1.9e-2`; exponents are written out.
    fn read(text: &str) -> Result<Money, MoneyError> {
        let unreadable = || MoneyError::Unreadable(text.to_owned());
        let (sign, rest) = match text.as_bytes().first() {
            Some(b'-') => (-1, &text[1..]),
            Some(b'+') => (1, &text[1..]),
            _ => (1, text),
        };
        let (number, exponent) = match rest.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i16>().map_err(|_| unreadable())?),
            None => (rest, 0),
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !all_digits(whole) || !all_digits(fraction) {
            return Err(unreadable());
        }
        let digits = format!("{whole}{fraction}");
        let significant = digits.trim_start_matches('0').trim_end_matches('0');
        let stripped = digits.len() - digits.trim_end_matches('0').len();
        if significant.len() > DIGITS {
            return Err(MoneyError::TooFine(text.to_owned()));
        }
        let decimals = i64::try_from(fraction.len()).unwrap_or(i64::MAX).saturating_sub(i64::from(exponent));
        if decimals > DECIMALS {
            return Err(MoneyError::TooFine(text.to_owned()));
        }
        let printed_scale = u8::try_from(decimals.max(0)).unwrap_or(u8::MAX);
        if significant.is_empty() {
            return Ok(Money { mantissa: 0, scale: 0, printed_scale });
        }
        let mantissa = sign * significant.parse::<i128>().map_err(|_| unreadable())?;
        let scale = decimals - i64::try_from(stripped).unwrap_or(i64::MAX);
        let out_of_range = || MoneyError::OutOfRange(text.to_owned());
        let (mantissa, scale) = match u8::try_from(scale) {
            Ok(scale) => (mantissa, scale),
            Err(_) => {
                let zeros = u32::try_from(-scale).map_err(|_| out_of_range())?;
                let ten = 10i128.checked_pow(zeros).ok_or_else(out_of_range)?;
                (mantissa.checked_mul(ten).ok_or_else(out_of_range)?, 0)
            }
        };
        Money { mantissa, scale, printed_scale }.in_range().ok_or_else(out_of_range)
    }

    fn in_range(self) -> Option<Money> {
        let limit = Money { mantissa: i128::from(i64::MAX), scale: 8, printed_scale: 8 };
        let magnitude = Money { mantissa: self.mantissa.abs(), ..self };
        (magnitude <= limit).then_some(self)
    }
}

impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Money, MoneyError> {
        Money::read(text)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.mantissa.unsigned_abs().to_string();
        write_decimal(f, self.mantissa < 0, &digits, usize::from(self.scale), usize::from(self.printed_scale))
    }
}

impl Ord for Money {
    fn cmp(&self, other: &Money) -> Ordering {
        let exact = |this: i128, scale: u8, other_scale: u8| {
            10i128.checked_pow(u32::from(other_scale.saturating_sub(scale))).and_then(|ten| this.checked_mul(ten))
        };
        match (exact(self.mantissa, self.scale, other.scale), exact(other.mantissa, other.scale, self.scale)) {
            (Some(this), Some(other)) => this.cmp(&other),
            _ => big(*self, other.scale).cmp(&big(*other, self.scale)),
        }
    }
}

impl PartialOrd for Money {
    fn partial_cmp(&self, other: &Money) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Money {
    /// Printed zeros do not count: 0.019 equals 0.0190.
    fn eq(&self, other: &Money) -> bool {
        self.mantissa == other.mantissa && self.scale == other.scale
    }
}

impl Eq for Money {}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Money, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An exact sum of any number of amounts, printed with as many decimals as the amount with the most decimals.
#[derive(Clone, Debug, Default)]
pub struct MoneySum {
    total: BigInt,
    /// Amounts that fit, not yet in the total: most sums never need a big integer.
    pending: i128,
    scale: u8,
    printed_scale: u8,
}

impl MoneySum {
    /// Adds one amount.
    pub fn add(&mut self, amount: Money) {
        self.printed_scale = self.printed_scale.max(amount.printed_scale);
        // Most amounts of a column have the same decimals.
        if amount.scale == self.scale
            && let Some(pending) = self.pending.checked_add(amount.mantissa)
        {
            self.pending = pending;
            return;
        }
        if amount.scale > self.scale {
            self.settle();
            self.total *= BigInt::from(10).pow(u32::from(amount.scale - self.scale));
            self.scale = amount.scale;
        }
        let units = 10i128
            .checked_pow(u32::from(self.scale - amount.scale))
            .and_then(|ten| amount.mantissa.checked_mul(ten))
            .and_then(|units| self.pending.checked_add(units));
        match units {
            Some(pending) => self.pending = pending,
            None => self.total += big(amount, self.scale),
        }
    }

    /// Adds another sum.
    pub fn merge(&mut self, mut other: MoneySum) {
        self.settle();
        other.settle();
        let scale = self.scale.max(other.scale);
        self.total *= BigInt::from(10).pow(u32::from(scale - self.scale));
        self.total += other.total * BigInt::from(10).pow(u32::from(scale - other.scale));
        self.scale = scale;
        self.printed_scale = self.printed_scale.max(other.printed_scale);
    }

    /// Adds one amount several times.
    pub fn add_times(&mut self, amount: Money, times: u64) {
        let mut one = MoneySum::default();
        one.add(amount);
        one.settle();
        one.total *= times;
        self.merge(one);
    }

    /// The sum with the other sign.
    pub fn negated(&self) -> MoneySum {
        let total = -(&self.total + self.pending);
        MoneySum { total, pending: 0, scale: self.scale, printed_scale: self.printed_scale }
    }

    fn settle(&mut self) {
        self.total += std::mem::take(&mut self.pending);
    }
}

impl FromStr for MoneySum {
    type Err = MoneyError;

    /// Reads what [`MoneySum`] prints: digits, with a sign if it is negative, and with decimals after a point.
    fn from_str(text: &str) -> Result<MoneySum, MoneyError> {
        let unreadable = || MoneyError::Unreadable(text.to_owned());
        let (number, fraction) = text.split_once('.').unwrap_or((text, ""));
        let scale = u8::try_from(fraction.len()).map_err(|_| unreadable())?;
        let total = format!("{number}{fraction}").parse().map_err(|_| unreadable())?;
        let sum = MoneySum { total, pending: 0, scale, printed_scale: scale };
        if sum.to_string() == text { Ok(sum) } else { Err(unreadable()) }
    }
}

impl fmt::Display for MoneySum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let total = &self.total + self.pending;
        let digits = total.magnitude().to_string();
        let negative = total.sign() == num_bigint::Sign::Minus;
        write_decimal(f, negative, &digits, usize::from(self.scale), usize::from(self.printed_scale))
    }
}

/// The mantissa, scaled to the larger of both scales.
fn big(amount: Money, scale: u8) -> BigInt {
    BigInt::from(amount.mantissa) * BigInt::from(10).pow(u32::from(scale.saturating_sub(amount.scale)))
}

fn write_decimal(
    f: &mut fmt::Formatter<'_>,
    negative: bool,
    digits: &str,
    scale: usize,
    printed: usize,
) -> fmt::Result {
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    f.write_str(if negative { "-" } else { "" })?;
    f.write_str(whole)?;
    if printed.max(scale) > 0 {
        write!(f, ".{fraction:0<width$}", width = printed)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Money, MoneySum};

    #[test]
    fn sums_read_back() {
        for text in ["0", "0.00", "-0.5", "499.00", "-12", "123456789012345678901234567890.000000001"] {
            assert_eq!(text.parse::<MoneySum>().unwrap().to_string(), text);
        }
        for text in ["", ".", "1.", ".5", "+1", "-", "-0.0", "01", "1e5", "1,5", "1.-5", "1_0"] {
            assert!(text.parse::<MoneySum>().is_err(), "{text}");
        }
        let mut sum: MoneySum = "499.00".parse().unwrap();
        sum.merge("-0.5000".parse().unwrap());
        assert_eq!(sum.to_string(), "498.5000");
    }

    #[test]
    fn units_and_decimals_are_an_amount_within_the_range() {
        for (units, decimals, is_amount) in [
            (92_233_720_368, 0, true),
            (92_233_720_369, 0, false),
            (i64::MAX, 8, true),
            (i64::MIN, 8, false),
            (i64::MIN, 9, true),
            (1, 127, true),
            (1, 128, false),
        ] {
            assert_eq!(Money::from_printed_units(units, decimals).is_some(), is_amount, "{units} with {decimals}");
        }
    }

    #[test]
    fn amounts_keep_their_printed_digits() {
        for (text, printed, kept) in [
            ("0.0190", "0.0190", 1_900_000),
            ("-12.5", "-12.5", -1_250_000_000),
            ("+3", "3", 300_000_000),
            ("1.9e-2", "0.019", 1_900_000),
            ("12e2", "1200", 120_000_000_000),
            ("000.000", "0.000", 0),
            ("-0.000000001", "-0.000000001", -1),
            ("92233720368.54775807", "92233720368.54775807", i64::MAX),
            ("0.0026045833333333333372500000000000000000", "0.0026045833333333333372500000000000000000", 260_458),
        ] {
            let amount: Money = text.parse().unwrap();
            assert_eq!((amount.to_string().as_str(), amount.hundred_millionths()), (printed, kept), "{text}");
        }
    }

    #[test]
    fn amounts_that_cannot_be_stored_are_refused_with_the_reason() {
        for (text, reason) in [
            ("", "amount-unreadable"),
            ("-", "amount-unreadable"),
            (".", "amount-unreadable"),
            ("1,5", "amount-unreadable"),
            ("1 ", "amount-unreadable"),
            ("0x10", "amount-unreadable"),
            ("1e", "amount-unreadable"),
            ("1.00000000000000000000000000000000000000001", "amount-too-fine"),
            ("1e-200", "amount-too-fine"),
            ("92233720368.54775808", "amount-out-of-range"),
            ("-1e11", "amount-out-of-range"),
            ("1e300", "amount-out-of-range"),
        ] {
            assert_eq!(text.parse::<Money>().map_err(|error| error.reason()), Err(reason), "{text}");
        }
    }

    #[test]
    fn printed_zeros_do_not_count_when_comparing() {
        let money = |text: &str| text.parse::<Money>().unwrap();
        assert_eq!(money("0.019"), money("0.0190"));
        assert!(money("-0.02") < money("-0.0199999999999999999999999999999999999"));
        assert!(money("90000000000") > money("0.00000000000000000000000000000000000001"));
    }

    proptest! {
        #[test]
        fn an_amount_of_units_prints_them_and_reads_back(units in -i64::MAX..=i64::MAX, decimals in 8u8..=127) {
            let amount = Money::from_printed_units(units, decimals).unwrap();
            prop_assert_eq!(amount.printed_units(), Some((units, decimals)));
            let read: Money = amount.to_string().parse().unwrap();
            prop_assert_eq!((read, read.printed_units()), (amount, amount.printed_units()));
        }

        #[test]
        fn sums_are_exact_in_any_order_and_grouping(
            cents in prop::collection::vec((-1_000_000_000i64..1_000_000_000, 0u32..9), 0..40), cut in 0usize..40
        ) {
            let amounts: Vec<Money> = cents.iter().map(|(units, scale)| {
                let (whole, rest) = (units.abs() / 10i64.pow(*scale), units.abs() % 10i64.pow(*scale));
                let sign = if *units < 0 { "-" } else { "" };
                let text = if *scale == 0 { format!("{sign}{whole}") }
                    else { format!("{sign}{whole}.{rest:0width$}", width = *scale as usize) };
                text.parse().unwrap()
            }).collect();
            let mut all = MoneySum::default();
            amounts.iter().for_each(|amount| all.add(*amount));
            let (mut left, mut right) = (MoneySum::default(), MoneySum::default());
            amounts.iter().take(cut).for_each(|amount| left.add(*amount));
            amounts.iter().skip(cut).rev().for_each(|amount| right.add(*amount));
            left.merge(right);
            prop_assert_eq!(all.to_string(), left.to_string());
            let expected: i64 = cents.iter().map(|(units, scale)| units * 10i64.pow(8 - scale)).sum();
            prop_assert_eq!(all.to_string().parse::<Money>().unwrap().hundred_millionths(), expected);
        }

        #[test]
        fn reading_what_was_printed_gives_the_same(text in "-?[0-9]{1,10}(\\.[0-9]{1,28})?") {
            if let Ok(amount) = text.parse::<Money>() {
                let printed = amount.to_string();
                prop_assert_eq!(printed.parse::<Money>().unwrap(), amount);
                prop_assert_eq!(printed.parse::<Money>().unwrap().to_string(), printed);
            }
        }
    }
}
