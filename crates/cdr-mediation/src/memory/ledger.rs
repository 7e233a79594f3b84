//! A ledger in memory: the shortest implementation of the contract of a ledger.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cdr_model::{PortError, Timestamp};
use uuid::Uuid;

use crate::callback::CallbackTask;
use crate::job::{ExportEntry, ExportJob, ExportOrder, ExportScope, Finished, JobState};
use crate::ledger::{Claim, Entered, Heartbeat, JobLedger, LedgerTally};
use crate::limits::{ExportLimits, Limited};
use crate::progress::Progress;
use crate::waiting::is_waiting;

/// A ledger in memory. Its exports are lost when it is dropped.
#[derive(Debug, Default)]
pub struct MemoryLedger(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    entries: Vec<LedgerRow>,
    tags: BTreeMap<String, i64>,
}

#[derive(Debug)]
struct LedgerRow {
    job: ExportJob,
    token: Uuid,
    beats: i64,
    /// When its callback is due; `None` if the order has no callback, or the callback is not due yet, or is settled.
    due: Option<Timestamp>,
    calls: u32,
}

impl JobLedger for MemoryLedger {
    fn enter_within(
        &self,
        limits: &ExportLimits,
        caller: &str,
        order: &ExportOrder,
        at: Timestamp,
    ) -> Result<Entered, PortError> {
        let mut state = self.state();
        let alive = |entry: &LedgerRow| entry.job.state.is_alive() && entry.job.order.lane == order.lane;
        if order.lane.is_some() && state.entries.iter().any(alive) {
            return Ok(Entered::LaneBusy);
        }
        let count = |of, customer| Ok::<u64, PortError>(state.count(of, customer));
        if let Some(limit) = limits.reached(order.customer_id, count)? {
            return Ok(Entered::LimitReached(limit));
        }
        let job = ExportJob {
            number: i64::try_from(state.entries.len()).unwrap_or(i64::MAX).saturating_add(1),
            id: Uuid::new_v4(),
            caller: caller.to_owned(),
            order: order.clone().into(),
            created_at: at,
            updated_at: at,
            attempts: 0,
            postponed: 0,
            not_before: None,
            rows: None,
            state: JobState::Pending,
        };
        state.entries.push(LedgerRow { job: job.clone(), token: Uuid::nil(), beats: 0, due: None, calls: 0 });
        Ok(Entered::Pending(Box::new(job)))
    }

    fn find(&self, id: Uuid) -> Result<Option<ExportJob>, PortError> {
        Ok(self.state().entries.iter().find(|entry| entry.job.id == id).map(|entry| entry.job.clone()))
    }

    fn numbered(&self, number: i64) -> Result<Option<ExportJob>, PortError> {
        Ok(self.state().entries.iter().find(|entry| entry.job.number == number).map(|entry| entry.job.clone()))
    }

    fn entries(&self, scope: &ExportScope, each: &mut dyn FnMut(ExportEntry)) -> Result<(), PortError> {
        let order = |entry: &LedgerRow| scope.includes(&entry.job.order.dialect, entry.job.order.account_id);
        // Collected first, because `each` may call the ledger.
        let listed: Vec<ExportEntry> =
            self.state().entries.iter().filter(|entry| order(entry)).map(|entry| entry.job.entry()).collect();
        listed.into_iter().for_each(each);
        Ok(())
    }

    fn latest(&self, lane: &str) -> Result<Option<ExportJob>, PortError> {
        let state = self.state();
        let in_lane = |entry: &&LedgerRow| entry.job.order.lane.as_deref() == Some(lane);
        Ok(state.entries.iter().rfind(in_lane).map(|entry| entry.job.clone()))
    }

    fn claim(&self, at: Timestamp, per_customer: Option<u32>) -> Result<Option<Claim>, PortError> {
        let mut state = self.state();
        let has_to_wait = |entry: &LedgerRow| match (entry.job.order.customer_id, per_customer) {
            (Some(customer), Some(most)) => state.running_of(customer) >= most.max(1) as usize,
            _ => false,
        };
        let is_due = |entry: &LedgerRow| !entry.job.not_before.is_some_and(|until| is_waiting(until, at));
        let begins =
            |entry: &LedgerRow| matches!(entry.job.state, JobState::Pending) && is_due(entry) && !has_to_wait(entry);
        let pending = state.entries.iter().position(begins);
        Ok(pending.and_then(|place| state.give(place, at)))
    }

    fn heartbeats(&self) -> Result<Vec<Heartbeat>, PortError> {
        let running = |entry: &&LedgerRow| matches!(entry.job.state, JobState::Running(_));
        Ok(self.state().entries.iter().filter(running).map(LedgerRow::heartbeat).collect())
    }

    fn take_over(&self, heartbeat: &Heartbeat, at: Timestamp) -> Result<Option<Claim>, PortError> {
        let mut state = self.state();
        let standing =
            |entry: &LedgerRow| matches!(entry.job.state, JobState::Running(_)) && entry.heartbeat() == *heartbeat;
        let place = state.entries.iter().position(standing);
        Ok(place.and_then(|place| state.give(place, at)))
    }

    fn renew(&self, claim: &Claim, progress: Progress) -> Result<bool, PortError> {
        self.held(claim, |entry| {
            entry.beats += 1;
            entry.job.state = JobState::Running(progress);
        })
    }

    fn complete(&self, claim: &Claim, finished: &Finished) -> Result<bool, PortError> {
        self.held(claim, |entry| {
            entry.job.rows = Some(finished.rows(&claim.request.spec));
            entry.set_state(JobState::Completed(Box::new(finished.clone().into())), finished.at);
            entry.schedule_callback(finished.at);
        })
    }

    fn fail(&self, claim: &Claim, reason: &str, at: Timestamp) -> Result<bool, PortError> {
        self.held(claim, |entry| {
            entry.set_state(JobState::Failed { reason: reason.to_owned(), at }, at);
            entry.schedule_callback(at);
        })
    }

    fn hand_back(&self, claim: &Claim, at: Timestamp) -> Result<bool, PortError> {
        self.held(claim, |entry| entry.set_state(JobState::Pending, at))
    }

    fn postpone(&self, claim: &Claim, until: Timestamp, at: Timestamp) -> Result<bool, PortError> {
        self.held(claim, |entry| {
            entry.set_state(JobState::Pending, at);
            entry.job.not_before = Some(until);
            entry.job.postponed += 1;
        })
    }

    fn withdraw(&self, id: Uuid, at: Timestamp) -> Result<bool, PortError> {
        let mut state = self.state();
        let offered = |entry: &&mut LedgerRow| entry.job.id == id && !matches!(entry.job.state, JobState::Withdrawn);
        Ok(state.entries.iter_mut().find(offered).map(|entry| entry.set_state(JobState::Withdrawn, at)).is_some())
    }

    fn withdraw_before(&self, before: Timestamp, at: Timestamp) -> Result<u64, PortError> {
        let mut state = self.state();
        let mut last = BTreeMap::new();
        for entry in &state.entries {
            if let Some(lane) = &entry.job.order.lane {
                last.insert(lane.clone(), entry.job.number);
            }
        }
        let mut withdrawn = 0;
        for entry in &mut state.entries {
            let replaced = entry.job.order.lane.as_ref().is_some_and(|lane| last[lane] > entry.job.number);
            let goes = match &entry.job.state {
                JobState::Completed(finished) => replaced || finished.at < before,
                JobState::Failed { .. } => replaced,
                _ => false,
            };
            if goes {
                entry.set_state(JobState::Withdrawn, at);
                withdrawn += 1;
            }
        }
        Ok(withdrawn)
    }

    fn take_callback(&self, now: Timestamp, again_at: Timestamp) -> Result<Option<CallbackTask>, PortError> {
        let mut state = self.state();
        let due = state.entries.iter_mut().filter(|entry| entry.due.is_some_and(|due| due <= now));
        Ok(due.min_by_key(|entry| entry.due).map(|entry| {
            entry.due = Some(again_at);
            entry.calls += 1;
            CallbackTask {
                id: entry.job.id,
                number: entry.job.number,
                url: entry.job.order.callback.clone().unwrap_or_default(),
                status: entry.job.state.status(),
                attempts: entry.calls,
            }
        }))
    }

    fn settle_callback(&self, id: Uuid) -> Result<(), PortError> {
        self.state().entries.iter_mut().filter(|entry| entry.job.id == id).for_each(|entry| entry.due = None);
        Ok(())
    }

    fn postpone_callback(&self, id: Uuid, due_at: Timestamp) -> Result<(), PortError> {
        let mut state = self.state();
        let open = state.entries.iter_mut().filter(|entry| entry.job.id == id && entry.due.is_some());
        open.for_each(|entry| entry.due = Some(due_at));
        Ok(())
    }

    fn files(&self) -> Result<Vec<String>, PortError> {
        let file = |entry: &LedgerRow| match &entry.job.state {
            JobState::Completed(finished) => Some(finished.file.clone()),
            _ => None,
        };
        Ok(self.state().entries.iter().filter_map(file).collect())
    }

    fn tally(&self) -> Result<LedgerTally, PortError> {
        let mut tally = LedgerTally::default();
        for entry in &self.state().entries {
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
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes an entry if the claim is still valid.
    fn held(&self, claim: &Claim, change: impl FnOnce(&mut LedgerRow)) -> Result<bool, PortError> {
        let mut state = self.state();
        let held = |entry: &&mut LedgerRow| {
            entry.job.id == claim.job.id
                && entry.token == claim.token
                && matches!(entry.job.state, JobState::Running(_))
        };
        Ok(state.entries.iter_mut().find(held).map(change).is_some())
    }
}

impl State {
    /// The pending and running exports, or the bytes of the finished files, of a customer or in all.
    fn count(&self, of: Limited, customer: Option<i64>) -> u64 {
        let counted = self.entries.iter().map(|entry| &entry.job);
        let counted = counted.filter(|job| customer.is_none() || job.order.customer_id == customer);
        match of {
            Limited::Pending => counted.filter(|job| job.state.is_alive()).count() as u64,
            Limited::Bytes => counted.map(|job| job.state.file_bytes()).sum(),
        }
    }

    /// The number of running exports of a customer.
    fn running_of(&self, customer: i64) -> usize {
        let running = |entry: &&LedgerRow| matches!(entry.job.state, JobState::Running(_));
        self.entries.iter().filter(running).filter(|entry| entry.job.order.customer_id == Some(customer)).count()
    }

    /// Starts an entry and returns its claim with a new token.
    fn give(&mut self, place: usize, at: Timestamp) -> Option<Claim> {
        let entry = &mut self.entries[place];
        // Requests in memory are always readable.
        let request = entry.job.order.request.clone().ok()?;
        let mut tag = at.micros().div_euclid(1_000_000);
        if let Some(lane) = &entry.job.order.lane {
            let last = self.tags.entry(lane.clone()).or_insert(i64::MIN);
            tag = tag.max(last.saturating_add(1));
            *last = tag;
        }
        entry.token = Uuid::new_v4();
        entry.beats = 0;
        entry.job.attempts += 1;
        entry.set_state(JobState::Running(Progress::default()), at);
        Some(Claim { job: entry.job.clone(), request, token: entry.token, tag })
    }
}

impl LedgerRow {
    /// Sets the state.
    fn set_state(&mut self, state: JobState, at: Timestamp) {
        self.job.state = state;
        self.job.not_before = None;
        self.job.updated_at = at;
    }

    /// Makes the callback due, if the order has one.
    fn schedule_callback(&mut self, at: Timestamp) {
        self.due = self.job.order.callback_address().map(|_| at);
    }

    fn heartbeat(&self) -> Heartbeat {
        Heartbeat { id: self.job.id, token: self.token, beats: self.beats }
    }
}
