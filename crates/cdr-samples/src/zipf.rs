//! The distribution of calls over accounts: the k-th account has a share of 1/k^0.95 (slightly flatter than Zipf's
//! law).

use super::random::Random;

/// Fractional bits of the fixed-point numbers.
const BITS: u32 = 48;
/// 0.05 in binary, after the point.
const TWENTIETH: u32 = 0b0000_1100_1100_1100_1101;
const PLACES: u32 = 20;

/// The shares of all accounts.
#[derive(Clone, Debug)]
pub(super) struct Shares {
    /// The sum of the shares up to and including each account.
    sums: Vec<u64>,
}

impl Shares {
    pub(super) fn new(accounts: u32) -> Shares {
        let mut sum = 0;
        let add = |share| {
            sum += share;
            sum
        };
        Shares { sums: (1..=accounts).map(share).map(add).collect() }
    }

    /// The number of a randomly drawn account, from 1.
    pub(super) fn drawn(&self, random: &mut Random) -> u32 {
        let place = random.below(self.sums.last().copied().unwrap_or(1));
        self.sums.partition_point(|sum| *sum <= place) as u32 + 1
    }
}

/// 2⁴⁰ / k^0.95, which equals 2⁴⁰ · k^0.05 / k. The power is a product of square roots, one for each 1 bit of the
/// binary 0.05. It does not use floating point, since the last bit of a power differs between machines.
fn share(k: u32) -> u64 {
    let mut root = u128::from(k) << BITS;
    let mut power = 1 << BITS;
    for place in (0..PLACES).rev() {
        root = (root << BITS).isqrt();
        if TWENTIETH >> place & 1 == 1 {
            power = (power * root) >> BITS;
        }
    }
    ((power >> (BITS - 40)) / u128::from(k)) as u64
}

#[cfg(test)]
mod tests {
    use super::{Random, Shares, share};

    #[test]
    fn shares_follow_the_power_law() {
        for k in [1u32, 2, 3, 10, 400, 65_537, 1_000_000] {
            let expected = 2f64.powi(40) / f64::from(k).powf(0.95);
            let off = (share(k) as f64 / expected - 1.0).abs();
            assert!(off < 1e-4, "{k}: off by {off}");
        }
    }

    #[test]
    fn the_first_account_has_the_most_calls_and_the_last_has_some() {
        let (shares, mut random) = (Shares::new(20), Random::new(3));
        let mut calls = [0; 21];
        (0..20_000).for_each(|_| calls[shares.drawn(&mut random) as usize] += 1);
        assert_eq!((calls[0], calls.iter().max()), (0, Some(&calls[1])));
        assert!(calls[1] > 10 * calls[20] && calls[20] > 0, "{calls:?}");
    }
}
