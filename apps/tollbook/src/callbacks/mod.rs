//! Callbacks over HTTP: when an export ends, the URL of its order is called.

mod address;
mod agent;
#[cfg(test)]
mod tests;

use std::time::Duration;

use cdr_mediation::{Callback, CallbackTask, ExportStatus, PortError};
use ureq::Agent;

use crate::config::Config;

/// The options of callbacks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallbackOptions {
    /// Whether callbacks may connect to addresses of this machine and of private networks.
    pub(crate) allow_private: bool,
    /// How long a callback may take, from the lookup of the name to the head of the response.
    pub(crate) within: Duration,
}

/// Sends callbacks as yeti-web does: `GET` with a form in its body; only status 200 is a success. Unlike yeti-web, it
/// verifies certificates, does not follow redirects, and connects to public addresses only.
pub(crate) struct HttpCallback(Agent);

impl CallbackOptions {
    /// The options of the configuration.
    pub(crate) fn of(config: &Config) -> CallbackOptions {
        CallbackOptions { allow_private: config.store.private_callbacks, within: Duration::from_secs(10) }
    }
}

impl HttpCallback {
    /// A callback client that trusts the certificate authorities of this machine.
    pub(crate) fn new(options: CallbackOptions) -> HttpCallback {
        HttpCallback(agent::new(options))
    }
}

impl Callback for HttpCallback {
    fn call(&self, task: &CallbackTask) -> Result<(), PortError> {
        let form = [("export_id", task.number.to_string()), ("status", word(task.status).to_owned())];
        // The body of the response is not read. The URL may contain a password, so no error names it.
        let answer = self.0.get(&task.url).force_send_body().send_form(form);
        let answer = answer.map_err(|error| PortError::failed("the callback could not be delivered", error))?;
        match answer.status().as_u16() {
            200 => Ok(()),
            other => Err(PortError::Refused(format!("the callback was answered with {other}, not with 200"))),
        }
    }
}

/// The status in the spelling of yeti-web.
fn word(status: ExportStatus) -> &'static str {
    match status {
        ExportStatus::Pending | ExportStatus::Running => "Pending",
        ExportStatus::Completed => "Completed",
        ExportStatus::Failed => "Failed",
        ExportStatus::Withdrawn => "Deleted",
    }
}
