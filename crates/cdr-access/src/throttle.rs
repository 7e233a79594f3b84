//! How long failed attempts delay the next one, and when an address is turned away.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use thiserror::Error;

use crate::failures::{Failures, make_room};

/// So many failures are free.
const FREE: u32 = 2;
/// The first delay; it doubles with each failure.
const FIRST_DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// An address with so many recent failures is turned away.
const MOST_FAILURES: u32 = 30;
/// So many attempts of one address may be under way: room for all scripts of a site behind one address to begin at once.
const MOST_UNDER_WAY: usize = 256;
/// An attempt whose client went away is under way for so long after its delay.
const PATIENCE: Duration = Duration::from_secs(10);

/// This address has failed too often, or tries too much at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("too many attempts from this address; the next can be made in {} s", .retry_after.as_secs_f64().ceil())]
pub struct TooManyAttempts {
    /// When to come again.
    pub retry_after: Duration,
}

/// Failures and attempts under way. Names are kept as hashes of this process: somebody may have typed a password there.
#[derive(Default)]
pub(crate) struct Throttle {
    hashes: RandomState,
    names: Failures<u64>,
    sites: Failures<IpAddr>,
    pairs: Failures<(u64, IpAddr)>,
    /// When each attempt that is under way counts as given up.
    under_way: HashMap<IpAddr, Vec<Duration>>,
}

impl Throttle {
    /// How long an attempt has to wait, where nobody is ever turned away.
    pub(crate) fn delay(&self, name: &str, address: IpAddr, now: Duration) -> Duration {
        let (name, site) = (self.hashes.hash_one(name), site(address));
        delay_after(self.sites.count(&site, now).max(self.names.count(&name, now)))
    }

    /// An attempt begins; returns how long it has to wait.
    pub(crate) fn begin(&mut self, name: &str, address: IpAddr, now: Duration) -> Result<Duration, TooManyAttempts> {
        let (name, site) = (self.hashes.hash_one(name), site(address));
        let failures = self.sites.count(&site, now);
        if failures >= MOST_FAILURES {
            return Err(TooManyAttempts { retry_after: self.sites.until_fewer(&site, MOST_FAILURES, now) });
        }
        let delay = delay_after(failures.max(self.names.count(&name, now)));
        make_room(&mut self.under_way, &site, now, |given_up| given_up.iter().max().copied().unwrap_or_default());
        let under_way = self.under_way.entry(site).or_default();
        under_way.retain(|given_up| *given_up > now);
        if under_way.len() >= MOST_UNDER_WAY {
            return Err(TooManyAttempts { retry_after: LONGEST_DELAY });
        }
        under_way.push(now + delay + PATIENCE);
        Ok(delay)
    }

    /// An attempt is over, whatever came of it.
    pub(crate) fn end(&mut self, address: IpAddr) {
        let site = site(address);
        if let Some(under_way) = self.under_way.get_mut(&site) {
            // Which of them it was makes no difference to how many there are.
            under_way.pop();
            if under_way.is_empty() {
                self.under_way.remove(&site);
            }
        }
    }

    /// The password was wrong, or nobody has this name.
    pub(crate) fn failed(&mut self, name: &str, address: IpAddr, now: Duration) {
        let (name, site) = (self.hashes.hash_one(name), site(address));
        self.names.add(name, now);
        self.sites.add(site, now);
        self.pairs.add((name, site), now);
    }

    /// The password was right: what this name failed from this address is forgiven. What it failed from elsewhere, and
    /// what other names failed from here, is not.
    pub(crate) fn succeeded(&mut self, name: &str, address: IpAddr, now: Duration) {
        let (name, site) = (self.hashes.hash_one(name), site(address));
        let amount = self.pairs.left(&(name, site), now);
        self.pairs.forgive((name, site), amount, now);
        self.names.forgive(name, amount, now);
        self.sites.forgive(site, amount, now);
    }

    /// How many names, addresses, both together, and addresses with attempts under way are kept.
    #[cfg(test)]
    pub(crate) fn sizes(&self) -> [usize; 4] {
        [self.names.len(), self.sites.len(), self.pairs.len(), self.under_way.len()]
    }
}

fn delay_after(failures: u32) -> Duration {
    match failures.checked_sub(FREE + 1) {
        None => Duration::ZERO,
        Some(doublings) => FIRST_DELAY.saturating_mul(2_u32.saturating_pow(doublings)).min(LONGEST_DELAY),
    }
}

/// What counts as one address: a site is given a /64 of IPv6 at least, and may use all of it (RFC 6177).
pub(crate) fn site(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}
