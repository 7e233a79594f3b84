//! Walks in memory.

use std::sync::{Mutex, PoisonError};

use cdr_model::{PortError, Timestamp};

use crate::walk::{NewWalk, Walk, WalkLimits, Walks, micros};

/// Walks in memory: other processes do not know them, and they are lost with the process.
#[derive(Debug, Default)]
pub struct MemoryWalks(Mutex<KeptWalks>);

#[derive(Debug, Default)]
struct KeptWalks {
    last: i64,
    /// The oldest one first.
    walks: Vec<Owned>,
}

#[derive(Debug)]
struct Owned {
    owner: String,
    question: [u8; 32],
    walk: Walk,
}

impl MemoryWalks {
    fn with<T>(&self, work: impl FnOnce(&mut KeptWalks) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Walks for MemoryWalks {
    fn begin(&self, walk: &NewWalk<'_>, limits: &WalkLimits, now: Timestamp) -> Result<(), PortError> {
        self.with(|kept| {
            kept.walks.retain(|it| it.walk.expires_at > now);
            kept.last += 1;
            kept.walks.push(Owned {
                owner: walk.owner.to_owned(),
                question: walk.question,
                walk: Walk {
                    number: kept.last,
                    given: Some(walk.given),
                    expires_at: now.plus_micros(micros(limits.keep)),
                    document: walk.document.to_owned(),
                },
            });
            let (mut walks, mut bytes) = (0, 0);
            kept.walks.reverse();
            kept.walks.retain(|it| {
                if it.owner != walk.owner {
                    return true;
                }
                (walks, bytes) = (walks + 1, bytes + it.walk.document.len());
                walks == 1 || (walks <= limits.most && bytes <= limits.bytes)
            });
            kept.walks.reverse();
        });
        Ok(())
    }

    fn join(&self, owner: &str, question: &[u8; 32], offset: u64, now: Timestamp) -> Result<Option<Walk>, PortError> {
        Ok(self.with(|kept| {
            let is_of_it = |it: &&Owned| it.owner == owner && it.question == *question && it.walk.expires_at > now;
            let of_it = || kept.walks.iter().rev().filter(is_of_it).map(|it| &it.walk);
            let gave_out = |walk: &&Walk| walk.given.is_some_and(|given| given >= offset);
            of_it().find(gave_out).or_else(|| of_it().next()).cloned()
        }))
    }

    fn give(&self, number: i64, offset: Option<u64>, expires_at: Timestamp) -> Result<(), PortError> {
        self.with(|kept| {
            for Owned { walk, .. } in kept.walks.iter_mut().filter(|it| it.walk.number == number) {
                walk.given = walk.given.zip(offset).map(|(given, offset)| given.max(offset));
                walk.expires_at = walk.expires_at.max(expires_at);
            }
        });
        Ok(())
    }
}
