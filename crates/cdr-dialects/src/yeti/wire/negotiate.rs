//! Content negotiation of JSON:API: `Accept` and `Content-Type`, by the rules of the original, which accept more than
//! the specification.

use actix_web::HttpRequest;
use actix_web::http::header::{ACCEPT, CONTENT_TYPE, HeaderName};

use crate::yeti::fault::{Fault, Problem};
use crate::yeti::name::MEDIA_TYPE;

/// Checks that the client accepts JSON:API: `Accept` is missing, or names it without parameters, or accepts anything.
///
/// # Errors
/// 406.
pub(crate) fn accept(request: &HttpRequest) -> Result<(), Fault> {
    let accept = header(request, &ACCEPT);
    let takes = |range: &str| range == MEDIA_TYPE || range.starts_with("*/*");
    if accept.trim().is_empty() || accept.split(',').map(str::trim).any(takes) {
        Ok(())
    } else {
        Err(Problem::not_acceptable(&accept).into())
    }
}

/// Checks that the body is JSON:API, with any parameters.
///
/// # Errors
/// 415.
pub(crate) fn content_type(request: &HttpRequest) -> Result<(), Fault> {
    let found = header(request, &CONTENT_TYPE);
    let media_type = found.split(';').next().unwrap_or_default().trim();
    if media_type.eq_ignore_ascii_case(MEDIA_TYPE) {
        Ok(())
    } else {
        Err(Problem::unsupported_media_type(&found).into())
    }
}

fn header(request: &HttpRequest, name: &HeaderName) -> String {
    let values: Vec<&str> = request.headers().get_all(name).filter_map(|value| value.to_str().ok()).collect();
    values.join(",")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::{accept, content_type};

    #[test]
    fn accept_is_read_as_the_original_reads_it() {
        for (value, taken) in [
            ("application/vnd.api+json", true),
            ("", true),
            ("*/*", true),
            ("*/*;q=0.1", true),
            ("text/html, application/vnd.api+json", true),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true),
            ("application/vnd.api+json; charset=utf-8, application/vnd.api+json", true),
            ("application/vnd.api+json; charset=utf-8", false),
            ("application/json", false),
            ("text/html", false),
        ] {
            let request = TestRequest::default().insert_header(("accept", value)).to_http_request();
            assert_eq!(accept(&request).is_ok(), taken, "{value}");
        }
        assert!(accept(&TestRequest::default().to_http_request()).is_ok());
    }

    #[test]
    fn content_types_may_have_parameters() {
        for (value, taken) in [
            ("application/vnd.api+json", true),
            ("application/vnd.api+json; charset=utf-8", true),
            ("application/json", false),
            ("", false),
        ] {
            let request = TestRequest::default().insert_header(("content-type", value)).to_http_request();
            assert_eq!(content_type(&request).is_ok(), taken, "{value}");
        }
        assert!(content_type(&TestRequest::default().to_http_request()).is_err());
    }
}
