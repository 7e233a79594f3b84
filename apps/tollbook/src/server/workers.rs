//! The workers of this process and its courier, each on a thread of its own.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cdr_mediation::{Callback, Courier, Mediation, Round, Stop, Worker, WorkerOptions};
use tokio::sync::mpsc;

/// Workers that were started, and the courier who tells how exports ended.
pub(crate) struct Workers {
    /// Closed by the last thread that ends.
    ended: mpsc::Receiver<()>,
    pub(crate) alive: Alive,
}

/// How many threads of them there are, and how many there should be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alive {
    living: Arc<AtomicUsize>,
    wanted: usize,
}

impl Workers {
    /// Starts so many, which go on until `stop` tells them; each export they are done with is told to `each`. Where there
    /// are workers, there is a courier too.
    ///
    /// # Errors
    /// When the system has no threads left.
    pub(crate) fn start(
        count: usize,
        mediation: &Mediation,
        options: WorkerOptions,
        callback: Arc<dyn Callback>,
        stop: &Stop,
        each: impl Fn(&Round) + Clone + Send + 'static,
    ) -> io::Result<Workers> {
        let (running, ended) = mpsc::channel(1);
        let alive = Alive { living: Arc::default(), wanted: if count > 0 { count + 1 } else { 0 } };
        for number in 1..=count {
            let mut worker = Worker::new(mediation, options, stop);
            let living = Living::new(&alive.living);
            let (each, running) = (each.clone(), running.clone());
            thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
                let _until_the_end = (living, running);
                worker.run(&mut |round| each(round));
            })?;
        }
        if count > 0 {
            let mut courier = Courier::new(mediation, callback, stop);
            let living = Living::new(&alive.living);
            thread::Builder::new().name("courier".to_owned()).spawn(move || {
                let _until_the_end = (living, running);
                courier.run();
            })?;
        }
        Ok(Workers { ended, alive })
    }

    /// Waits until all have ended.
    pub(crate) async fn ended(&mut self) {
        // Nothing is ever sent.
        let _ = self.ended.recv().await;
    }
}

impl Alive {
    /// Whether none of them is missing.
    pub(crate) fn all(&self) -> bool {
        self.living.load(Ordering::SeqCst) == self.wanted
    }
}

/// Counts as alive, also when the thread panics: then no more.
struct Living(Arc<AtomicUsize>);

impl Living {
    fn new(living: &Arc<AtomicUsize>) -> Living {
        living.fetch_add(1, Ordering::SeqCst);
        Living(living.clone())
    }
}

impl Drop for Living {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
