//! Amounts by hand.

use cdr_model::Money;

/// An amount in its last decimals: 190 with four is `0.0190`.
///
/// # Panics
/// When it is out of range, which no sample is.
#[track_caller]
pub(super) fn money(units: i64, decimals: u8) -> Money {
    Money::from_printed_units(units, decimals).expect("amounts of samples are in range")
}
