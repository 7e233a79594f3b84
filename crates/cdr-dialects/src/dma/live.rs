//! The live answer: an archive that is sent while it is written. If the export fails, the connection is closed, so a
//! truncated archive never ends like a complete one.

use std::io;

use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use actix_web::web::{Bytes, block};
use actix_web::{HttpRequest, HttpResponse};
use cdr_mediation::{Caller, ExportRequest, Mediation, MediationError};
use cdr_model::Timestamp;
use cdr_query::Cancel;
use futures_util::stream;
use tokio::sync::OwnedSemaphorePermit;
use tracing::{Span, debug, error};

use super::fault::Fault;
use super::state::Inner;
use crate::pipe::{Inlet, Piece, body, pipe};
use crate::serving::{Offer, attachment, serve_file};

/// Answers with the file that is in kept blocks as a whole, subject to the conditions and the range of the request; `None` if
/// a call of it is not.
async fn from_kept(
    http: &HttpRequest,
    mediation: &Mediation,
    caller: &Caller,
    request: &ExportRequest,
) -> Result<Option<HttpResponse>, Fault> {
    let (mediation, caller, request) = (mediation.clone(), caller.clone(), request.clone());
    let name = request.spec.file_name().map_err(MediationError::from)?;
    let Some(file) = block(move || mediation.assemble_export(&caller, &request)).await?? else { return Ok(None) };
    let etag = format!("\"{}\"", file.tag());
    let offer = Offer { file: None, name: &name, content_type: "application/zip", etag, receipt_url: None };
    Ok(Some(serve_file(http, offer, Box::new(file)).await?))
}

/// Answers with the export while it is written. A failure before the first piece (64 KiB, or the whole archive) is a
/// fault. A later failure closes the connection.
///
/// # Errors
/// [`Fault::TooManyLive`], and the reason if the export fails before the first piece.
pub(super) async fn stream(
    http: &HttpRequest,
    dma: &Inner,
    caller: Caller,
    request: ExportRequest,
    now: Timestamp,
) -> Result<HttpResponse, Fault> {
    let permit = dma.live.clone().try_acquire_owned().map_err(|_| Fault::TooManyLive)?;
    let cancel = Cancel::new();
    let leaves = cancel.on_drop();
    let mediation = dma.services.mediation.queued(&dma.queue.join(&caller.name)).until(&cancel);
    if let Some(answer) = from_kept(http, &mediation, &caller, &request).await? {
        return Ok(answer);
    }
    let mut answer = head(&request, now)?;
    let span = Span::current();
    let mut outlet = pipe(dma.options.stall, move |mut inlet| {
        let _entered = span.entered();
        let result = mediation.stream_export(&caller, &request, &mut inlet);
        finish(inlet, result.map(drop), permit, &cancel);
    })?;
    outlet.keep(leaves);
    let first = match outlet.next().await {
        Some(Piece::Bytes(bytes)) => bytes,
        Some(Piece::Broken(fault)) => return Err(fault),
        Some(Piece::End) => Vec::new(),
        None => return Err(panicked()),
    };
    Ok(answer.streaming(body(first, outlet)))
}

/// The headers of the same answer, without running the export.
///
/// # Errors
/// As [`stream`].
pub(super) async fn headers_only(
    http: &HttpRequest,
    dma: &Inner,
    caller: Caller,
    request: &ExportRequest,
    now: Timestamp,
) -> Result<HttpResponse, Fault> {
    if let Ok(_permit) = dma.live.clone().try_acquire_owned() {
        let cancel = Cancel::new();
        let _leaves = cancel.on_drop();
        let mediation = dma.services.mediation.queued(&dma.queue.join(&caller.name)).until(&cancel);
        if let Some(answer) = from_kept(http, &mediation, &caller, request).await? {
            return Ok(answer);
        }
    }
    Ok(head(request, now)?.streaming(stream::empty::<io::Result<Bytes>>()))
}

fn head(request: &ExportRequest, now: Timestamp) -> Result<actix_web::HttpResponseBuilder, Fault> {
    let name = request.spec.file_name().map_err(cdr_mediation::MediationError::from)?;
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((CONTENT_TYPE, "application/zip"))
        .insert_header((CONTENT_DISPOSITION, attachment(&name)))
        .insert_header((ETAG, format!("\"{}\"", now.micros().div_euclid(1_000_000))));
    Ok(answer)
}

/// Ends or aborts the answer, depending on the result of the export. The permit is returned as soon as the thread has
/// finished, even if queued pieces still wait for a slow client.
fn finish(
    inlet: Inlet<Fault>,
    result: Result<(), cdr_mediation::MediationError>,
    permit: OwnedSemaphorePermit,
    cancel: &Cancel,
) {
    match result {
        Ok(()) => inlet.end(),
        Err(_) if inlet.is_lost() || cancel.is_cancelled() => {
            debug!(dialect = super::options::NAME, "the client of a live answer disconnected or stopped reading")
        }
        Err(problem) => inlet.broken(Fault::from(problem)),
    }
    drop(permit);
}

fn panicked() -> Fault {
    error!(dialect = super::options::NAME, "the writer of a live answer panicked");
    Fault::Internal
}
