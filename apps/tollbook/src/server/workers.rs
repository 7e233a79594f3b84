//! The workers of this process and its callback sender, each on a thread of its own.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cdr_mediation::{Callback, CallbackSender, Mediation, Round, Stop, Worker, WorkerOptions};
use tokio::sync::mpsc;

/// The running workers and the callback sender.
pub(crate) struct Workers {
    /// Closed when the last thread ends.
    ended: mpsc::Receiver<()>,
    pub(crate) alive: Alive,
}

/// The number of running threads, and the expected number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Alive {
    living: Arc<AtomicUsize>,
    wanted: usize,
}

impl Workers {
    /// Starts `count` workers, which run until `stop`, and one callback sender if there are workers. `each` is called
    /// after every export that a worker ends.
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
            let mut sender = CallbackSender::new(mediation, callback, stop);
            let living = Living::new(&alive.living);
            thread::Builder::new().name("sender".to_owned()).spawn(move || {
                let _until_the_end = (living, running);
                sender.run();
            })?;
        }
        Ok(Workers { ended, alive })
    }

    /// Waits until all threads have ended.
    pub(crate) async fn ended(&mut self) {
        // Nothing is ever sent.
        let _ = self.ended.recv().await;
    }
}

impl Alive {
    /// Whether all expected threads are running.
    pub(crate) fn all(&self) -> bool {
        self.living.load(Ordering::SeqCst) == self.wanted
    }
}

/// Counts a thread as alive until it is dropped, also when the thread panics.
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
