//! One export, from its claim to its end in the ledger.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use cdr_export::Receipt;
use cdr_model::{PortError, chain};
use tracing::{error, info, warn};

use super::heart::Heart;
use super::stop::Stop;
use crate::error::MediationError;
use crate::export::write_export;
use crate::job::{ExportJob, Finished};
use crate::ledger::Claim;
use crate::mediation::Mediation;
use crate::spool::{SpoolWrite, key_of};

/// What became of an export in one round of a worker.
#[derive(Debug)]
pub struct Round {
    /// The export, as it was claimed.
    pub job: ExportJob,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is whole, with so many rows over all sheets.
    Completed {
        /// Rows.
        rows: u64,
    },
    /// It came to nothing, and why.
    Failed(String),
    /// It is pending again.
    HandedBack,
    /// Another worker has taken over, or it was withdrawn; what was written here is thrown away.
    Lost,
}

/// Writes the export and enters how it ended.
pub(super) fn run(
    mediation: &Mediation,
    claim: &Claim,
    attempts: u32,
    heart: &Heart<'_>,
    stop: &Stop,
) -> Result<Round, MediationError> {
    let _span = tracing::info_span!("export", export.id = %claim.job.id, dialect = claim.job.order.dialect).entered();
    let outcome = if claim.job.attempts > attempts {
        // Workers died, or were told to stop before it was done.
        fail(mediation, claim, &format!("it was begun {attempts} times, and each time something kept it from ending"))?
    } else {
        info!(attempt = claim.job.attempts, "begun");
        match catch_unwind(AssertUnwindSafe(|| write(mediation, claim, heart, stop))) {
            Ok(Ok(receipt)) => complete(mediation, claim, receipt)?,
            Ok(Err(_)) if heart.is_lost() => Outcome::Lost,
            Ok(Err(_)) if stop.is_wanted_now() => hand_back(mediation, claim)?,
            Ok(Err(problem)) if is_passing(&problem) && claim.job.attempts < attempts => {
                warn!(error = %chain(&problem), "could not be written for now");
                hand_back(mediation, claim)?
            }
            Ok(Err(problem)) => {
                error!(error = %chain(&problem), "could not be written");
                fail(mediation, claim, &problem.to_string())?
            }
            Err(_) => {
                error!("the program went wrong while it was written");
                fail(mediation, claim, "the program went wrong while the export was written")?
            }
        }
    };
    match &outcome {
        Outcome::Completed { rows } => info!(rows, "completed"),
        Outcome::Failed(reason) => warn!(reason, "failed"),
        Outcome::HandedBack => info!("handed back"),
        Outcome::Lost => warn!("another worker has taken over, or it was withdrawn; what was written is thrown away"),
    }
    Ok(Round { job: claim.job.clone(), outcome })
}

/// Writes the file into the spool. What is dropped unpublished leaves nothing.
fn write(mediation: &Mediation, claim: &Claim, heart: &Heart<'_>, stop: &Stop) -> Result<Receipt, MediationError> {
    let file = mediation.spool.begin(&key_of(claim.job.id, claim.token))?;
    let mut guarded = Guarded { file, heart, stop, trouble: None };
    let mut progress = |progress| heart.tell(progress);
    let request = &claim.request;
    let written = write_export(&*mediation.source, request, &mut guarded, Some(&mut progress));
    // What the spool says of itself tells more than that the file could not be written, and whether it may pass.
    let mut receipt = written.map_err(|problem| guarded.trouble.take().map_or(problem, MediationError::Port))?;
    guarded.file.publish()?;
    receipt.file.name = request.plan.file_name()?;
    Ok(receipt)
}

fn complete(mediation: &Mediation, claim: &Claim, receipt: Receipt) -> Result<Outcome, MediationError> {
    let rows = receipt.sheets.iter().map(|sheet| sheet.rows).sum();
    let file = key_of(claim.job.id, claim.token);
    let finished = Finished { receipt, file, tag: claim.tag, at: mediation.clock.now() };
    if mediation.ledger.complete(claim, &finished)? {
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

/// Whether it may well go right next time.
fn is_passing(problem: &MediationError) -> bool {
    matches!(problem, MediationError::Port(PortError::Unavailable { .. }))
}

/// The file, as long as somebody wants it.
struct Guarded<'a> {
    file: Box<dyn SpoolWrite>,
    heart: &'a Heart<'a>,
    stop: &'a Stop,
    /// Why the spool took no more, if it said so.
    trouble: Option<PortError>,
}

impl Write for Guarded<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.heart.is_lost() || self.stop.is_wanted_now() {
            return Err(io::Error::other("the export is not wanted here any more"));
        }
        self.file.write(bytes).map_err(|error| match error.downcast::<PortError>() {
            Ok(trouble) => {
                let words = trouble.to_string();
                self.trouble = Some(trouble);
                io::Error::other(words)
            }
            Err(error) => error,
        })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
