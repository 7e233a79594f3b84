//! The live answer: an archive that is written while it is sent. It breaks off if the export fails, and never ends as if it
//! were whole.

use std::io;

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use actix_web::web::Bytes;
use cdr_mediation::{Caller, ExportRequest};
use cdr_model::Timestamp;
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;
use tracing::{Span, debug, error};

use super::fault::Fault;
use super::state::Inner;
use crate::handing_over::attachment;
use crate::pipe::{Inlet, Piece, body, pipe};

/// Answers with the export as it is made. What fails before the first piece is there (64 KiB, or all of it) is a fault;
/// what fails later breaks the connection off.
///
/// # Errors
/// [`Fault::TooManyLive`], and what the export came to nothing for.
pub(super) async fn stream(
    dma: &Inner,
    caller: Caller,
    request: ExportRequest,
    now: Timestamp,
) -> Result<HttpResponse, Fault> {
    let permit = dma.live.clone().try_acquire_owned().map_err(|_| Fault::TooManyLive)?;
    let mut answer = head(&request, now)?;
    let mediation = dma.services.mediation.clone();
    let span = Span::current();
    let mut outlet = pipe(dma.options.stall, move |mut inlet| {
        let _entered = span.entered();
        let result = mediation.stream_export(&caller, &request, &mut inlet);
        finish(inlet, result.map(drop), permit);
    })?;
    let first = match outlet.next().await {
        Some(Piece::Bytes(bytes)) => bytes,
        Some(Piece::Broken(fault)) => return Err(fault),
        Some(Piece::End) => Vec::new(),
        None => return Err(died()),
    };
    Ok(answer.streaming(body(first, outlet)))
}

/// The same answer without a body, and without the work.
///
/// # Errors
/// None that a client could cause.
pub(super) fn headers_only(request: &ExportRequest, now: Timestamp) -> Result<HttpResponse, Fault> {
    Ok(head(request, now)?.streaming(stream::empty::<io::Result<Bytes>>()))
}

fn head(request: &ExportRequest, now: Timestamp) -> Result<actix_web::HttpResponseBuilder, Fault> {
    let name = request.plan.file_name().map_err(cdr_mediation::MediationError::from)?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, "application/zip"))
        .insert_header((CONTENT_DISPOSITION, attachment(&name)))
        .insert_header((ETAG, format!("\"{}\"", now.micros().div_euclid(1_000_000))));
    Ok(answer)
}

/// Tells the answer how the export ended. The permit goes back when the thread has nothing left to do: what waits in the
/// pipe for a slow client then is no longer work.
fn finish(inlet: Inlet<Fault>, result: Result<(), cdr_mediation::MediationError>, permit: OwnedSemaphorePermit) {
    match result {
        Ok(()) => inlet.end(),
        Err(_) if inlet.is_lost() => debug!(dialect = super::options::NAME, "the client of a live answer is gone"),
        Err(problem) => inlet.broken(Fault::from(problem)),
    }
    drop(permit);
}

fn died() -> Fault {
    error!(dialect = super::options::NAME, "the program went wrong while a live answer was written");
    Fault::Internal
}
