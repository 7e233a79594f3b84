//! The file of an export: from here, or by a proxy that finds it.

use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_TYPE, HeaderName};
use actix_web::web::block;
use actix_web::{HttpRequest, HttpResponse};
use cdr_mediation::{Caller, ExportJob, JobState};

use crate::handing_over::{NotHandedOver, Offer, attachment, hand_over};
use crate::yeti::Inner;
use crate::yeti::json_api::{Fault, Problem};

const X_ACCEL_REDIRECT: HeaderName = HeaderName::from_static("x-accel-redirect");
/// What the original says of files that are gzip: browsers save them as they are.
const CSV: &str = "text/csv; charset=utf-8";

/// Answers with the file of an export, to be saved under this name; 404 without a body as long as there is none.
///
/// # Errors
/// When the spool cannot be read.
pub(crate) async fn answer(
    request: &HttpRequest,
    yeti: &Inner,
    caller: &Caller,
    job: ExportJob,
    name: &str,
) -> Result<HttpResponse, Fault> {
    let (mediation, caller) = (yeti.mediation.clone(), caller.clone());
    let (job, file) = block(move || mediation.collect(&caller, &job).map(|file| (job, file))).await??;
    let (JobState::Completed(finished), Some(file)) = (&job.state, file) else {
        return Err(Fault::Bare(StatusCode::NOT_FOUND));
    };
    if let Some(prefix) = &yeti.options.x_accel {
        let path = format!("{}/{}", prefix.trim_end_matches('/'), finished.file);
        let mut answer = HttpResponse::Ok();
        answer.insert_header((X_ACCEL_REDIRECT, path)).insert_header((CONTENT_TYPE, CSV));
        return Ok(answer.insert_header((CONTENT_DISPOSITION, attachment(name))).finish());
    }
    let receipt = &finished.receipt.file;
    // The digest of the bytes: whoever gets the same tag has the same file.
    let offer = Offer { file: receipt, name, content_type: CSV, etag: format!("\"{}\"", receipt.sha256) };
    match hand_over(request, offer, file).await {
        Ok(answer) => Ok(answer),
        Err(NotHandedOver::Range(whole)) => {
            let mut answer = Fault::from(Problem::range_not_satisfiable(whole)).answer();
            let range = format!("bytes */{whole}").try_into().map_err(std::io::Error::other)?;
            answer.headers_mut().insert(CONTENT_RANGE, range);
            Ok(answer)
        }
        Err(NotHandedOver::Precondition) => Err(Problem::precondition_failed().into()),
        Err(NotHandedOver::Failed(problem)) => Err(problem.into()),
        Err(NotHandedOver::Died(problem)) => Err(problem.into()),
    }
}
