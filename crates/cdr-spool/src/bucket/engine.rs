//! Threads that wait for the network, so that others can wait for them.

use std::future::Future;
use std::sync::mpsc::sync_channel;

use cdr_mediation::PortError;
use tokio::runtime::{Builder, Runtime};

/// Requests are waited for here; bytes are encrypted and digested here as well.
const THREADS: usize = 2;

/// A runtime of its own. The threads that ask it stand still meanwhile, wherever they come from: also those of another
/// runtime, which could not wait for this one otherwise.
pub(super) struct Engine {
    /// There until it is dropped.
    runtime: Option<Runtime>,
}

impl Engine {
    /// # Errors
    /// When the threads cannot be started.
    pub(super) fn start() -> Result<Engine, PortError> {
        let runtime = Builder::new_multi_thread().worker_threads(THREADS).thread_name("bucket").enable_all().build();
        let failed = |error| PortError::failed("the threads that speak to the bucket cannot be started", error);
        Ok(Engine { runtime: Some(runtime.map_err(failed)?) })
    }

    /// Does something and waits until it is done. `None` if it panicked.
    pub(super) fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (tell, told) = sync_channel(1);
        self.begin(async move {
            // Whoever asked waits for the answer.
            let _ = tell.send(work.await);
        });
        told.recv().ok()
    }

    /// Does something that nobody waits for.
    pub(super) fn begin(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(work);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The last reader may be dropped on a thread that must not wait.
            runtime.shutdown_background();
        }
    }
}
