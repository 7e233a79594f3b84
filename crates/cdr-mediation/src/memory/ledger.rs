//! A ledger in memory: what every ledger does, said as shortly as it can be.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cdr_model::Timestamp;
use uuid::Uuid;

use crate::error::PortError;
use crate::job::{ExportJob, ExportOrder, Finished, JobState};
use crate::ledger::{Claim, Entered, JobLedger, LedgerTally, Pulse};
use crate::progress::Progress;

/// A ledger in memory. What is entered is gone with it.
#[derive(Debug, Default)]
pub struct MemoryLedger(Mutex<Book>);

#[derive(Debug, Default)]
struct Book {
    entries: Vec<Entry>,
    tags: BTreeMap<String, i64>,
}

#[derive(Debug)]
struct Entry {
    job: ExportJob,
    token: Uuid,
    beats: i64,
}

impl JobLedger for MemoryLedger {
    fn enter(&self, caller: &str, order: &ExportOrder, at: Timestamp) -> Result<Entered, PortError> {
        let mut book = self.book();
        let alive = |entry: &Entry| entry.job.state.is_alive() && entry.job.order.lane == order.lane;
        if order.lane.is_some() && book.entries.iter().any(alive) {
            return Ok(Entered::LaneBusy);
        }
        let job = ExportJob {
            number: i64::try_from(book.entries.len()).unwrap_or(i64::MAX).saturating_add(1),
            id: Uuid::new_v4(),
            caller: caller.to_owned(),
            order: order.clone(),
            created_at: at,
            attempts: 0,
            state: JobState::Pending,
        };
        book.entries.push(Entry { job: job.clone(), token: Uuid::nil(), beats: 0 });
        Ok(Entered::Pending(Box::new(job)))
    }

    fn find(&self, id: Uuid) -> Result<Option<ExportJob>, PortError> {
        Ok(self.book().entries.iter().find(|entry| entry.job.id == id).map(|entry| entry.job.clone()))
    }

    fn latest(&self, lane: &str) -> Result<Option<ExportJob>, PortError> {
        let book = self.book();
        let in_lane = |entry: &&Entry| entry.job.order.lane.as_deref() == Some(lane);
        Ok(book.entries.iter().rfind(in_lane).map(|entry| entry.job.clone()))
    }

    fn claim(&self, at: Timestamp) -> Result<Option<Claim>, PortError> {
        let mut book = self.book();
        let pending = book.entries.iter().position(|entry| matches!(entry.job.state, JobState::Pending));
        Ok(pending.map(|place| book.give(place, at)))
    }

    fn pulses(&self) -> Result<Vec<Pulse>, PortError> {
        let running = |entry: &&Entry| matches!(entry.job.state, JobState::Running(_));
        Ok(self.book().entries.iter().filter(running).map(Entry::pulse).collect())
    }

    fn take_over(&self, pulse: &Pulse, at: Timestamp) -> Result<Option<Claim>, PortError> {
        let mut book = self.book();
        let standing = |entry: &Entry| matches!(entry.job.state, JobState::Running(_)) && entry.pulse() == *pulse;
        let place = book.entries.iter().position(standing);
        Ok(place.map(|place| book.give(place, at)))
    }

    fn renew(&self, claim: &Claim, progress: Progress) -> Result<bool, PortError> {
        self.held(claim, |entry| {
            entry.beats += 1;
            entry.job.state = JobState::Running(progress);
        })
    }

    fn complete(&self, claim: &Claim, finished: &Finished) -> Result<bool, PortError> {
        self.held(claim, |entry| entry.job.state = JobState::Completed(Box::new(finished.clone())))
    }

    fn fail(&self, claim: &Claim, reason: &str, at: Timestamp) -> Result<bool, PortError> {
        self.held(claim, |entry| entry.job.state = JobState::Failed { reason: reason.to_owned(), at })
    }

    fn hand_back(&self, claim: &Claim) -> Result<bool, PortError> {
        self.held(claim, |entry| entry.job.state = JobState::Pending)
    }

    fn withdraw_before(&self, at: Timestamp) -> Result<u64, PortError> {
        let mut book = self.book();
        let mut last = BTreeMap::new();
        for entry in &book.entries {
            if let Some(lane) = &entry.job.order.lane {
                last.insert(lane.clone(), entry.job.number);
            }
        }
        let mut withdrawn = 0;
        for entry in &mut book.entries {
            let replaced = entry.job.order.lane.as_ref().is_some_and(|lane| last[lane] > entry.job.number);
            let goes = match &entry.job.state {
                JobState::Completed(finished) => replaced || finished.at < at,
                JobState::Failed { .. } => replaced,
                _ => false,
            };
            if goes {
                entry.job.state = JobState::Withdrawn;
                withdrawn += 1;
            }
        }
        Ok(withdrawn)
    }

    fn files(&self) -> Result<Vec<String>, PortError> {
        let file = |entry: &Entry| match &entry.job.state {
            JobState::Completed(finished) => Some(finished.file.clone()),
            _ => None,
        };
        Ok(self.book().entries.iter().filter_map(file).collect())
    }

    fn tally(&self) -> Result<LedgerTally, PortError> {
        let mut tally = LedgerTally::default();
        for entry in &self.book().entries {
            match &entry.job.state {
                JobState::Pending => {
                    tally.pending += 1;
                    tally.oldest_pending.get_or_insert(entry.job.created_at);
                }
                JobState::Running(_) => tally.running += 1,
                JobState::Completed(_) => tally.completed += 1,
                JobState::Failed { .. } => tally.failed += 1,
                JobState::Withdrawn => tally.withdrawn += 1,
            }
        }
        Ok(tally)
    }
}

impl MemoryLedger {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes an entry if the claim still holds it.
    fn held(&self, claim: &Claim, change: impl FnOnce(&mut Entry)) -> Result<bool, PortError> {
        let mut book = self.book();
        let held = |entry: &&mut Entry| {
            entry.job.id == claim.job.id
                && entry.token == claim.token
                && matches!(entry.job.state, JobState::Running(_))
        };
        Ok(book.entries.iter_mut().find(held).map(change).is_some())
    }
}

impl Book {
    /// Gives an entry to whoever asked, with a new token.
    fn give(&mut self, place: usize, at: Timestamp) -> Claim {
        let entry = &mut self.entries[place];
        let mut tag = at.micros().div_euclid(1_000_000);
        if let Some(lane) = &entry.job.order.lane {
            let last = self.tags.entry(lane.clone()).or_insert(i64::MIN);
            tag = tag.max(last.saturating_add(1));
            *last = tag;
        }
        entry.token = Uuid::new_v4();
        entry.beats = 0;
        entry.job.attempts += 1;
        entry.job.state = JobState::Running(Progress::default());
        Claim { job: entry.job.clone(), token: entry.token, tag }
    }
}

impl Entry {
    fn pulse(&self) -> Pulse {
        Pulse { id: self.job.id, token: self.token, beats: self.beats }
    }
}
