//! Callbacks over HTTP: an export's end is told to the address that was given with its order.

mod address;
mod agent;
#[cfg(test)]
mod tests;

use std::time::Duration;

use cdr_mediation::{Callback, CallbackTask, ExportStatus, PortError};
use ureq::Agent;

use crate::config::Config;

/// How callbacks are made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallbackOptions {
    /// Whether addresses that only this machine or this network knows may be called.
    pub(crate) allow_private: bool,
    /// How long one may take, from looking up the name to the head of the answer.
    pub(crate) within: Duration,
}

/// Calls by HTTP, as the original does: `GET` with a form as its body, of which 200 is the only good end. Unlike there, the
/// certificate has to be right, redirects are not followed, and no address is called that is not public.
pub(crate) struct HttpCallback(Agent);

impl CallbackOptions {
    /// As the configuration wants them.
    pub(crate) fn of(config: &Config) -> CallbackOptions {
        CallbackOptions { allow_private: config.store.private_callbacks, within: Duration::from_secs(10) }
    }
}

impl HttpCallback {
    /// With the certificates that this machine trusts.
    pub(crate) fn new(options: CallbackOptions) -> HttpCallback {
        HttpCallback(agent::new(options))
    }
}

impl Callback for HttpCallback {
    fn call(&self, task: &CallbackTask) -> Result<(), PortError> {
        let form = [("export_id", task.number.to_string()), ("status", word(task.status).to_owned())];
        // The body of the answer is not read. The address may hold a password, so no error names it.
        let answer = self.0.get(&task.url).force_send_body().send_form(form);
        let answer = answer.map_err(|error| PortError::failed("the callback could not be delivered", error))?;
        match answer.status().as_u16() {
            200 => Ok(()),
            other => Err(PortError::Refused(format!("the callback was answered with {other}, and only 200 counts"))),
        }
    }
}

/// The status as the original spells it.
fn word(status: ExportStatus) -> &'static str {
    match status {
        ExportStatus::Pending | ExportStatus::Running => "Pending",
        ExportStatus::Completed => "Completed",
        ExportStatus::Failed => "Failed",
        ExportStatus::Withdrawn => "Deleted",
    }
}
