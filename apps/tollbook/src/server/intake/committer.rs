//! Group commit: records that arrive while others are being stored are stored together, in one transaction.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use cdr_mediation::{Batch, BatchReport, CdrSink, PortError, chain};
use tokio::sync::oneshot;

/// The most batches, and about the most records, of one transaction.
const BATCHES: usize = 256;
const RECORDS: usize = 5000;

/// What hands batches to the thread that stores them. Batches are stored in the order in which they were given.
pub(super) struct Committer(Sender<Waiting>);

/// A batch, and who waits for its outcome.
struct Waiting {
    batch: Batch,
    reply: oneshot::Sender<Result<BatchReport, String>>,
}

impl Committer {
    /// Starts the thread, which ends when the last sender is dropped.
    pub(super) fn start(sink: impl CdrSink + 'static) -> std::io::Result<Committer> {
        let (sender, receiver) = channel();
        thread::Builder::new().name("intake".to_owned()).spawn(move || run(&sink, &receiver))?;
        Ok(Committer(sender))
    }

    /// Stores a batch, and returns once it is committed.
    ///
    /// # Errors
    /// Why it was not stored.
    pub(super) async fn commit(&self, batch: Batch) -> Result<BatchReport, String> {
        let (reply, outcome) = oneshot::channel();
        let ended = || "the intake has ended".to_owned();
        self.0.send(Waiting { batch, reply }).map_err(|_| ended())?;
        outcome.await.map_err(|_| ended())?
    }
}

fn run(sink: &dyn CdrSink, receiver: &Receiver<Waiting>) {
    while let Ok(first) = receiver.recv() {
        let mut records = first.batch.records.len();
        let mut group = vec![first];
        while group.len() < BATCHES && records < RECORDS {
            let Ok(next) = receiver.try_recv() else { break };
            records += next.batch.records.len();
            group.push(next);
        }
        let (batches, replies): (Vec<Batch>, Vec<_>) =
            group.into_iter().map(|waiting| (waiting.batch, waiting.reply)).unzip();
        for (reply, outcome) in replies.into_iter().zip(store(sink, &batches)) {
            // A client that has left sends its record again, which is known then.
            let _ = reply.send(outcome.map_err(|error| chain(&error).to_string()));
        }
    }
}

/// Stores batches together. If one of them is refused, each is stored by itself.
fn store(sink: &dyn CdrSink, batches: &[Batch]) -> Vec<Result<BatchReport, PortError>> {
    match sink.take_each(batches) {
        Ok(reports) => reports.into_iter().map(Ok).collect(),
        Err(PortError::Refused(_)) => batches.iter().map(|batch| sink.take(batch)).collect(),
        Err(error) => {
            let why = chain(&error).to_string();
            batches.iter().map(|_| Err(PortError::Refused(why.clone()))).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use cdr_mediation::{Batch, BatchReport, CdrSink, PortError};

    use super::Committer;

    /// Refuses every transaction that has a batch of the source `bad`.
    #[derive(Default)]
    struct Sink(Arc<Mutex<Vec<Vec<String>>>>);

    impl CdrSink for Sink {
        fn take(&self, batch: &Batch) -> Result<BatchReport, PortError> {
            self.take_each(std::slice::from_ref(batch)).map(|mut reports| reports.remove(0))
        }

        fn take_each(&self, batches: &[Batch]) -> Result<Vec<BatchReport>, PortError> {
            self.0.lock().unwrap().push(batches.iter().map(|batch| batch.source.clone()).collect());
            if batches.iter().any(|batch| batch.source == "bad") {
                return Err(PortError::Refused("bad".to_owned()));
            }
            Ok(batches
                .iter()
                .map(|batch| BatchReport { loaded: batch.source.len() as u64, ..BatchReport::default() })
                .collect())
        }
    }

    #[actix_web::test]
    async fn a_batch_that_is_refused_holds_up_no_other() {
        let sink = Sink::default();
        let seen = sink.0.clone();
        let committer = Committer::start(sink).unwrap();
        let commit = |source: &str| committer.commit(Batch { source: source.to_owned(), ..Batch::default() });
        let (a, bad, bbb) = futures_util::join!(commit("a"), commit("bad"), commit("bbb"));
        assert_eq!((a.unwrap().loaded, bbb.unwrap().loaded), (1, 3));
        assert!(bad.unwrap_err().contains("bad"));
        assert!(seen.lock().unwrap().iter().flatten().filter(|source| *source == "bbb").count() >= 1);
    }
}
