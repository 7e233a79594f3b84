//! Multipart forms (RFC 7578), converted to URL-encoded forms.

use std::convert::Infallible;

use actix_web::web::Bytes;
use futures_util::stream;
use multer::Multipart;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// The media type of the converted form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// The fields of a multipart form as a URL-encoded form; `None` if the body is not a multipart form. Fields without a
/// name have no effect.
pub(crate) async fn as_form(content_type: &str, body: &[u8]) -> Option<Vec<u8>> {
    let boundary = multer::parse_boundary(content_type).ok()?;
    let whole = Bytes::copy_from_slice(body);
    let mut parts = Multipart::new(stream::iter([Ok::<_, Infallible>(whole)]), boundary);
    let mut form = String::new();
    while let Some(field) = parts.next_field().await.ok()? {
        let name = field.name().unwrap_or_default().to_owned();
        let text = field.text().await.ok()?;
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        form.push_str(&format!("{}={}&", encoded(&name), encoded(&text)));
    }
    Some(form.into_bytes())
}

/// Whether the media type is that of a multipart form.
pub(crate) fn is_in_parts(content_type: &str) -> bool {
    content_type.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}
