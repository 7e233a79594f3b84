//! The state shared by all requests of the dialect.

use std::sync::Arc;

use cdr_export::Layout;
use cdr_mediation::ReadQueue;
use tokio::sync::Semaphore;

use super::options::DmaOptions;
use crate::dialect::DialectError;
use crate::services::Services;

/// The DMA billing API. Cheap to clone. All clones share their state, so limits apply across all threads.
#[derive(Clone)]
pub struct Dma(pub(super) Arc<Inner>);

/// The state shared by all requests.
pub(super) struct Inner {
    pub(super) services: Services,
    pub(super) options: DmaOptions,
    pub(super) layout: Layout,
    /// One permit per live answer.
    pub(super) live: Arc<Semaphore>,
    /// The places in which live answers read the store.
    pub(super) queue: Arc<ReadQueue>,
}

impl Dma {
    /// The API on top of these services, for their users.
    ///
    /// # Errors
    /// When the layout does not exist.
    pub fn new(services: &Services, options: DmaOptions) -> Result<Dma, DialectError> {
        let layout = Layout::named(&options.layout, &services.layouts)?;
        let live = Arc::new(Semaphore::new(options.live.min(Semaphore::MAX_PERMITS)));
        let queue = ReadQueue::new(options.reading);
        Ok(Dma(Arc::new(Inner { services: services.clone(), options, layout, live, queue })))
    }
}
