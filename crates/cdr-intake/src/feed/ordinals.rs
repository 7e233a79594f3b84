//! Counting equal rows of a file in bounded memory.

use std::collections::HashMap;

/// The minimum number of distinct rows that are remembered. The maximum is twice as many.
const REMEMBERED: usize = 50_000;

/// Counts equal rows by their digests. A row may be forgotten after more than 50,000 other distinct rows; its count
/// then starts again at 1.
#[derive(Default)]
pub(super) struct Ordinals {
    recent: HashMap<[u8; 32], u64>,
    older: HashMap<[u8; 32], u64>,
}

impl Ordinals {
    /// The ordinal of this row among the equal rows, from 1.
    pub(super) fn next(&mut self, digest: [u8; 32]) -> u64 {
        let before = self.recent.get(&digest).or_else(|| self.older.get(&digest));
        let ordinal = before.copied().unwrap_or(0) + 1;
        if self.recent.len() >= REMEMBERED && !self.recent.contains_key(&digest) {
            self.older = std::mem::take(&mut self.recent);
        }
        self.recent.insert(digest, ordinal);
        ordinal
    }
}

#[cfg(test)]
mod tests {
    use super::{Ordinals, REMEMBERED};

    #[test]
    fn equal_rows_are_counted_and_distant_ones_start_again() {
        let digest = |number: usize| {
            let mut digest = [0; 32];
            digest[..8].copy_from_slice(&number.to_le_bytes());
            digest
        };
        let mut ordinals = Ordinals::default();
        assert_eq!([ordinals.next(digest(0)), ordinals.next(digest(0)), ordinals.next(digest(1))], [1, 2, 1]);
        (2..REMEMBERED).for_each(|number| assert_eq!(ordinals.next(digest(number)), 1));
        assert_eq!(ordinals.next(digest(0)), 3);
        (REMEMBERED..4 * REMEMBERED).for_each(|number| assert_eq!(ordinals.next(digest(number)), 1));
        assert_eq!(ordinals.next(digest(0)), 1);
        assert!(ordinals.recent.len() + ordinals.older.len() <= 2 * REMEMBERED);
    }
}
