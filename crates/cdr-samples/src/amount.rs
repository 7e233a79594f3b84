//! Amounts of samples.

use cdr_model::Money;

/// An amount in units of its last decimal: 190 with four decimals is `0.0190`.
///
/// # Panics
/// If it is out of range, which does not happen for samples.
#[track_caller]
pub(super) fn money(units: i64, decimals: u8) -> Money {
    Money::from_printed_units(units, decimals).expect("amounts of samples are in range")
}
