//! A runtime for requests, which blocking callers can wait for.

use std::future::Future;
use std::sync::mpsc::sync_channel;

use cdr_mediation::PortError;
use tokio::runtime::{Builder, Runtime};

/// The number of threads, which handle requests, encryption and digests.
const THREADS: usize = 2;

/// A dedicated runtime. Callers block until their work is done. They may be threads of another runtime, which could not
/// block on a future themselves.
pub(super) struct Engine {
    /// `Some` until it is dropped.
    runtime: Option<Runtime>,
}

impl Engine {
    /// # Errors
    /// If the threads cannot be started.
    pub(super) fn start() -> Result<Engine, PortError> {
        let runtime = Builder::new_multi_thread().worker_threads(THREADS).thread_name("bucket").enable_all().build();
        let failed = |error| PortError::failed("the threads for the bucket cannot be started", error);
        Ok(Engine { runtime: Some(runtime.map_err(failed)?) })
    }

    /// Runs a future and waits for its result. `None` if it panicked.
    pub(super) fn wait<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Option<T> {
        let (sender, receiver) = sync_channel(1);
        self.begin(async move {
            // The receiver exists until it has the result.
            let _ = sender.send(work.await);
        });
        receiver.recv().ok()
    }

    /// Runs a future in the background.
    pub(super) fn begin(&self, work: impl Future<Output = ()> + Send + 'static) {
        if let Some(runtime) = &self.runtime {
            runtime.spawn(work);
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // The last reader may be dropped on a thread that must not block.
            runtime.shutdown_background();
        }
    }
}
