//! What every request needs of the dialect.

use std::sync::Arc;

use cdr_export::Layout;
use tokio::sync::Semaphore;

use super::options::DmaOptions;
use crate::dialect::DialectError;
use crate::services::Services;

/// The DMA billing API. Cheap to clone; every clone is the same, so that what is counted is counted over all threads.
#[derive(Clone)]
pub struct Dma(pub(super) Arc<Inner>);

/// What every request needs.
pub(super) struct Inner {
    pub(super) services: Services,
    pub(super) options: DmaOptions,
    pub(super) layout: Layout,
    /// One permit for each live answer there may be.
    pub(super) live: Arc<Semaphore>,
}

impl Dma {
    /// The API over these services, for their users.
    ///
    /// # Errors
    /// When there is no such layout.
    pub fn new(services: &Services, options: DmaOptions) -> Result<Dma, DialectError> {
        let layout = Layout::named(&options.layout, &services.layouts)?;
        let live = Arc::new(Semaphore::new(options.live.min(Semaphore::MAX_PERMITS)));
        Ok(Dma(Arc::new(Inner { services: services.clone(), options, layout, live })))
    }
}
