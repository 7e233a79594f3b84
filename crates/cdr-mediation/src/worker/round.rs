//! One round of a worker: writing one export, from its claim to its end in the ledger.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::sleep;
use std::time::Duration;

use cdr_export::Receipt;
use cdr_model::{PortError, chain};
use tracing::{error, info, warn};

use super::heartbeat::HeartbeatSender;
use super::retry::{is_passing, may_pass, wait_after};
use super::stop::Stop;
use crate::error::MediationError;
use crate::export::write_export_keeping;
use crate::job::{ExportJob, Finished};
use crate::ledger::Claim;
use crate::mediation::Mediation;
use crate::spool::{SpoolWrite, key_of};

/// The pause between two attempts to store the end of an export.
const PAUSE: Duration = Duration::from_secs(1);

/// The result of one round of a worker.
#[derive(Debug)]
pub struct Round {
    /// The export, as it was claimed.
    pub job: ExportJob,
    /// The outcome of the export.
    pub outcome: Outcome,
}

/// The outcome of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is complete.
    Completed {
        /// The number of rows in all sheets.
        rows: u64,
    },
    /// It failed for this reason.
    Failed(String),
    /// It is pending again, because the worker was stopped.
    HandedBack,
    /// It is pending again, and waits after a failure that may pass.
    Postponed,
    /// Another worker has taken over, or the export was withdrawn. The written file is discarded.
    Lost,
}

/// Writes the export and stores its outcome in the ledger.
pub(super) fn run(
    mediation: &Mediation,
    claim: &Claim,
    attempts: u32,
    heartbeat: &HeartbeatSender<'_>,
    stop: &Stop,
) -> Result<Round, MediationError> {
    let _span = tracing::info_span!("export", export.id = %claim.job.id, dialect = claim.job.order.dialect).entered();
    // Starts that ended with a failure that may pass have a limit of their own.
    let starts = claim.job.attempts.saturating_sub(claim.job.postponed);
    let outcome = if starts > attempts {
        // Workers crashed, or handed the export back.
        fail(mediation, claim, &format!("it was started {attempts} times and did not finish"))?
    } else {
        info!(attempt = claim.job.attempts, "started");
        match catch_unwind(AssertUnwindSafe(|| write(mediation, claim, heartbeat, stop))) {
            Ok(Ok(receipt)) => complete(mediation, claim, receipt, heartbeat, stop)?,
            Ok(Err(_)) if heartbeat.is_lost() => Outcome::Lost,
            Ok(Err(_)) if stop.is_wanted_now() => hand_back(mediation, claim)?,
            Ok(Err(problem)) if may_pass(&problem) => match make_room(mediation, &problem, claim.job.postponed) {
                Some(wait) => {
                    let seconds = wait.as_secs();
                    warn!(error = %chain(&problem), seconds, "could not be written; it will be tried again");
                    postpone(mediation, claim, wait, heartbeat, stop)?
                }
                None => {
                    error!(error = %chain(&problem), "could not be written for more than an hour");
                    fail(mediation, claim, &problem.to_string())?
                }
            },
            Ok(Err(problem)) => {
                error!(error = %chain(&problem), "could not be written");
                fail(mediation, claim, &problem.to_string())?
            }
            Err(_) => {
                error!("the export panicked");
                fail(mediation, claim, "an internal error occurred while the export was written")?
            }
        }
    };
    match &outcome {
        Outcome::Completed { rows } => info!(rows, "completed"),
        Outcome::Failed(reason) => warn!(reason, "failed"),
        Outcome::HandedBack => info!("handed back"),
        Outcome::Postponed => info!("postponed"),
        Outcome::Lost => warn!("another worker has taken over, or the export was withdrawn; the file is discarded"),
    }
    Ok(Round { job: claim.job.clone(), outcome })
}

/// Gives up kept blocks if the disk is full, and returns how long to wait.
fn make_room(mediation: &Mediation, problem: &MediationError, postponed: u32) -> Option<Duration> {
    if let Some(kept) = &mediation.kept {
        kept.give_way(problem);
    }
    wait_after(postponed)
}

/// Writes the file to the spool. A file that is dropped before it is published leaves nothing.
fn write(
    mediation: &Mediation,
    claim: &Claim,
    heartbeat: &HeartbeatSender<'_>,
    stop: &Stop,
) -> Result<Receipt, MediationError> {
    let file = mediation.spool.begin(&key_of(claim.job.id, claim.token))?;
    let mut guarded = Guarded { file, heartbeat, stop, failure: None };
    let mut progress = |progress| heartbeat.report(progress);
    let request = &claim.request;
    let kept = mediation.kept.as_ref();
    let written = write_export_keeping(&*mediation.source, kept, request, &mut guarded, Some(&mut progress));
    // The error of the spool is more precise than that of the writer, and it shows whether the failure is temporary.
    let mut receipt = written.map_err(|problem| guarded.failure.take().map_or(problem, MediationError::Port))?;
    guarded.file.publish()?;
    receipt.file.name = request.spec.file_name()?;
    Ok(receipt)
}

/// Stores the end of the export. The file is written, so a ledger that cannot be written for a while is tried again for as
/// long as the claim holds.
fn complete(
    mediation: &Mediation,
    claim: &Claim,
    receipt: Receipt,
    heartbeat: &HeartbeatSender<'_>,
    stop: &Stop,
) -> Result<Outcome, MediationError> {
    let file = key_of(claim.job.id, claim.token);
    let finished = Finished { receipt, file, tag: claim.tag, at: mediation.clock.now() };
    let rows = finished.rows(&claim.request.spec);
    if persistently(heartbeat, stop, || mediation.ledger.complete(claim, &finished))? {
        mediation.wakeup.notify();
        return Ok(Outcome::Completed { rows });
    }
    mediation.spool.remove(&finished.file)?;
    Ok(Outcome::Lost)
}

fn fail(mediation: &Mediation, claim: &Claim, reason: &str) -> Result<Outcome, MediationError> {
    let held = mediation.ledger.fail(claim, reason, mediation.clock.now())?;
    mediation.wakeup.notify();
    Ok(if held { Outcome::Failed(reason.to_owned()) } else { Outcome::Lost })
}

fn hand_back(mediation: &Mediation, claim: &Claim) -> Result<Outcome, MediationError> {
    Ok(if mediation.ledger.hand_back(claim, mediation.clock.now())? { Outcome::HandedBack } else { Outcome::Lost })
}

/// Postpones the export. What kept it from being written may keep the ledger from being written too, so that this is tried
/// again for as long as the claim holds. Otherwise another worker would take over, as if this one had died.
fn postpone(
    mediation: &Mediation,
    claim: &Claim,
    wait: Duration,
    heartbeat: &HeartbeatSender<'_>,
    stop: &Stop,
) -> Result<Outcome, MediationError> {
    let now = mediation.clock.now();
    let until = now.plus_micros(i64::try_from(wait.as_micros()).unwrap_or(i64::MAX));
    let held = persistently(heartbeat, stop, || mediation.ledger.postpone(claim, until, now))?;
    Ok(if held { Outcome::Postponed } else { Outcome::Lost })
}

/// Stores the end of a round. A ledger that cannot be written for a while is tried again for as long as the claim holds.
fn persistently(
    heartbeat: &HeartbeatSender<'_>,
    stop: &Stop,
    mut store: impl FnMut() -> Result<bool, PortError>,
) -> Result<bool, MediationError> {
    let mut warned = false;
    loop {
        match store() {
            Err(error) if is_passing(&error) && !heartbeat.is_lost() && !stop.is_wanted() => {
                if !warned {
                    warn!(error = %chain(&error), "its end could not be stored; it will be tried again");
                }
                warned = true;
                sleep(PAUSE);
            }
            stored => return Ok(stored?),
        }
    }
}

/// A writer that fails once the claim is lost or the worker has to stop immediately.
struct Guarded<'a> {
    file: Box<dyn SpoolWrite>,
    heartbeat: &'a HeartbeatSender<'a>,
    stop: &'a Stop,
    /// The error of the spool that ended the writing.
    failure: Option<PortError>,
}

impl Write for Guarded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.heartbeat.is_lost() || self.stop.is_wanted_now() {
            return Err(io::Error::other("the claim was lost or the worker was stopped"));
        }
        self.file.write(bytes).map_err(|error| noted(&mut self.failure, error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(|error| noted(&mut self.failure, error))
    }
}

/// Keeps the error of the spool in an I/O error, and replaces it there by its message.
fn noted(failure: &mut Option<PortError>, error: io::Error) -> io::Error {
    match error.downcast::<PortError>() {
        Ok(problem) => {
            let message = problem.to_string();
            *failure = Some(problem);
            io::Error::other(message)
        }
        Err(error) => error,
    }
}
