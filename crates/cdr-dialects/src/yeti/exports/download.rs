//! The file of an export: sent by this server, sent by a proxy, or fetched from the spool by the client.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, HeaderName, IF_MATCH, IF_MODIFIED_SINCE,
    IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, LOCATION,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::block;
use actix_web::{HttpRequest, HttpResponse};
use cdr_export::Receipt;
use cdr_mediation::{Caller, ExportJob, JobState, MediationError, SaveAs};

use crate::serving::{NotServed, Offer, attachment, described_by, serve_file};
use crate::yeti::fault::{Fault, Problem};
use crate::yeti::state::Inner;

const X_ACCEL_REDIRECT: HeaderName = HeaderName::from_static("x-accel-redirect");
/// The media type of the original, although the files are gzip. Browsers save them unchanged.
const CSV: &str = "text/csv; charset=utf-8";

/// Answers with the file of an export, to be saved under this name, and with a link to its receipt at this address; 404
/// without a body if there is no file.
///
/// # Errors
/// When the spool cannot be read.
pub(crate) async fn answer(
    request: &HttpRequest,
    yeti: &Inner,
    caller: &Caller,
    job: ExportJob,
    name: &str,
    receipt_url: String,
) -> Result<HttpResponse, Fault> {
    let (mediation, caller) = (yeti.services.mediation.clone(), caller.clone());
    let (disposition, redirected) = (attachment(name), yeti.services.redirect && is_plain(request));
    let found = move || {
        let file = mediation.collect(&caller, &job)?;
        let save_as = SaveAs { content_type: CSV, disposition: &disposition };
        let is_there = redirected && file.is_some();
        let link = if is_there { mediation.link(&caller, &job, &save_as)? } else { None };
        Ok::<_, MediationError>((job, file, link))
    };
    let (job, file, link) = block(found).await??;
    let (JobState::Completed(kept), Some(file)) = (&job.state, file) else {
        return Err(Fault::Bare(StatusCode::NOT_FOUND));
    };
    let receipt_url = kept.receipt.is_ok().then_some(receipt_url);
    if let Some(url) = link {
        // The address grants access while it is valid, so it must not be cached.
        let mut answer = HttpResponse::Found();
        answer.insert_header((LOCATION, url)).insert_header((CACHE_CONTROL, "no-store"));
        if let Some(url) = &receipt_url {
            answer.insert_header(described_by(url));
        }
        return Ok(answer.finish());
    }
    if let Some(prefix) = &yeti.options.x_accel {
        let path = format!("{}/{}", prefix.trim_end_matches('/'), kept.file);
        let mut answer = HttpResponse::Ok();
        answer.insert_header((X_ACCEL_REDIRECT, path)).insert_header((CONTENT_TYPE, CSV));
        if let Some(url) = &receipt_url {
            answer.insert_header(described_by(url));
        }
        return Ok(answer.insert_header((CONTENT_DISPOSITION, attachment(name))).finish());
    }
    let receipt = Offer::receipt_of(kept)?;
    // The digest of the bytes if it is known, so that equal tags mean equal files.
    let tag = receipt.map_or_else(|| kept.tag.to_string(), |file| file.sha256.clone());
    let offer = Offer { file: receipt, name, content_type: CSV, etag: format!("\"{tag}\""), receipt_url };
    match serve_file(request, offer, file).await {
        Ok(answer) => Ok(answer),
        Err(NotServed::Range(whole)) => {
            let mut answer = Fault::from(Problem::range_not_satisfiable(whole)).answer();
            let range = format!("bytes */{whole}").try_into().map_err(std::io::Error::other)?;
            answer.headers_mut().insert(CONTENT_RANGE, range);
            Ok(answer)
        }
        Err(NotServed::Precondition) => Err(Problem::precondition_failed().into()),
        Err(NotServed::Failed(problem)) => Err(problem.into()),
        Err(NotServed::Panicked(problem)) => Err(problem.into()),
    }
}

/// The receipt of an export whose file the caller can download.
///
/// # Errors
/// 404 without a body if there is no such file, or its receipt cannot be read; when the spool cannot be read.
pub(crate) async fn receipt_of(yeti: &Inner, caller: &Caller, job: &ExportJob) -> Result<Receipt, Fault> {
    let (mediation, caller, collected) = (yeti.services.mediation.clone(), caller.clone(), job.clone());
    let file = block(move || mediation.collect(&caller, &collected)).await??;
    match (&job.state, file) {
        (JobState::Completed(kept), Some(_)) => kept.receipt.clone().map_err(|_| Fault::Bare(StatusCode::NOT_FOUND)),
        _ => Err(Fault::Bare(StatusCode::NOT_FOUND)),
    }
}

/// Whether the request is a `GET` without conditions. The tags of a bucket differ from those of this server, and an
/// address is valid for `GET` only.
fn is_plain(request: &HttpRequest) -> bool {
    let conditions = [IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE];
    let has_condition = conditions.iter().any(|name| request.headers().contains_key(name));
    request.method() == Method::GET && !has_condition
}
