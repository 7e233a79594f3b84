//! A load in the ledger of loads.

use std::env;
use std::path::{Path, absolute};

use cdr_intake::{IntakeError, LoadReport};
use cdr_mediation::{LoadDraft, LoadEnd, LoadState, Loads};
use cdr_store::Store;

use super::plan::Plan;
use crate::retention::now;

/// The variables that name who runs the program, the first one that is set.
const WHO: [&str; 3] = ["SUDO_USER", "USER", "LOGNAME"];

/// A load that is noted.
pub(crate) struct Noted<'a> {
    store: &'a Store,
    id: i64,
}

impl<'a> Noted<'a> {
    /// Notes that the load of a file begins.
    pub(crate) fn of_file(store: &'a Store, plan: &Plan, file: &Path) -> anyhow::Result<Noted<'a>> {
        let is_pipe = file == Path::new("-");
        let file = if is_pipe { "standard input".to_owned() } else { absolute(file)?.display().to_string() };
        let who = WHO.iter().find_map(|name| env::var(name).ok().filter(|name| !name.is_empty()));
        Noted::begin(store, plan, file, who.unwrap_or_else(|| "unknown".to_owned()))
    }

    /// Notes that a load begins: what is loaded, and who loads it.
    pub(crate) fn begin(store: &'a Store, plan: &Plan, file: String, loaded_by: String) -> anyhow::Result<Noted<'a>> {
        let id = store.begin_load(&LoadDraft {
            source: plan.options.source.clone(),
            feed: plan.feed.name().to_owned(),
            file,
            loaded_by,
            begun_at: now()?,
        })?;
        Ok(Noted { store, id })
    }

    /// Its number.
    pub(crate) fn number(&self) -> i64 {
        self.id
    }

    /// Notes how it ended.
    pub(crate) fn end(self, loaded: &anyhow::Result<LoadReport>) -> anyhow::Result<()> {
        let state = match loaded {
            Ok(_) => LoadState::Complete,
            Err(error) => match error.downcast_ref::<IntakeError>() {
                Some(IntakeError::Stopped { .. } | IntakeError::Ended { .. }) => LoadState::Stopped,
                _ => LoadState::Refused,
            },
        };
        let reason = loaded.as_ref().err().map(|error| format!("{error:#}"));
        let report = loaded.as_ref().ok().or_else(|| partial(loaded.as_ref().err()?));
        self.store.end_load(
            self.id,
            &LoadEnd {
                state,
                reason,
                digest: report.and_then(|report| report.digest),
                bytes: report.map_or(0, |report| report.bytes),
                ended_at: now()?,
            },
        )?;
        Ok(())
    }
}

/// The report of a load that ended early.
fn partial(error: &anyhow::Error) -> Option<&LoadReport> {
    match error.downcast_ref::<IntakeError>()? {
        IntakeError::Stopped { report, .. } | IntakeError::Ended { report, .. } => Some(report),
        _ => None,
    }
}
