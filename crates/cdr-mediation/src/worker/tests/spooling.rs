//! A spool that takes no more while a file is written.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::support::Home;
use crate::{
    JobState, Mediation, MemorySpool, Outcome, PortError, Spool, SpoolRead, SpoolWrite, Stop, Worker, WorkerOptions,
};

/// Says so the first times it is written to, and behaves then.
struct Ill {
    spool: MemorySpool,
    left: Arc<AtomicU32>,
    said: fn() -> PortError,
}

struct Writing {
    file: Box<dyn SpoolWrite>,
    said: Option<PortError>,
}

impl Spool for Ill {
    fn begin(&self, key: &str) -> Result<Box<dyn SpoolWrite>, PortError> {
        let is_ill = self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        Ok(Box::new(Writing { file: self.spool.begin(key)?, said: is_ill.then(self.said) }))
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
        self.said.take().map_or_else(|| self.file.write(bytes), |said| Err(io::Error::other(said)))
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
fn what_the_spool_says_for_now_is_tried_again_and_what_it_says_for_good_is_not() {
    let busy: fn() -> PortError = || PortError::unavailable("the bucket is busy", "503");
    let refused: fn() -> PortError = || PortError::failed("the bucket takes no key", "403");
    let whole = Outcome::Completed { rows: 5000 };
    for (said, times, outcomes) in [
        (busy, 2, vec![Outcome::HandedBack, Outcome::HandedBack, whole]),
        (busy, 3, vec![Outcome::HandedBack, Outcome::HandedBack, Outcome::Failed("the bucket is busy".into())]),
        (refused, 1, vec![Outcome::Failed("the bucket takes no key".into())]),
    ] {
        let home = Home::new();
        let spool = Ill { spool: home.spool.clone(), left: Arc::new(AtomicU32::new(times)), said };
        let ledger = home.ledger.clone();
        let mediation = Mediation::new(home.source.clone(), ledger, Arc::new(spool), home.clock.clone());
        let job = home.start(None);
        let mut worker = Worker::new(&mediation, WorkerOptions::default(), &Stop::new(&mediation));
        let mut found = Vec::new();
        while let Some(round) = worker.run_next().unwrap() {
            found.push(round.outcome);
        }
        assert_eq!(found, outcomes);
        let is_there = matches!(home.job(&job).state, JobState::Completed(_));
        assert_eq!(home.spool.keys().unwrap().len(), usize::from(is_there), "a file for a completed export alone");
    }
}
