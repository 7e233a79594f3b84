//! Recent failures, counted by key, in bounded memory.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::Duration;

/// The time after which one failure expires.
pub(crate) const FORGOTTEN_AFTER: Duration = Duration::from_secs(15);

/// The maximum number of failures counted per key, so that all of them expire within a quarter of an hour.
const MOST: u32 = 60;

/// The maximum number of keys of a kind. The keys that expire first are evicted.
pub(crate) const CAPACITY: usize = 4096;

/// Recent failures by key. Each key maps to the time at which its last failure expires, which determines the count,
/// since failures expire one after the other.
pub(crate) struct Failures<K>(HashMap<K, Duration>);

impl<K> Default for Failures<K> {
    fn default() -> Failures<K> {
        Failures(HashMap::new())
    }
}

impl<K: Clone + Eq + Hash> Failures<K> {
    /// The number of failures that have not expired.
    pub(crate) fn count(&self, key: &K, now: Duration) -> u32 {
        let count = self.left(key, now).as_nanos().div_ceil(FORGOTTEN_AFTER.as_nanos());
        u32::try_from(count).unwrap_or(MOST)
    }

    /// The time until all failures have expired.
    pub(crate) fn left(&self, key: &K, now: Duration) -> Duration {
        self.0.get(key).map_or(Duration::ZERO, |clean| clean.saturating_sub(now))
    }

    /// Adds one failure.
    pub(crate) fn add(&mut self, key: K, now: Duration) {
        let left = (self.left(&key, now) + FORGOTTEN_AFTER).min(FORGOTTEN_AFTER * MOST);
        self.set(key, left, now);
    }

    /// Reduces the remaining time of a key's failures by `amount`.
    pub(crate) fn forgive(&mut self, key: K, amount: Duration, now: Duration) {
        let left = self.left(&key, now).saturating_sub(amount);
        if left.is_zero() {
            self.0.remove(&key);
        } else {
            self.set(key, left, now);
        }
    }

    /// The number of keys.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    fn set(&mut self, key: K, left: Duration, now: Duration) {
        make_room(&mut self.0, &key, now, |clean| *clean);
        self.0.insert(key, now + left);
    }
}

/// Makes room for a new key if the map is full: removes expired entries, or otherwise the entry that expires first.
pub(crate) fn make_room<K: Clone + Eq + Hash, V>(
    kept: &mut HashMap<K, V>,
    key: &K,
    now: Duration,
    over: impl Fn(&V) -> Duration,
) {
    if kept.len() < CAPACITY || kept.contains_key(key) {
        return;
    }
    kept.retain(|_, value| over(value) > now);
    if kept.len() >= CAPACITY {
        let stalest = kept.iter().min_by_key(|(_, value)| over(value)).map(|(key, _)| key.clone());
        stalest.map(|key| kept.remove(&key));
    }
}
