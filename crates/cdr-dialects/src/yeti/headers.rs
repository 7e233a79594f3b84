//! The headers of every answer for browsers, and the web pages that may read it (CORS).
//!
//! Sources: the default headers of Ruby on Rails, as in yeti-web's generated documentation; the Fetch standard, "CORS
//! protocol".

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, HeaderMap,
    HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY, VARY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS, X_XSS_PROTECTION,
};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use super::state::Inner;

const ALWAYS: [(HeaderName, &str); 8] = [
    (X_FRAME_OPTIONS, "SAMEORIGIN"),
    (X_XSS_PROTECTION, "0"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (HeaderName::from_static("x-download-options"), "noopen"),
    (HeaderName::from_static("x-permitted-cross-domain-policies"), "none"),
    (REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (CACHE_CONTROL, "max-age=0, private, must-revalidate"),
    (VARY, "Accept"),
];
const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const TAKEN: &str = "Authorization, Content-Type, Accept, If-Match, If-None-Match, If-Range, Range";
const READABLE: &str = "Location, Link, Content-Disposition, Content-Length, Content-Range, ETag, Retry-After";
/// Seconds for which a browser caches the answer to a preflight request.
const REMEMBER: &str = "7200";

/// The web pages that may read an answer.
enum Readers {
    /// Pages of its own origin.
    Own,
    /// All pages, but without cookies.
    All,
    /// Pages of this origin too, with cookies.
    Origin(HeaderValue),
}

/// Answers preflight requests of browsers if other origins are allowed, and adds the headers to every answer.
pub(super) async fn add<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let cors = request.app_data::<Data<Inner>>().map_or(&[][..], |yeti| &yeti.options.cors);
    let readers = readers(&request, cors);
    let is_preflight = *request.method() == Method::OPTIONS && !cors.is_empty();
    let mut answer = if is_preflight {
        request.into_response(HttpResponse::NoContent().finish())
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let headers = answer.headers_mut();
    for (name, value) in ALWAYS {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
    allow(headers, readers, is_preflight);
    Ok(answer)
}

fn readers(request: &ServiceRequest, cors: &[String]) -> Readers {
    let origin = request.headers().get(ORIGIN);
    let listed = |origin: &&HeaderValue| cors.iter().any(|it| it.as_bytes() == origin.as_bytes());
    match origin.filter(listed) {
        Some(origin) => Readers::Origin(origin.clone()),
        None if cors.iter().any(|it| it == "*") => Readers::All,
        None => Readers::Own,
    }
}

fn allow(headers: &mut HeaderMap, readers: Readers, is_preflight: bool) {
    let fixed = HeaderValue::from_static;
    match readers {
        Readers::Own => return,
        Readers::All => headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, fixed("*")),
        Readers::Origin(origin) => {
            headers.append(VARY, fixed("Origin"));
            headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, fixed("true"));
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin)
        }
    };
    if is_preflight {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, fixed(METHODS));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, fixed(TAKEN));
        headers.insert(ACCESS_CONTROL_MAX_AGE, fixed(REMEMBER));
    } else {
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, fixed(READABLE));
    }
}
