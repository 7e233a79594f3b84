//! Credentials that were right lately, in a bounded memory. They are kept as HMAC-SHA256 (RFC 2104) under a key that this
//! process made up, so nobody who sees the memory learns a password sooner than from the store.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::failures::make_room;

/// Credentials, as they are kept.
pub(crate) type Key = [u8; 32];

/// What was right lately.
pub(crate) struct Remembered<T> {
    secret: [u8; 64],
    keep: Duration,
    entries: Mutex<Entries<T>>,
}

struct Entries<T> {
    /// How often everything was forgotten.
    forgotten: u64,
    /// What each stands for, and until when.
    by_key: HashMap<Key, (T, Duration)>,
}

impl<T: Clone> Remembered<T> {
    /// Each for so long.
    pub(crate) fn new(keep: Duration) -> Remembered<T> {
        // Version 4 UUIDs come from the system's randomness; four of them are a key of 488 random bits.
        let mut secret = [0; 64];
        for part in secret.chunks_exact_mut(16) {
            part.copy_from_slice(Uuid::new_v4().as_bytes());
        }
        Remembered { secret, keep, entries: Mutex::new(Entries { forgotten: 0, by_key: HashMap::new() }) }
    }

    /// How two parts of credentials are kept.
    pub(crate) fn key(&self, first: &[u8], second: &[u8]) -> Key {
        let mut mac = Hmac::<Sha256>::new(&self.secret.into());
        // With the length before it, the first part cannot reach over into the second.
        mac.update(&(first.len() as u64).to_be_bytes());
        mac.update(first);
        mac.update(second);
        mac.finalize().into_bytes().into()
    }

    /// What they stand for.
    pub(crate) fn find(&self, key: &Key, now: Duration) -> Option<T> {
        let entries = self.entries();
        entries.by_key.get(key).filter(|(_, until)| now < *until).map(|(value, _)| value.clone())
    }

    /// How often everything was forgotten: to be asked before the value is read, and handed to [`Remembered::keep`].
    pub(crate) fn forgotten(&self) -> u64 {
        self.entries().forgotten
    }

    /// Keeps them, unless everything was forgotten since the value was read: it may be another now.
    pub(crate) fn keep(&self, key: Key, value: T, now: Duration, forgotten: u64) {
        let mut entries = self.entries();
        if entries.forgotten == forgotten {
            make_room(&mut entries.by_key, &key, now, |(_, until)| *until);
            entries.by_key.insert(key, (value, now.saturating_add(self.keep)));
        }
    }

    /// Forgets these.
    pub(crate) fn remove(&self, key: &Key) {
        self.entries().by_key.remove(key);
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        let mut entries = self.entries();
        entries.forgotten += 1;
        entries.by_key.clear();
    }

    fn entries(&self) -> MutexGuard<'_, Entries<T>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
