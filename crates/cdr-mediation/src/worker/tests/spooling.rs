//! A spool that fails while a file is written.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use super::support::WorkerFixture;
use crate::{
    JobState, Mediation, MemorySpool, Outcome, PortError, Spool, SpoolRead, SpoolWrite, Stop, Worker, WorkerOptions,
};

/// Fails for the first `left` files, and works afterwards.
struct Failing {
    spool: MemorySpool,
    left: Arc<AtomicU32>,
    failure: fn() -> PortError,
}

struct Writing {
    file: Box<dyn SpoolWrite>,
    failure: Option<PortError>,
}

impl Spool for Failing {
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        let fails = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        Ok(Box::new(Writing { file: self.spool.begin(key)?, failure: fails.then(self.failure) }))
    }

    fn open(&self, key: &str) -> Result<Box<dyn SpoolRead>, PortError> {
        self.spool.open(key)
    }

    fn remove(&self, key: &str) -> Result<(), PortError> {
        self.spool.remove(key)
    }

    fn keys(&self) -> Result<Vec<String>, PortError> {
        self.spool.keys()
    }

    fn clear(&self) -> Result<(), PortError> {
        self.spool.clear()
    }
}

impl Write for Writing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.failure.take().map_or_else(|| self.file.write(bytes), |failure| Err(io::Error::other(failure)))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl SpoolWrite for Writing {
    fn publish(self: Box<Self>) -> Result<(), PortError> {
        self.file.publish()
    }
}

#[test]
fn failures_of_the_spool_that_may_pass_are_tried_again_and_others_are_not() {
    let busy: fn() -> PortError = || PortError::unavailable("the bucket is busy", "503");
    let refused: fn() -> PortError = || PortError::failed("the bucket takes no key", "403");
    let whole = Outcome::Completed { rows: 5000 };
    for (failure, times, outcomes) in [
        (busy, 2, vec![Outcome::Postponed, Outcome::Postponed, whole]),
        (refused, 1, vec![Outcome::Failed("the bucket takes no key".into())]),
    ] {
        let fixture = WorkerFixture::new();
        let spool = Failing { spool: fixture.spool.clone(), left: Arc::new(AtomicU32::new(times)), failure };
        let ledger = fixture.ledger.clone();
        let mediation = Mediation::new(fixture.source.clone(), ledger, Arc::new(spool), fixture.clock.clone());
        let job = fixture.start(None);
        let mut worker = Worker::new(&mediation, WorkerOptions::default(), &Stop::new(&mediation));
        let mut found = Vec::new();
        while fixture.job(&job).state.is_alive() {
            found.extend(worker.run_next().unwrap().map(|round| round.outcome));
            fixture.clock.advance(Duration::from_secs(1));
        }
        assert_eq!(found, outcomes);
        let is_completed = matches!(fixture.job(&job).state, JobState::Completed(_));
        assert_eq!(
            fixture.spool.keys().unwrap().len(),
            usize::from(is_completed),
            "a file only for a completed export"
        );
    }
}
