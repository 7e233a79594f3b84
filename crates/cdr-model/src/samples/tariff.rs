//! What calls cost: seconds or minutes begun, and a price in integers.

use crate::cdr::{Assumed, Cdr};

use super::parties::Profile;
use super::text::push_decimal;

const SECOND: i64 = 1_000_000;
/// The batch rater of some customers comes by every five minutes.
const BATCH: i64 = 300 * SECOND;

/// Charges a call that has ended, at a price in millionths a minute, by its account's tariff.
pub(super) fn charge(call: &mut Cdr, profile: &Profile, per_minute: u64) {
    let Some(ended) = call.ended_at else { return };
    call.billed_at = ended;
    if !profile.rated {
        call.assumed.insert(Assumed::BILL);
        return;
    }
    if profile.in_batches {
        call.billed_at = ended.plus_micros((-ended.micros()).rem_euclid(BATCH));
    }
    let step = if profile.by_the_minute { 60 } else { 1 };
    let seconds = rounded_up(rounded_up(call.talk_us.unwrap_or(0), SECOND) / SECOND, step);
    call.billed_us = Some(seconds * SECOND);
    // Six digits at most: a price always fits.
    call.price = amount(per_minute * seconds.unsigned_abs(), profile.house.decimals).parse().ok();
}

/// The next multiple of `step`, or the number itself if it is one.
fn rounded_up(number: i64, step: i64) -> i64 {
    number + (-number).rem_euclid(step)
}

/// A sixtieth of so many millionths with 4 to 6 decimals, the last one rounded half up.
fn amount(millionth_seconds: u64, decimals: u32) -> String {
    let unit = 60 * 10u64.pow(6 - decimals);
    let units = (2 * millionth_seconds + unit) / (2 * unit);
    let one = 10u64.pow(decimals);
    let mut amount = String::with_capacity(16);
    push_decimal(&mut amount, units / one, 1);
    amount.push('.');
    push_decimal(&mut amount, units % one, decimals as usize);
    amount
}

#[cfg(test)]
mod tests {
    use super::{amount, rounded_up};

    #[test]
    fn prices_are_rounded_once_at_their_last_decimal() {
        for (per_minute, seconds, decimals, price) in [
            (19_000, 60, 4, "0.0190"),
            (19_000, 61, 4, "0.0193"),
            (19_000, 61, 6, "0.019317"),
            (30, 1, 6, "0.000001"),
            (29, 1, 6, "0.000000"),
            (0, 3_600, 5, "0.00000"),
            (260_000, 86_400, 4, "374.4000"),
        ] {
            assert_eq!(amount(per_minute * seconds, decimals), price);
        }
    }

    #[test]
    fn begun_steps_count_whole() {
        for (seconds, step, billed) in [(0, 60, 0), (1, 60, 60), (60, 60, 60), (61, 60, 120), (7, 1, 7)] {
            assert_eq!(rounded_up(seconds, step), billed);
        }
    }
}
