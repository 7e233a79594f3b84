//! The HTTP front: reads a request, finds out what it asks for, and calls the service.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;
use actix_web::http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ALLOW,
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{self, ServiceConfig, block};
use actix_web::{HttpRequest, HttpResponse};
use cdr_mediation::ReadQueue;
use cdr_query::Cancel;
use futures_util::StreamExt;
use tokio::time::timeout;
use tracing::{Span, error};

use super::asked::{Asked, Incoming, Operation, ask};
use super::fault::{Thrown, busy, failed};
use super::format::Format;
use super::metadata::About;
use super::multipart;
use super::negotiate::split_suffix;
use super::packed;
use super::room::Rooms;
use super::service::{Reading, Service};
use super::show::{Opening, Show};
use super::starting::{Starting, StartingPlace};
use crate::bounds::Bounds;
use crate::buffers::Buffers;
use crate::{Origins, Pattern};

/// The maximum length of a body in bytes.
const BODY: usize = 64 * 1024;
/// The maximum number of bytes of answers that wait to be sent for a tenant.
const BUFFERED_PER_TENANT: usize = 16 * 1024 * 1024;
/// The same for all tenants together.
const BUFFERED: usize = 64 * 1024 * 1024;
/// The allowed methods. The original supported no others, and not HEAD.
const ALLOWED: &str = "GET, HEAD, POST, OPTIONS";

/// Options of the front.
#[derive(Clone, Debug)]
pub(crate) struct FrontOptions {
    pub(crate) origins: Origins,
    /// The maximum number of answers that read the store at the same time; others wait their turn.
    pub(crate) live: usize,
    /// The maximum number of long answers that are sent at the same time for a tenant; others wait.
    pub(crate) open_per_tenant: usize,
    /// The same for all tenants together.
    pub(crate) open: usize,
    /// How long a request waits for its body and to be answered, and an answer for a client that does not read.
    pub(crate) stall: Duration,
    /// Whether pages of other sites may use the API.
    pub(crate) cors: bool,
}

/// A service with its HTTP front.
pub(crate) struct Front<S> {
    service: S,
    options: FrontOptions,
    queue: Arc<ReadQueue>,
    starting: Starting,
    /// Long answers that are being sent.
    open: Arc<Bounds>,
    /// The bytes of answers that wait to be sent.
    pub(crate) buffers: Arc<Buffers>,
    now: Now,
}

/// Returns the current time as text.
pub(crate) type Now = Box<dyn Fn() -> String + Send + Sync>;

impl<S: Service> Front<S> {
    /// A front for a service. `now` returns the time for titles.
    pub(crate) fn new(service: S, options: FrontOptions, now: Now) -> Front<S> {
        let queue = ReadQueue::new(options.live);
        let starting = Starting::new(options.live.max(1), options.open_per_tenant);
        let open = Bounds::new(options.open_per_tenant, options.open);
        let buffers = Buffers::new(BUFFERED_PER_TENANT, BUFFERED);
        Front { service, options, queue, starting, open, buffers, now }
    }
}

/// The route that a request matched, without anything the client put into it.
fn pattern<T, R>(asked: &Asked<T, R>) -> &'static str {
    match asked {
        Asked::Operation(Operation { route: Some(template), .. }) => template.path,
        Asked::Operation(_) => "/{format}/reply/{operation}",
        Asked::Metadata(None, _) => "/metadata",
        Asked::Metadata(Some(_), _) => "/{format}/metadata",
        Asked::Root => "/",
        Asked::Nothing => "unmatched",
    }
}

/// Handles every request that matches no other route of the app.
pub(crate) fn mount<S: Service>(front: &Arc<Front<S>>, config: &mut ServiceConfig) {
    let front = front.clone();
    config.default_service(web::to(move |request: HttpRequest, payload: web::Payload| {
        let front = front.clone();
        async move { respond(front, request, payload).await }
    }));
}

async fn respond<S: Service>(front: Arc<Front<S>>, request: HttpRequest, payload: web::Payload) -> HttpResponse {
    let mut matched = "unmatched";
    let mut response = match read(&front, &request, payload).await {
        Ok(body) => {
            let content_type = header(&request, &CONTENT_TYPE);
            let form = match multipart::is_in_parts(content_type) {
                true => multipart::as_form(content_type, &body).await,
                false => None,
            };
            let incoming = Incoming {
                method: request.method().as_str(),
                path: request.uri().path(),
                query: request.query_string(),
                accept: header(&request, &ACCEPT),
                content_type: if form.is_some() { multipart::FORM } else { content_type },
                body: form.as_ref().unwrap_or(&body),
            };
            let asked = ask::<S>(&incoming);
            matched = pattern(&asked);
            match asked {
                Asked::Operation(_) | Asked::Metadata(..) | Asked::Root if incoming.method == "OPTIONS" => {
                    HttpResponse::NoContent().insert_header((ALLOW, ALLOWED)).finish()
                }
                Asked::Nothing if incoming.method == "OPTIONS" && is_known::<S>(&incoming) => {
                    HttpResponse::NoContent().insert_header((ALLOW, ALLOWED)).finish()
                }
                Asked::Operation(operation) => answer(&front, &request, operation).await,
                Asked::Metadata(format, operation) => page(&front, &request, format, operation.as_deref()),
                Asked::Root => {
                    let location = format!("{}/metadata", front.options.origins.base(&request));
                    HttpResponse::Found().insert_header((LOCATION, location)).finish()
                }
                Asked::Nothing => not_found(),
            }
        }
        Err(refusal) => refusal,
    };
    response.extensions_mut().insert(Pattern(matched));
    let headers = response.headers_mut();
    let fixed = HeaderValue::from_static;
    // The address contains the licence, so it must not be passed on as a referrer, and the answer must not be cached.
    headers.insert(REFERRER_POLICY, fixed("no-referrer"));
    headers.insert(CACHE_CONTROL, fixed("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, fixed("nosniff"));
    headers.insert(VARY, fixed("Accept, Accept-Encoding"));
    if front.options.cors {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, fixed("*"));
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, fixed("GET, POST, PUT, DELETE, OPTIONS"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, fixed("Content-Type"));
    }
    response
}

/// Whether the request would match anything with GET.
fn is_known<S: Service>(incoming: &Incoming<'_>) -> bool {
    !matches!(ask::<S>(&Incoming { method: "GET", ..*incoming }), Asked::Nothing)
}

fn header<'a>(request: &'a HttpRequest, name: &HeaderName) -> &'a str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn not_found() -> HttpResponse {
    HttpResponse::NotFound().content_type("text/plain").body("404")
}

/// The body of a request, if it is not too large and arrives in time.
async fn read<S>(front: &Front<S>, request: &HttpRequest, mut payload: web::Payload) -> Result<Vec<u8>, HttpResponse> {
    let too_large = || HttpResponse::PayloadTooLarge().content_type("text/plain").body("413");
    let announced = header(request, &CONTENT_LENGTH).parse::<u64>().unwrap_or_default();
    if announced > BODY as u64 {
        return Err(too_large());
    }
    let whole = async {
        let mut body = Vec::new();
        while let Some(bytes) = payload.next().await {
            body.extend_from_slice(&bytes.map_err(|_| HttpResponse::BadRequest().finish())?);
            if body.len() > BODY {
                return Err(too_large());
            }
        }
        Ok(body)
    };
    match timeout(front.options.stall, whole).await {
        Ok(read) => read,
        Err(_) => Err(HttpResponse::RequestTimeout().finish()),
    }
}

fn page<S: Service>(
    front: &Front<S>,
    request: &HttpRequest,
    format: Option<Format>,
    operation: Option<&str>,
) -> HttpResponse {
    let base = front.options.origins.base(request);
    let authority = base.split_once("://").map_or(base.as_str(), |(_, authority)| authority);
    let is_port = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
    let host = authority.rsplit_once(':').filter(|(_, port)| is_port(port)).map_or(authority, |(host, _)| host);
    let templates: Vec<&'static str> = S::templates().iter().map(|template| template.path).collect();
    let about = About { operation: S::NAMES.operation, routes: &templates, host };
    let page = match (format, operation) {
        (None, _) => Ok(about.all()),
        (Some(format), None) => Ok(about.of(format)),
        (Some(format), Some(operation)) if operation.eq_ignore_ascii_case(S::NAMES.operation) => {
            about.operation::<S::Request, S::Response>(format)
        }
        _ => return not_found(),
    };
    match page {
        Ok(page) => HttpResponse::Ok().content_type("text/html").body(page),
        Err(problem) => {
            error!(dialect = S::DIALECT, error = %problem, "a page could not be written");
            HttpResponse::InternalServerError().finish()
        }
    }
}

async fn answer<S: Service>(
    front: &Arc<Front<S>>,
    request: &HttpRequest,
    operation: Operation<S::Request, S::Route>,
) -> HttpResponse {
    let Operation { route, wanted, debug, request: asked } = operation;
    let links = links(request);
    let (callback, code) = match wanted.callback {
        Some(callback) if !is_function(&callback) => (None, Some(callback)),
        callback => (callback, None),
    };
    let show = Show {
        dialect: S::DIALECT,
        refusal: S::refusal,
        format: wanted.format,
        named: wanted.named,
        callback,
        pretty: debug && wanted.format == Format::Jsv,
        operation: S::NAMES.operation,
        now: (front.now)(),
        links,
        head: request.method() == Method::HEAD,
        packed: packed::is_wanted(request),
    };
    if code.is_some() {
        let message = "callback is not the name of a function";
        let thrown = Thrown { reason: "Bad Request", ..Thrown::exception(400, "ArgumentException", message) };
        return show.refused(&thrown, Box::new(thrown.response()), false);
    }
    let asked = match asked {
        Ok(asked) => asked,
        Err(thrown) => return show.refused(&thrown, Box::new(thrown.response()), false),
    };
    let client = front.options.origins.client(request);
    // The delay comes before everything else, so that a delayed caller does not block others.
    tokio::time::sleep(front.service.delay(&asked, client)).await;
    let (asking, span) = (front.clone(), Span::current());
    let admitted = block(move || span.in_scope(|| Ok((asking.service.tenant(&asked, client)?, asked)))).await;
    let (tenant, asked) = match admitted.unwrap_or_else(|_| Err(failed())) {
        Ok(admitted) => admitted,
        Err(thrown) => return show.refuse(&thrown),
    };
    let show = Arc::new(show);
    let question = (asked, route.map(|template| template.route), client);
    let start = |place| start(front, show.clone(), &tenant, question, place);
    let started = front.starting.run(&tenant, front.options.stall, start).await;
    started.unwrap_or_else(|full| show.refuse(&busy(full)))
}

/// Reads the beginning of an answer, or all of it if it is short.
async fn start<S: Service>(
    front: &Arc<Front<S>>,
    show: Arc<Show>,
    tenant: &str,
    (asked, route, client): (S::Request, Option<S::Route>, IpAddr),
    starting: StartingPlace,
) -> HttpResponse {
    let cancel = Cancel::new();
    let leaves = cancel.on_drop();
    let reading = Reading { reader: front.queue.join(tenant), cancel: cancel.clone() };
    let (asking, span) = (front.clone(), Span::current());
    // The answer to HEAD has no rows.
    let has_rows = !show.head;
    let prepared = block(move || {
        span.in_scope(|| {
            let prepared = asking.service.prepare(asked, route, client, &reading)?;
            let rows = if has_rows { prepared.rows()? } else { 0 };
            Ok((prepared, rows))
        })
    });
    let (prepared, rows) = match prepared.await.unwrap_or_else(|_| Err(failed())) {
        Ok(prepared) => prepared,
        Err(thrown) => return show.refuse(&thrown),
    };
    let rooms = Rooms { open: front.open.clone(), buffers: front.buffers.clone(), stall: front.options.stall };
    let room = match rooms.take(rows, tenant, starting).await {
        Ok(room) => room,
        Err(full) => return show.refuse(&busy(full)),
    };
    let span = Span::current();
    let answered = block(move || span.in_scope(|| prepared.reply())).await;
    match answered.unwrap_or_else(|_| Err(failed())) {
        Ok(reply) => show.reply(reply, Opening { tenant: tenant.to_owned(), room, rooms, leaves }, cancel).await,
        Err(thrown) => show.refuse(&thrown),
    }
}

/// The same request in the other formats, as links of a page. The suffix is removed, since it would take precedence
/// over `format`.
fn links(request: &HttpRequest) -> Vec<(&'static str, String)> {
    let (path, _) = split_suffix(request.uri().path());
    // A browser takes what follows two slashes, or a slash and a backslash, for the name of another host.
    let path = path.trim_start_matches(['/', '\\']);
    let query = request.query_string().split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && !name.eq_ignore_ascii_case("format")
    });
    let query: Vec<&str> = query.collect();
    let link = |format: Format| {
        let mut pairs = query.clone();
        let chosen = format!("format={}", format.name());
        pairs.push(&chosen);
        (format.name(), format!("/{path}?{}", pairs.join("&")))
    };
    [Format::Json, Format::Xml, Format::Csv, Format::Jsv].map(link).into()
}

/// Whether the text can be the name of a JavaScript function. Anything else could inject code into a page.
fn is_function(callback: &str) -> bool {
    callback.len() <= 128
        && callback.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.' | '[' | ']'))
}
