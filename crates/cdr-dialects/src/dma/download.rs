//! The finished file of a lane, and the check that it covers the requested window.
//!
//! Source: Poly's API reference, "Billing", for the ETag.

use actix_web::web::block;
use actix_web::{HttpRequest, HttpResponse};
use cdr_mediation::{Caller, ExportJob, JobState, MediationError, SpoolRead};
use cdr_model::Timestamp;

use super::fault::Fault;
use super::from_wire::{Bounds, Named};
use super::state::Inner;
use super::to_wire;
use crate::serving::{Offer, serve_file, serve_receipt};

/// The original's name of the archive, used if the receipt with the name cannot be read.
const ARCHIVE: &str = "cdrExport.zip";

/// The last export of the caller's lane, and its file if the export is completed and the file still exists.
///
/// # Errors
/// When the ledger or the spool cannot be read.
pub(super) async fn latest(
    dma: &Inner,
    caller: Caller,
) -> Result<(Option<ExportJob>, Option<Box<dyn SpoolRead>>), Fault> {
    let mediation = dma.services.mediation.clone();
    let lane = dma.options.lane_of(&caller.name);
    let query = move || -> Result<_, MediationError> {
        let job = mediation.latest_export(&caller, &lane)?;
        let file = job.as_ref().map(|job| mediation.collect(&caller, job)).transpose()?.flatten();
        Ok((job, file))
    };
    Ok(block(query).await??)
}

/// Answers with the file, subject to the conditions and the range of the request.
///
/// # Errors
/// [`Fault::NotReady`], [`Fault::NothingReady`], [`Fault::OtherWindow`] if the request names another one,
/// [`Fault::Precondition`] and [`Fault::Range`].
pub(super) async fn answer(
    dma: &Inner,
    request: &HttpRequest,
    caller: Caller,
    named: Named,
) -> Result<HttpResponse, Fault> {
    let (job, file) = latest(dma, caller).await?;
    let job = job.ok_or(Fault::NothingReady)?;
    if job.state.is_alive() {
        return Err(Fault::NotReady);
    }
    let (JobState::Completed(kept), Some(file)) = (&job.state, file) else { return Err(Fault::NothingReady) };
    check_window(dma, &job, named)?;
    let receipt = Offer::receipt_of(kept)?;
    let name = receipt.map_or(ARCHIVE, |file| &file.name);
    let offer = Offer {
        file: receipt,
        name,
        content_type: "application/zip",
        etag: format!("\"{}\"", kept.tag),
        receipt_url: receipt.map(|_| to_wire::receipt_url(&dma.services.origins.base(request), kept.tag)),
    };
    Ok(serve_file(request, offer, file).await?)
}

/// Answers with the receipt of the finished file that has this tag. Every caller may see all records, so the receipt is
/// given out whole.
///
/// # Errors
/// [`Fault::NothingReady`] if the caller cannot download that file, or can no longer do so.
pub(super) async fn receipt(dma: &Inner, caller: Caller, tag: &str) -> Result<HttpResponse, Fault> {
    let (job, file) = latest(dma, caller).await?;
    let (Some(JobState::Completed(kept)), Some(_)) = (job.map(|job| job.state), file) else {
        return Err(Fault::NothingReady);
    };
    match &kept.receipt {
        Ok(receipt) if kept.tag.to_string() == tag => Ok(serve_receipt(receipt)),
        _ => Err(Fault::NothingReady),
    }
}

/// Checks that the file covers the requested window, if the request names one.
fn check_window(dma: &Inner, job: &ExportJob, named: Named) -> Result<(), Fault> {
    let Some(bounds) = Bounds::of_memo(&job.order.memo, job.order.memo_version) else {
        // A newer program wrote the memo, so the window of the file is unknown. A client that names a window must not
        // get the file of another one.
        return if named == Named::default() { Ok(()) } else { Err(Fault::NothingReady) };
    };
    let differs = |asked: Option<Timestamp>, made| asked.is_some_and(|asked| asked.micros() != made);
    if differs(named.from, bounds.from) || differs(named.to, bounds.to) {
        let printed = |micros| to_wire::printed(Timestamp::from_micros(micros), &dma.options.zone).unwrap_or_default();
        return Err(Fault::OtherWindow { from: printed(bounds.from), to: printed(bounds.to) });
    }
    Ok(())
}
