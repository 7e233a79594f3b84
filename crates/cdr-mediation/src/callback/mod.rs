//! Callbacks: whoever ordered an export with an address is told there when it has ended.

mod courier;
#[cfg(test)]
mod tests;

use cdr_model::PortError;
use uuid::Uuid;

use crate::job::ExportStatus;

pub use courier::Courier;

/// Somebody has to be told that an export has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackTask {
    /// The export.
    pub id: Uuid,
    /// Its number.
    pub number: i64,
    /// Where to call, as it was ordered.
    pub url: String,
    /// How it stands: completed or failed, or withdrawn since.
    pub status: ExportStatus,
    /// How often it was tried, this time included.
    pub attempts: u32,
}

/// Tells the outside that an export has ended.
pub trait Callback: Send + Sync {
    /// Calls, and waits for the answer, well below ten minutes: after that, another courier takes this one for dead and
    /// tries.
    ///
    /// # Errors
    /// When nobody was told. It will be tried again.
    fn call(&self, task: &CallbackTask) -> Result<(), PortError>;
}
