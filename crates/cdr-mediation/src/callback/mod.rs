//! Callbacks: notifications that an export has ended, sent to the address in its order.

mod sender;
#[cfg(test)]
mod tests;

use cdr_model::PortError;
use uuid::Uuid;

use crate::job::ExportStatus;

pub use sender::CallbackSender;

/// A callback that is due for an export that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackTask {
    /// The export.
    pub id: Uuid,
    /// Its number.
    pub number: i64,
    /// The URL of the callback, as ordered.
    pub url: String,
    /// The status of the export: completed or failed, or withdrawn since.
    pub status: ExportStatus,
    /// The number of attempts, including this one.
    pub attempts: u32,
}

/// Delivers callbacks.
pub trait Callback: Send + Sync {
    /// Sends the callback and waits for the response. It has to return well within ten minutes; after that time another
    /// callback sender considers this one dead and sends the callback again.
    ///
    /// # Errors
    /// If the callback was not delivered. It will be retried.
    fn call(&self, task: &CallbackTask) -> Result<(), PortError>;
}
