//! The four resources, the receipts of files, and the answers to all other requests.

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, CONTENT_LENGTH, LOCATION, VARY};
use actix_web::web::{self, Data, ServiceConfig, block};
use actix_web::{HttpRequest, HttpResponse, Resource};
use cdr_mediation::JobState;
use futures_util::StreamExt;
use tokio::time::timeout;

use super::caller::sign_in;
use super::fault::{Fault, accepted};
use super::from_wire::Named;
use super::state::{Dma, Inner};
use super::wire::BillingStatus;
use super::wire::PATH;
use super::{accept, download, live, to_wire};

const READ: &str = "GET, HEAD, OPTIONS";
const START: &str = "POST, OPTIONS";
/// The maximum length of a body in bytes. No request needs one.
const BODY: usize = 64 * 1024;

impl Dma {
    /// Adds the resource `/api/rest/billing` and the resources below it to an app. Links in answers contain this path,
    /// so it has to be mounted at the root of an app, not in a scope.
    pub fn mount(&self, config: &mut ServiceConfig) {
        let billing = resource(["", "/"], READ).route(web::get().to(get_billing)).route(web::head().to(get_billing));
        let generate = resource(["/generate-cdrs", "/generate-cdrs/"], START).route(web::post().to(generate_cdrs));
        let status =
            resource(["/status", "/status/"], READ).route(web::get().to(get_status)).route(web::head().to(get_status));
        let download = resource(["/download-cdrs", "/download-cdrs/"], READ)
            .route(web::get().to(download_cdrs))
            .route(web::head().to(download_cdrs));
        let receipt = resource(["/download-cdrs/{tag}/receipt", "/download-cdrs/{tag}/receipt/"], READ)
            .route(web::get().to(get_receipt))
            .route(web::head().to(get_receipt));
        let scope = web::scope(PATH).app_data(Data::from(self.0.clone()));
        let scope = scope.service(billing).service(generate).service(status).service(download).service(receipt);
        config.service(scope.default_service(web::to(no_such_path)));
    }
}

/// A resource with an `Allow` header in its answers to `OPTIONS` and to other methods.
fn resource(paths: [&str; 2], allowed: &'static str) -> Resource {
    let options = move || async move { HttpResponse::NoContent().insert_header((ALLOW, allowed)).finish() };
    let refused = move |request: HttpRequest| async move { Fault::Method(allowed).answer(&request) };
    web::resource(paths).route(web::method(Method::OPTIONS).to(options)).default_service(web::to(refused))
}

async fn get_billing(request: HttpRequest, dma: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &dma).await?;
        let now = dma.services.mediation.clock().now();
        let bounds = Named::read(request.query_string(), &dma.options)?.or_today(now, &dma.options)?;
        let wanted = bounds.request(&dma.options, &dma.layout)?;
        if request.method() == Method::HEAD {
            return live::headers_only(&request, &dma, caller, &wanted, now).await;
        }
        live::stream(&request, &dma, caller, wanted, now).await
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer(&request))
}

async fn generate_cdrs(request: HttpRequest, body: web::Payload, dma: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &dma).await?;
        skip(&request, body, &dma).await?;
        let now = dma.services.mediation.clock().now();
        let bounds = Named::read(request.query_string(), &dma.options)?.or_today(now, &dma.options)?;
        let order = bounds.order(dma.options.lane_of(&caller.name), &dma.options, &dma.layout)?;
        let mediation = dma.services.mediation.clone();
        block(move || mediation.start_export(&caller, order)).await??;
        let location = to_wire::status_url(&dma.services.origins.base(&request));
        Ok(HttpResponse::Accepted().insert_header((LOCATION, location)).finish())
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer(&request))
}

async fn get_status(request: HttpRequest, dma: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &dma).await?;
        let encoding = accept::for_status(&accepted(&request)).ok_or(Fault::NotAcceptable)?;
        let (job, file) = download::latest(&dma, caller).await?;
        // A file that no longer exists cannot be downloaded, even if the ledger still lists it.
        let job = job.filter(|job| !matches!(job.state, JobState::Completed(_)) || file.is_some());
        let base = dma.services.origins.base(&request);
        let status = to_wire::status(job.as_ref(), &base, &dma.options.zone);
        let mut answer = HttpResponse::Ok();
        answer.insert_header((VARY, "Accept")).content_type(encoding.media_type::<BillingStatus>());
        Ok(answer.body(encoding.write(&status)))
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer(&request))
}

async fn download_cdrs(request: HttpRequest, dma: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &dma).await?;
        let named = Named::read(request.query_string(), &dma.options)?;
        download::answer(&dma, &request, caller, named).await
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer(&request))
}

/// The receipt of a finished file: an addition to the original, to which the answer of `download-cdrs` links.
async fn get_receipt(request: HttpRequest, dma: Data<Inner>) -> HttpResponse {
    let answer = async {
        let caller = sign_in(&request, &dma).await?;
        download::receipt(&dma, caller, request.match_info().get("tag").unwrap_or_default()).await
    };
    answer.await.unwrap_or_else(|fault: Fault| fault.answer(&request))
}

/// Only callers that may read billing get 404.
async fn no_such_path(request: HttpRequest, dma: Data<Inner>) -> HttpResponse {
    sign_in(&request, &dma).await.err().unwrap_or(Fault::NoSuchPath).answer(&request)
}

/// Reads and discards an unneeded body, if it is small, so that the connection can be reused.
async fn skip(request: &HttpRequest, mut body: web::Payload, dma: &Inner) -> Result<(), Fault> {
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > BODY as u64) {
        return Err(Fault::TooLarge(BODY));
    }
    let read = async {
        let mut seen = 0;
        while let Some(bytes) = body.next().await {
            seen += bytes.map_err(|_| Fault::Timeout)?.len();
            if seen > BODY {
                return Err(Fault::TooLarge(BODY));
            }
        }
        Ok(())
    };
    timeout(dma.options.stall, read).await.unwrap_or(Err(Fault::Timeout))
}
