//! A cache of recently verified credentials in bounded memory. They are stored as HMAC-SHA256 (RFC 2104) under a random
//! key of this process, so the memory does not reveal a password more easily than the store does.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::failures::make_room;

/// The hash of credentials.
pub(crate) type Key = [u8; 32];

/// A cache of recently verified credentials.
pub(crate) struct Remembered<T> {
    secret: [u8; 64],
    keep: Duration,
    entries: Mutex<Entries<T>>,
}

struct Entries<T> {
    /// How often the cache was cleared.
    forgotten: u64,
    /// The value of each key, and the time at which it expires.
    by_key: HashMap<Key, (T, Duration)>,
}

impl<T: Clone> Remembered<T> {
    /// A cache whose entries expire after `keep`.
    pub(crate) fn new(keep: Duration) -> Remembered<T> {
        // Version 4 UUIDs are generated from the system's random source; four of them form a key with 488 random bits.
        let mut secret = [0; 64];
        for part in secret.chunks_exact_mut(16) {
            part.copy_from_slice(Uuid::new_v4().as_bytes());
        }
        Remembered { secret, keep, entries: Mutex::new(Entries { forgotten: 0, by_key: HashMap::new() }) }
    }

    /// The key of credentials that consist of two parts.
    pub(crate) fn key(&self, first: &[u8], second: &[u8]) -> Key {
        let mut mac = Hmac::<Sha256>::new(&self.secret.into());
        // The length of the first part makes the boundary between the parts unambiguous.
        mac.update(&(first.len() as u64).to_be_bytes());
        mac.update(first);
        mac.update(second);
        mac.finalize().into_bytes().into()
    }

    /// The value of a key, unless it has expired.
    pub(crate) fn find(&self, key: &Key, now: Duration) -> Option<T> {
        let entries = self.entries();
        entries.by_key.get(key).filter(|(_, until)| now < *until).map(|(value, _)| value.clone())
    }

    /// How often the cache was cleared. It has to be read before the value, and passed to [`Remembered::keep`].
    pub(crate) fn forgotten(&self) -> u64 {
        self.entries().forgotten
    }

    /// Stores a value, unless the cache was cleared since the value was read, since the value may be outdated then.
    pub(crate) fn keep(&self, key: Key, value: T, now: Duration, forgotten: u64) {
        let mut entries = self.entries();
        if entries.forgotten == forgotten {
            make_room(&mut entries.by_key, &key, now, |(_, until)| *until);
            entries.by_key.insert(key, (value, now.saturating_add(self.keep)));
        }
    }

    /// Removes a key.
    pub(crate) fn remove(&self, key: &Key) {
        self.entries().by_key.remove(key);
    }

    /// Removes all keys.
    pub(crate) fn clear(&self) {
        let mut entries = self.entries();
        entries.forgotten += 1;
        entries.by_key.clear();
    }

    fn entries(&self) -> MutexGuard<'_, Entries<T>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
