//! Names and passwords that were right a short while ago. They are kept as HMAC-SHA256 (RFC 2104) under a key that this
//! process made up, so nobody who sees the memory learns a password sooner than from the store.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use super::Operator;

/// A name and a password, as they are kept.
pub(super) type Pair = [u8; 32];

/// What was right a short while ago.
pub(super) struct Remembered {
    key: [u8; 64],
    keep: Duration,
    book: Mutex<Book>,
}

#[derive(Default)]
struct Book {
    /// How often everything was forgotten.
    forgotten: u64,
    /// Who it is, and until when that holds.
    pairs: HashMap<Pair, (Operator, Duration)>,
}

impl Remembered {
    /// Each for so long.
    pub(super) fn new(keep: Duration) -> Remembered {
        // Version 4 UUIDs come from the system's randomness; four of them are a key of 488 random bits.
        let mut key = [0; 64];
        for part in key.chunks_exact_mut(16) {
            part.copy_from_slice(Uuid::new_v4().as_bytes());
        }
        Remembered { key, keep, book: Mutex::default() }
    }

    /// How a name and a password are kept.
    pub(super) fn pair(&self, name: &str, password: &str) -> Pair {
        let mut mac = Hmac::<Sha256>::new(&self.key.into());
        // With the length before it, no name can reach over into the password.
        mac.update(&(name.len() as u64).to_be_bytes());
        mac.update(name.as_bytes());
        mac.update(password.as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// Whose it is.
    pub(super) fn find(&self, pair: &Pair, now: Duration) -> Option<Operator> {
        let book = self.book();
        book.pairs.get(pair).filter(|(_, until)| now < *until).map(|(operator, _)| operator.clone())
    }

    /// How often everything was forgotten: to be asked before an operator is read, and handed to [`Remembered::keep`].
    pub(super) fn forgotten(&self) -> u64 {
        self.book().forgotten
    }

    /// Keeps it, unless everything was forgotten since the operator was read: they may be another now.
    pub(super) fn keep(&self, pair: Pair, operator: &Operator, now: Duration, forgotten: u64) {
        let mut book = self.book();
        // Only what is right gets here, so there are hardly more than there are operators.
        book.pairs.retain(|_, (_, until)| now < *until);
        if book.forgotten == forgotten {
            book.pairs.insert(pair, (operator.clone(), now.saturating_add(self.keep)));
        }
    }

    /// Forgets everything.
    pub(super) fn forget(&self) {
        let mut book = self.book();
        book.forgotten += 1;
        book.pairs.clear();
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
