//! Throttling: delays after failed attempts, and few attempts at a time from addresses with many failures. A correct
//! password is admitted from any address.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

use thiserror::Error;

use crate::failures::{Failures, make_room};

/// The number of failures without a delay.
const FREE: u32 = 2;
/// The first delay, which doubles with each further failure.
const FIRST_DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// The number of recent failures from which on an address has few attempts in progress, each with the longest delay.
const MANY_FAILURES: u32 = 30;
/// The maximum number of concurrent attempts from an address with many failures.
const FEW_UNDER_WAY: usize = 2;
/// The maximum number of concurrent attempts from one address, enough for all scripts of a site to start at the same
/// time.
const MOST_UNDER_WAY: usize = 256;
/// How long after its delay an attempt counts as in progress if its client has disconnected.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same for an address with many failures: an abandoned attempt is one of few.
const LITTLE_PATIENCE: Duration = Duration::from_secs(2);

/// The address has too many attempts in progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("too many attempts from this address; the next can be made in {} s", .retry_after.as_secs_f64().ceil())]
pub struct TooManyAttempts {
    /// The time until the next attempt is accepted.
    pub retry_after: Duration,
}

/// Failures and attempts in progress. Names are stored as hashes with a key of this process, since a password may have
/// been typed as a name.
#[derive(Default)]
pub(crate) struct Throttle {
    hashes: RandomState,
    names: Failures<u64>,
    sites: Failures<IpAddr>,
    pairs: Failures<(u64, IpAddr)>,
    /// The time at which each attempt in progress counts as abandoned.
    under_way: HashMap<IpAddr, Vec<Duration>>,
}

impl Throttle {
    /// How long an attempt has to wait, for authenticators that never refuse an attempt.
    pub(crate) fn delay(&self, name: &str, address: IpAddr, now: Duration) -> Duration {
        let (name, site) = (self.hashes.hash_one(name), site(address));
        delay_after(self.sites.count(&site, now).max(self.names.count(&name, now)))
    }

    /// Starts an attempt, and returns how long it has to wait.
    pub(crate) fn begin(&mut self, name: &str, address: IpAddr, now: Duration) -> Result<Duration, TooManyAttempts> {
        let (name, site) = (self.hashes.hash_one(name), site(address));
        let failures = self.sites.count(&site, now);
        let delay = delay_after(failures.max(self.names.count(&name, now)));
        let (most, patience) = match failures {
            0..MANY_FAILURES => (MOST_UNDER_WAY, PATIENCE),
            _ => (FEW_UNDER_WAY, LITTLE_PATIENCE),
        };
        make_room(&mut self.under_way, &site, now, |given_up| given_up.iter().max().copied().unwrap_or_default());
        let under_way = self.under_way.entry(site).or_default();
        under_way.retain(|given_up| *given_up > now);
        if under_way.len() >= most {
            return Err(TooManyAttempts { retry_after: LONGEST_DELAY });
        }
        under_way.push(now + delay + patience);
        Ok(delay)
    }

    /// Refuses an attempt in progress if its address has many failures by now, and other attempts in progress are the few
    /// that it may have.
    pub(crate) fn check(&mut self, address: IpAddr, now: Duration) -> Result<(), TooManyAttempts> {
        let site = site(address);
        let has_failed = self.sites.count(&site, now) >= MANY_FAILURES;
        let under_way = self.under_way.get(&site).map_or(0, |it| it.iter().filter(|given_up| **given_up > now).count());
        if has_failed && under_way > FEW_UNDER_WAY {
            return Err(TooManyAttempts { retry_after: LONGEST_DELAY });
        }
        Ok(())
    }

    /// Ends an attempt, regardless of its result.
    pub(crate) fn end(&mut self, address: IpAddr) {
        let site = site(address);
        if let Some(under_way) = self.under_way.get_mut(&site) {
            // Only the number of attempts matters, so any of them is removed.
            under_way.pop();
            if under_way.is_empty() {
                self.under_way.remove(&site);
            }
        }
    }

    /// Counts a failed attempt: a wrong password or an unknown name.
    pub(crate) fn failed(&mut self, name: &str, address: IpAddr, now: Duration) {
        let (name, site) = (self.hashes.hash_one(name), site(address));
        self.names.add(name, now);
        self.sites.add(site, now);
        self.pairs.add((name, site), now);
    }

    /// Counts a successful attempt, which clears the failures of this name from this address. Failures of the name from
    /// other addresses, and of other names from this address, remain.
    pub(crate) fn succeeded(&mut self, name: &str, address: IpAddr, now: Duration) {
        let (name, site) = (self.hashes.hash_one(name), site(address));
        let amount = self.pairs.left(&(name, site), now);
        self.pairs.forgive((name, site), amount, now);
        self.names.forgive(name, amount, now);
        self.sites.forgive(site, amount, now);
    }

    /// The numbers of stored names, addresses, pairs of both, and addresses with attempts in progress.
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

/// The network that counts as one address. An IPv6 address counts as its /64, since a site is assigned at least a /64
/// and may use all of it (RFC 6177).
pub(crate) fn site(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}
