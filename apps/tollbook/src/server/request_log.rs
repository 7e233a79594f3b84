//! One log line and one count per request: route pattern, outcome, the client's address, and who asked, without any other
//! data of the client.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use actix_web::{Error, HttpResponse};
use cdr_dialects::{Origins, Pattern};
use futures_util::FutureExt;
use tracing::field::Empty;
use tracing::{Instrument, Span, error_span, info};
use uuid::Uuid;

use super::metrics::Metrics;

/// The header with the id of a request, as in the log.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The status that is logged for a request whose client left before the answer began, as nginx does. It is never sent.
const CLIENT_LEFT: u16 = 499;

/// The pattern that is logged for a request that matches no route.
const UNMATCHED: &str = "unmatched";

/// Observes a request until the last byte of its answer is sent. Everything logged in between carries the id of the
/// request, the client's address, behind trusted proxies too, and the name of the user, login or licence once it is known.
/// If the handler panics, the answer is 500.
pub(crate) async fn watch(
    metrics: Data<Metrics>,
    origins: Data<Origins>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = id(&request);
    // At the most severe level, so that errors carry the id also if only errors are logged.
    let client = origins.client(request.request());
    let span = error_span!("request", request.id = id, %client, user = Empty, login = Empty, licence = Empty);
    let watched = Watched {
        metrics: metrics.into_inner(),
        method: known(request.method()),
        pattern: request.match_pattern().unwrap_or_else(|| UNMATCHED.to_owned()),
        started: Instant::now(),
        span: span.clone(),
    };
    let mut unanswered = Unanswered { watched, is_answered: false };
    let answered = AssertUnwindSafe(next.call(request)).catch_unwind().instrument(span).await;
    unanswered.is_answered = true;
    let mut watched = unanswered.watched.clone();
    let id = HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static(""));
    let error = match answered {
        Ok(Ok(mut answer)) => {
            answer.headers_mut().insert(REQUEST_ID, id);
            if let Some(Pattern(pattern)) = answer.response().extensions().get() {
                watched.pattern = (*pattern).to_owned();
            }
            return Ok(watched.over(answer));
        }
        Ok(Err(error)) => {
            let mut answer = error.error_response();
            answer.headers_mut().insert(REQUEST_ID, id);
            Error::from(InternalError::from_response(error, answer))
        }
        // The panic hook has logged the place.
        Err(_) => {
            let answer = HttpResponse::InternalServerError().insert_header((REQUEST_ID, id)).finish();
            Error::from(InternalError::from_response("the handler panicked", answer))
        }
    };
    watched.ended(error.as_response_error().status_code().as_u16(), 0, true);
    Err(error)
}

/// The id of a request: the one of the client or a proxy if it is a UUID, so that their logs have the same id, or else
/// a new one. Other ids are not used, as the log would contain arbitrary text.
fn id(request: &ServiceRequest) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let given = given.filter(|id| matches!(id.len(), 32 | 36) && Uuid::try_parse(id).is_ok());
    given.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned)
}

/// The name of a standard method; `other` for any other, which would be arbitrary text of the client.
fn known(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"];
    known.into_iter().find(|it| *it == method.as_str()).unwrap_or("other")
}

/// The data of a request that is logged and counted when it ends.
#[derive(Clone)]
struct Watched {
    metrics: Arc<Metrics>,
    method: &'static str,
    pattern: String,
    started: Instant,
    span: Span,
}

impl Watched {
    /// Continues to observe the request while the body is sent.
    fn over(self, answer: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let status = answer.status().as_u16();
        answer.map_body(|_, body| {
            // No body follows the head of an answer to HEAD.
            let whole = self.method == "HEAD" || matches!(body.size(), BodySize::None | BodySize::Sized(0));
            BoxBody::new(Sending { body, watched: self, status, bytes: 0, whole })
        })
    }

    fn ended(&self, status: u16, bytes: u64, whole: bool) {
        let Watched { metrics, method, pattern, started, span } = self;
        let elapsed = started.elapsed();
        metrics.request(method, pattern, status, elapsed);
        let ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
        span.in_scope(|| {
            if whole {
                info!(method, pattern, status, ms, bytes, "answered");
            } else {
                info!(method, pattern, status, ms, bytes, "broken off");
            }
        });
    }
}

/// A request that has no answer yet. If its client leaves before that, it is dropped with what is done for it.
struct Unanswered {
    watched: Watched,
    is_answered: bool,
}

impl Drop for Unanswered {
    fn drop(&mut self) {
        if !self.is_answered {
            self.watched.ended(CLIENT_LEFT, 0, false);
        }
    }
}

/// The body of an answer. It is dropped when the last byte is sent, or when the client disconnects.
struct Sending {
    body: BoxBody,
    watched: Watched,
    status: u16,
    bytes: u64,
    whole: bool,
}

impl MessageBody for Sending {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let Sending { body, watched, bytes, whole, .. } = &mut *self;
        let size = body.size();
        let polled = watched.span.in_scope(|| body.as_pin_mut().poll_next(context));
        match &polled {
            Poll::Ready(Some(Ok(chunk))) => {
                *bytes += chunk.len() as u64;
                *whole |= matches!(size, BodySize::Sized(size) if size <= *bytes);
            }
            Poll::Ready(None) => *whole = true,
            _ => {}
        }
        polled
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        self.watched.ended(self.status, self.bytes, self.whole);
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::panic::resume_unwind;
    use std::sync::{Arc, Mutex};

    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::web::{self, Bytes, Data};
    use actix_web::{App, HttpResponse, test};
    use futures_util::stream;
    use tracing::{Level, error};

    use super::{Metrics, Origins, watch};
    use crate::config::LogConfig;
    use crate::server::log;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    const SECRET: &str = "s3cr3t";

    async fn failing() -> HttpResponse {
        error!("the store cannot be read");
        HttpResponse::ServiceUnavailable().body("later")
    }

    async fn panicking() -> HttpResponse {
        resume_unwind(Box::new(format!("at {SECRET}")))
    }

    async fn breaking() -> HttpResponse {
        let parts = [Ok(Bytes::from_static(b"half")), Err(io::Error::other("gone"))];
        HttpResponse::Ok().streaming(stream::iter(parts))
    }

    /// Sends a request, and returns the status, the id of the request, the log and the metrics.
    async fn ask(log: LogConfig, method: &str, path: &str) -> (StatusCode, String, String, String) {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = log::subscriber(log, move || writer.clone());
        let _logging = tracing::subscriber::set_default(subscriber);
        let metrics = Data::new(Metrics::new());
        let app = App::new()
            .app_data(metrics.clone())
            .app_data(Data::new(Origins::default()))
            .route("/calls/{id}", web::get().to(|| async { HttpResponse::Ok().body("four") }))
            .route("/failing", web::get().to(failing))
            .route("/panicking", web::get().to(panicking))
            .route("/breaking", web::get().to(breaking))
            .wrap(from_fn(watch));
        let app = test::init_service(app).await;
        let request = test::TestRequest::with_uri(path)
            .method(method.parse().unwrap())
            .peer_addr("192.0.2.7:4711".parse().unwrap())
            .insert_header(("X-Request-Id", SECRET))
            .insert_header(("Referer", SECRET))
            .insert_header(("Authorization", SECRET))
            .to_request();
        let (status, id) = match test::try_call_service(&app, request).await {
            Ok(answer) => {
                let id = answer.headers().get("X-Request-Id").unwrap().to_str().unwrap().to_owned();
                let status = answer.status();
                let _ = actix_web::body::to_bytes(answer.into_body()).await;
                (status, id)
            }
            Err(error) => {
                let answer = error.error_response();
                (answer.status(), answer.headers().get("X-Request-Id").unwrap().to_str().unwrap().to_owned())
            }
        };
        let tally = cdr_mediation::LedgerTally::default();
        let pool = cdr_store::PoolState { in_use: 0, idle: 0, most: 1 };
        let counted = metrics.text(&tally, &[], pool, cdr_model::Timestamp::from_seconds(0)).unwrap();
        (status, id, lines.text(), counted)
    }

    #[actix_web::test]
    async fn a_line_has_the_pattern_and_no_data_of_the_client() {
        for (method, path, status, parts) in [
            ("GET", "/calls/s3cr3t?token=s3cr3t", 200, ["GET", "/calls/{id}", "bytes=4", "answered"]),
            ("HEAD", "/calls/s3cr3t", 404, ["HEAD", "/calls/{id}", "status=404", "answered"]),
            ("GET", "/s3cr3t", 404, ["GET", "unmatched", "status=404", "answered"]),
            ("S3CR3T", "/failing?s3cr3t", 404, ["other", "/failing", "status=404", "answered"]),
            ("GET", "/failing?s3cr3t", 503, ["request.id", "the store cannot be read", "status=503", "bytes=5"]),
            ("GET", "/panicking?s3cr3t", 500, ["request.id", "/panicking", "status=500", "answered"]),
            ("GET", "/breaking?s3cr3t", 200, ["/breaking", "status=200", "bytes=4", "broken off"]),
        ] {
            let everything = LogConfig { json: false, level: Level::TRACE };
            let (code, id, log, counted) = ask(everything, method, path).await;
            assert_eq!(code, status, "{method} {path}");
            for part in parts.into_iter().chain([id.as_str()]) {
                assert!(log.contains(part), "{path}: `{part}` is not in {log}");
            }
            assert!(log.lines().all(|line| line.contains("client=192.0.2.7")), "{log}");
            for text in [&log, &counted, &id] {
                assert!(!text.to_lowercase().contains(SECRET), "{path}: {text}");
            }
            assert!(counted.contains(&format!("status=\"{status}\"}} 1")), "{counted}");
        }
    }

    /// As the server does when the connection is closed.
    #[actix_web::test]
    async fn a_request_whose_client_leaves_before_the_answer_has_a_line_and_a_count() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = log::subscriber(LogConfig { json: false, level: Level::INFO }, move || writer.clone());
        let _logging = tracing::subscriber::set_default(subscriber);
        let metrics = Data::new(Metrics::new());
        let app = App::new()
            .app_data(metrics.clone())
            .app_data(Data::new(Origins::default()))
            .route("/endless/{id}", web::get().to(std::future::pending::<HttpResponse>))
            .wrap(from_fn(watch));
        let app = test::init_service(app).await;
        let request = test::TestRequest::with_uri("/endless/s3cr3t").to_request();
        let mut answer = Box::pin(test::try_call_service(&app, request));
        assert!(futures_util::poll!(&mut answer).is_pending());
        assert_eq!(lines.text(), "");
        drop(answer);
        let log = lines.text();
        for part in ["GET", "/endless/{id}", "status=499", "bytes=0", "broken off"] {
            assert!(log.contains(part), "`{part}` is not in {log}");
        }
        assert_eq!((log.lines().count(), log.contains(SECRET)), (1, false), "{log}");
        let pool = cdr_store::PoolState { in_use: 0, idle: 0, most: 1 };
        let counted = metrics.text(&Default::default(), &[], pool, cdr_model::Timestamp::from_seconds(0)).unwrap();
        assert!(counted.contains("status=\"499\"} 1"), "{counted}");
    }

    #[actix_web::test]
    async fn the_id_of_a_proxy_is_used_if_it_is_a_uuid() {
        for (given, used) in [
            ("a66f7bef-d457-4921-8557-3f4b3c84afd3", true),
            ("A66F7BEFD457492185573F4B3C84AFD3", true),
            ("{a66f7bef-d457-4921-8557-3f4b3c84afd3}", false),
            ("a66f7bef-d457-4921-8557-3f4b3c84afdg", false),
            (SECRET, false),
            ("", false),
        ] {
            let request = test::TestRequest::default().insert_header(("X-Request-Id", given)).to_srv_request();
            let id = super::id(&request);
            assert_eq!(id == given, used, "{given}");
            assert!(uuid::Uuid::try_parse(&id).is_ok(), "{id}");
        }
    }

    #[actix_web::test]
    async fn every_line_of_a_request_carries_its_id() {
        for (level, lines) in [(Level::INFO, 2), (Level::ERROR, 1)] {
            let (_, id, log, _) = ask(LogConfig { json: true, level }, "GET", "/failing").await;
            assert_eq!(log.lines().count(), lines, "{log}");
            for line in log.lines() {
                assert!(line.starts_with('{') && line.contains(&format!("\"request.id\":\"{id}\"")), "{line}");
            }
        }
    }
}
