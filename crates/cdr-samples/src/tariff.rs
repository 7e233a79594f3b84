//! Rating of calls: charged intervals, and prices computed with integers.

use cdr_model::{Assumed, Cdr, Money, Rating};

use super::amount::money;
use super::numbers::Rate;
use super::parties::Profile;

const SECOND: i64 = 1_000_000;
/// The interval of batch rating: five minutes.
const BATCH: i64 = 300 * SECOND;

/// Rates a call that has ended, at a rate of its account's tariff.
pub(super) fn charge(call: &mut Cdr, profile: &Profile, rate: Rate) {
    let Some(ended) = call.ended_at else { return };
    call.billed_at = ended;
    call.details.recorded = Some(profile.records && call.success);
    if !profile.rated {
        call.assumed.insert(Assumed::BILL);
        return;
    }
    if profile.in_batches {
        call.billed_at = ended.plus_micros((-ended.micros()).rem_euclid(BATCH));
    }
    let seconds = billed(rounded_up(call.talk_us.unwrap_or(0), SECOND) / SECOND, profile.intervals);
    call.billed_us = Some(seconds * SECOND);
    call.destination_id = rate.destination;
    let price = amount(rate.per_minute * seconds.unsigned_abs(), profile.company.decimals);
    call.price = Some(price);
    // Rates have four decimals unless they need more.
    let (units, decimals) =
        if rate.per_minute.is_multiple_of(100) { (rate.per_minute / 100, 4) } else { (rate.per_minute, 6) };
    let per_minute = money(units as i64, decimals);
    let (initial, next) = profile.intervals;
    let routed = call.details.called_routed.as_deref().unwrap_or_default();
    call.details.rating = Some(Box::new(Rating {
        initial_rate: Some(per_minute),
        next_rate: Some(per_minute),
        fee: Some(money(0, 1)),
        price_no_vat: Some(price),
        vat: Some(money(0, 0)),
        initial_interval: Some(initial),
        next_interval: Some(next),
        rate_prefix: Some(routed[..rate.prefix.min(routed.len())].to_owned()),
        reverse_billing: Some(false),
        // The rate of a destination in a tariff has its own number.
        rate_id: rate.destination.map(|destination| 100 * destination + profile.company.tariff),
    }));
}

/// The charged seconds: the whole first interval, and each started interval after it. Zero for a call of zero length.
fn billed(seconds: i64, (initial, next): (i32, i32)) -> i64 {
    let (initial, next) = (i64::from(initial), i64::from(next));
    if seconds == 0 { 0 } else { initial + rounded_up((seconds - initial).max(0), next) }
}

/// The number, rounded up to a multiple of `step`.
fn rounded_up(number: i64, step: i64) -> i64 {
    number + (-number).rem_euclid(step)
}

/// An amount given in millionths per minute times seconds, with 4 to 6 decimals, rounded half up.
fn amount(millionth_seconds: u64, decimals: u8) -> Money {
    let unit = 60 * 10u64.pow(u32::from(6 - decimals));
    money(((2 * millionth_seconds + unit) / (2 * unit)) as i64, decimals)
}

#[cfg(test)]
mod tests {
    use super::{amount, billed};

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
            assert_eq!(amount(per_minute * seconds, decimals).to_string(), price);
        }
    }

    #[test]
    fn started_intervals_are_charged_whole() {
        for (seconds, intervals, expected) in [
            (0, (60, 60), 0),
            (1, (60, 60), 60),
            (60, (60, 60), 60),
            (61, (60, 60), 120),
            (7, (1, 1), 7),
            (7, (30, 6), 30),
            (30, (30, 6), 30),
            (31, (30, 6), 36),
            (43, (30, 6), 48),
        ] {
            assert_eq!(billed(seconds, intervals), expected, "{seconds} s by {intervals:?}");
        }
    }
}
